import type { Estimate } from "../statistics/bootstrap.ts";
import { Comparison } from "../statistics/comparison.ts";

/** A row of the README's main table. It is saved with the run, so that whoever formats it needs nothing of the bench but its text. */
export interface RequestRow {
  readonly name: string;
  readonly addedMicros: Estimate;
  /** Undefined where no floor was measured. */
  readonly timesFloor: number | undefined;
  /** Spans a request, as they arrived. Undefined where none is sent. */
  readonly spans?: number | undefined;
  /** Ours alone: how many times its cost each peer of the same ratio costs. */
  readonly peers: readonly { readonly name: string; readonly times: number }[];
}

const bare = "bare";
const again = "bare again (A/A)";
const floor = "floor";

/** What `requests` saves, as far as the rows need it. */
interface RequestsData {
  readonly cpuMicrosARequest?: Readonly<Record<string, number[][]>>;
  readonly added?: Readonly<Record<string, { readonly baseline: string }>>;
  readonly delivered?: Readonly<Record<string, { readonly requests: number; readonly spans: number }>>;
}

/** What is added to a plain request, out of what `requests` saves; rows with another baseline are left out. Undefined where it did not measure any. */
export function requestRows(data: unknown): readonly RequestRow[] | undefined {
  const { cpuMicrosARequest, added = {}, delivered = {} } = (data ?? {}) as RequestsData;
  if (cpuMicrosARequest?.[bare] === undefined) return undefined;
  const comparison = new Comparison(new Map(Object.entries(cpuMicrosARequest)));
  const names = Object.keys(cpuMicrosARequest).filter((name) => added[name]?.baseline === bare);
  const hasFloor = comparison.has(floor);
  return names.map((name) => ({
    name,
    addedMicros: comparison.added(name, bare),
    timesFloor: hasFloor && name !== again ? comparison.ratio(name, floor, bare).value : undefined,
    spans: spansOf(delivered[name]),
    peers: peersOf(name, names).map((peer) => ({
      name: peer.name,
      times: comparison.ratio(peer.row, name, bare).value,
    })),
  }));
}

function spansOf(sum: { readonly requests: number; readonly spans: number } | undefined): number | undefined {
  return sum === undefined || sum.spans === 0 ? undefined : sum.spans / sum.requests;
}

/** Peers with the same ratio behind their name, and those of them that do less. */
function peersOf(name: string, names: readonly string[]): { row: string; name: string }[] {
  const ratio = /^Gossamer( [\d.]+ %)$/.exec(name)?.[1];
  if (ratio === undefined) return [];
  return names
    .filter((other) => !other.startsWith("Gossamer") && `${other},`.includes(`${ratio},`))
    .map((row) => ({ row, name: row.replace(ratio, "") }));
}
