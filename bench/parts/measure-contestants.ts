import type { Contestant } from "../contestants/contestant.ts";
import { baselineOf, loadContestants } from "../contestants/load-contestants.ts";
import { ContestantCheck, type Delivered } from "../harness/contestant-check.ts";
import { runRounds, type Measurements, type RoundsPlan } from "../harness/run-rounds.ts";
import { estimate, number, table } from "../report/table.ts";
import type { Target } from "../report/target.ts";
import { Comparison } from "../statistics/comparison.ts";
import { isWanted, type PartSettings } from "./part.ts";

/** The rows that have targets against others at the same ratio. */
export const comparedRows: readonly string[] = [
  "bare",
  "bare-again",
  "floor",
  "gossamer-1",
  "gossamer-100",
  "opentelemetry-1",
  "opentelemetry-100",
  "dd-trace-1",
  "dd-trace-100",
];

/** Contestants that were checked and measured together. */
export interface MeasuredContestants {
  readonly contestants: readonly Contestant[];
  readonly measured: Measurements;
  readonly comparison: Comparison;
  readonly delivered: ReadonlyMap<string, Delivered>;
}

/** Measures the rows named. With `--only` those whose name holds the text, and what they are compared with. */
export async function measureContestants(
  settings: PartSettings,
  plan: RoundsPlan,
  rows: readonly string[],
): Promise<MeasuredContestants> {
  const { only, pinning, sink, progress } = settings;
  const subjects = (await loadContestants(rows)).filter(({ subject }) => isMeasured(subject, only));
  if (only !== undefined && subjects.every(({ subject }) => isMeasured(subject, [])))
    throw new Error(`no contestant here has ${only.map((text) => `"${text}"`).join(" or ")} in its name`);
  const check = new ContestantCheck(sink);
  const measured = await runRounds(subjects, {
    plan,
    pinning,
    sinkUrl: sink.url,
    progress: (text) => progress.say(text),
    check: (handle, subject, when) => check[when](handle, subject),
  });
  return {
    contestants: subjects.map(({ subject }) => subject),
    measured,
    comparison: new Comparison(measured),
    delivered: check.delivered,
  };
}

/** Each is measured against its baseline, so that these are always wanted. */
function isMeasured({ name }: Contestant, only: readonly string[] | undefined): boolean {
  return Object.values(baselineOf).includes(name) || isWanted(name, only);
}

/** A line a contestant: what it adds to the bare one of its workload, and what arrived. */
export function contestantTable({ contestants, comparison, delivered }: MeasuredContestants): string {
  const lines = contestants.map(({ name, workload }) => {
    const baseline = baselineOf[workload];
    const arrived = arrivedOf(delivered.get(name));
    if (name === baseline) return [name, "", "", ...arrived];
    return [
      name,
      estimate(comparison.added(name, baseline)),
      comparison.has("floor") ? estimate(comparison.ratio(name, "floor", baseline, baselineOf.answers)) : "",
      ...arrived,
    ];
  });
  return table(["contestant", "added µs a request", "× floor", "spans", "attributes", "bytes"], lines);
}

function arrivedOf(sum: Delivered | undefined): string[] {
  if (sum === undefined || sum.serverSpans === 0) return ["", "", ""];
  return [sum.spans / sum.requests, sum.serverAttributes / sum.serverSpans, sum.wireBytes / sum.requests].map(number);
}

/** A row of ours that may cost some part of a row of somebody else. */
export interface Share {
  readonly ours: string;
  readonly theirs: string;
  /** One in so many. Undefined: shown, and no target. */
  readonly part?: number;
  readonly rank: Target["rank"];
}

/**
 * The targets of the shares that were measured.
 *
 * @param where what the promises begin with, where the same rows have others elsewhere
 * @param again bare once more: a target that bare against itself would miss is not measurable
 */
export function shareTargets(
  comparison: Comparison,
  shares: readonly Share[],
  baseline: string,
  { where = "", again }: { readonly where?: string; readonly again?: string } = {},
): Target[] {
  return shares
    .filter(({ ours, theirs }) => comparison.has(ours) && comparison.has(theirs))
    .flatMap(({ ours, theirs, part, rank }) => {
      if (part === undefined) return [];
      const promise = `${where}${ours}: share of ${theirs} (1/${part})`;
      const measured = comparison.ratio(ours, theirs, baseline);
      const control = again === undefined ? {} : { control: comparison.ratio(again, theirs, baseline) };
      return [{ promise, bound: "at most", limit: 1 / part, measured, ...control, rank }];
    });
}

/** How many floors a row may cost, where both were measured. */
export function floorTarget(
  comparison: Comparison,
  row: { readonly ours: string; readonly floor: string; readonly bare: string; readonly limit: number },
): Target[] {
  const { ours, floor, bare, limit } = row;
  if (!comparison.has(ours) || !comparison.has(floor)) return [];
  const measured = comparison.ratio(ours, floor, bare);
  return [{ promise: `${ours}: multiples of the floor`, bound: "at most", limit, measured, rank: "asked" }];
}
