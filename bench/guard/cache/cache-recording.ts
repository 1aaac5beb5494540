import { readFileSync, writeFileSync } from "node:fs";
import type { Costs } from "../../cache/costs.ts";
import type { RequestCosts } from "../../cache/request-costs.ts";
import { mean } from "../../statistics/bootstrap.ts";
import type { RowName } from "../guard-names.ts";

/** The rows that are counted: between them lies nothing that they do not hold. */
export const countedRows: readonly CountedRow[] = ["gossamer-0", "gossamer-100"];
export type CountedRow = Extract<RowName, "gossamer-0" | "gossamer-100">;

/** What is guarded of our JavaScript on the path of a request. */
export const guarded: readonly Guarded[] = ["instructions", "instructionMisses"];
export type Guarded = Extract<keyof Costs, "instructions" | "instructionMisses">;

/** What a request costs, and by how much another process of the same code may be above it. */
export interface Recorded {
  readonly value: number;
  readonly reach: number;
}

export interface CacheRecording {
  readonly about: string;
  readonly at: string;
  /** Another version makes other code of the same JavaScript. */
  readonly node: string;
  readonly processes: number;
  readonly rows: Readonly<Record<CountedRow, Readonly<Record<Guarded, Recorded>>>>;
}

const file = new URL("recorded.json", import.meta.url);
const spreads = 3;
const leastShare = 0.12;

export function readCacheRecording(): CacheRecording {
  return JSON.parse(readFileSync(file, "utf8")) as CacheRecording;
}

export function writeCacheRecording(recording: CacheRecording): void {
  writeFileSync(file, `${JSON.stringify(recording, undefined, 2)}\n`);
}

/** Sums up processes of each row: their mean, and how far one of them may be from it. */
export function recordCounts(
  counted: ReadonlyMap<CountedRow, readonly RequestCosts[]>,
  { node, at }: { readonly node: string; readonly at: Date },
): CacheRecording {
  const rows = [...counted].map(([row, processes]) => [
    row,
    Object.fromEntries(guarded.map((measure) => [measure, recordedOf(processes.map(({ path }) => path[measure]))])),
  ]);
  return {
    about:
      "What a request over a socket costs on its path through our JavaScript, on a simulated processor. Written by `pnpm bench:guard:cache --record`; bench/README.md says what it means.",
    at: at.toISOString(),
    node,
    processes: Math.min(...[...counted.values()].map(({ length }) => length)),
    rows: Object.fromEntries(rows) as CacheRecording["rows"],
  };
}

function recordedOf(values: readonly number[]): Recorded {
  const value = mean(values);
  const spread = Math.sqrt(
    values.reduce((total, each) => total + (each - value) ** 2, 0) / Math.max(1, values.length - 1),
  );
  return { value: round(value), reach: round(Math.max(leastShare * value, spreads * spread)) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
