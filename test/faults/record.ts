import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A row of the table in docs/pipeline.md. */
export interface FaultRecord {
  /** Where the row stands. */
  readonly order: number;
  readonly fault: string;
  /** What a client of the service saw. */
  readonly seen: string;
  /** What was delivered and what was lost. */
  readonly lost: string;
  /** How many lines the engine wrote. */
  readonly lines: number;
}

/** Where the rows of a run are left; `pnpm faults` makes the table of them. */
export const recordFolder: string = join(import.meta.dirname, "../../node_modules/.cache/gossamer/faults");

export function record(row: FaultRecord): void {
  mkdirSync(recordFolder, { recursive: true });
  writeFileSync(join(recordFolder, `${String(row.order).padStart(2, "0")}.json`), JSON.stringify(row));
}
