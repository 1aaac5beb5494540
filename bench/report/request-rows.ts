import type { Estimate } from "../statistics/bootstrap.ts";
import { compareProcesses } from "../statistics/compare-processes.ts";

/** A row of the README's main table. It is saved with the run, so that whoever formats it needs nothing of the bench but its text. */
export interface RequestRow {
  readonly name: string;
  readonly addedMicros: Estimate;
  /** Undefined where no floor was measured. */
  readonly timesFloor: number | undefined;
  /** Ours alone: how many times its cost each peer of the same ratio costs. */
  readonly peers: readonly { readonly name: string; readonly times: number }[];
}

const bare = "bare";
const again = "bare again (A/A)";
const floor = "floor";

/**
 * What is added to a plain request, out of what `requests` saves. Rows with a comma in their name have another baseline, or do another job, and are
 * left out. Undefined where it did not measure any.
 */
export function requestRows(data: unknown): readonly RequestRow[] | undefined {
  const { cpuMicrosARequest } = (data ?? {}) as { readonly cpuMicrosARequest?: Readonly<Record<string, number[][]>> };
  if (cpuMicrosARequest?.[bare] === undefined) return undefined;
  const comparison = compareProcesses(new Map(Object.entries(cpuMicrosARequest)));
  const names = Object.keys(cpuMicrosARequest).filter((name) => name !== bare && !name.includes(","));
  const hasFloor = comparison.has(floor);
  return names.map((name) => ({
    name,
    addedMicros: comparison.added(name, bare),
    timesFloor: hasFloor && name !== again ? comparison.ratio(name, floor, bare).value : undefined,
    peers: peersOf(name, names).map((peer) => ({
      name: peer.name,
      times: comparison.ratio(peer.row, name, bare).value,
    })),
  }));
}

/** Peers with the same words behind their name. */
function peersOf(name: string, names: readonly string[]): { row: string; name: string }[] {
  const words = /^Gossamer( .*)$/.exec(name)?.[1];
  if (words === undefined) return [];
  return names
    .filter((other) => !other.startsWith("Gossamer") && other.endsWith(words))
    .map((row) => ({ row, name: row.slice(0, -words.length) }));
}
