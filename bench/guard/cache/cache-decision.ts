import type { CountedRequests } from "../../cache/count-requests.ts";
import { table } from "../../report/table.ts";
import { mean } from "../../statistics/bootstrap.ts";
import { type CacheRecording, type CountedRow, type Guarded, guarded } from "./cache-recording.ts";

/** Only `grew` fails the guard. `unclear` says that the machine was too busy to tell: it is told, never hidden. */
export type CountOutcome = "holds" | "grew" | "unclear";

export interface CountVerdict {
  readonly row: CountedRow;
  readonly measure: Guarded;
  /** The mean over processes. */
  readonly counted: number;
  readonly recorded: number;
  readonly allowed: number;
  /** Of the process that waited least. */
  readonly slowdown: number;
  readonly outcome: CountOutcome;
}

/** Another version of Node makes other code of the same JavaScript: there so much more is allowed, as a multiple. */
const elsewhereFactor = 4;
/** From here on the clock has a share in what was counted: on a quiet machine a process takes little more than its CPU time. */
const calmSlowdown = 1.5;
/** As many times what is allowed no waiting makes of it: at a load of 20, where a request took ten times as long, it was a quarter more. */
const mostByWaiting = 1.3;
/** A row that grew in so many processes has grown. */
export const mostProcesses = 3;

export function decideCounts(
  counted: ReadonlyMap<CountedRow, readonly CountedRequests[]>,
  { rows }: Pick<CacheRecording, "rows">,
  isElsewhere: boolean,
): CountVerdict[] {
  return [...counted].flatMap(([row, processes]) =>
    guarded.map((measure) => {
      const { value, reach } = rows[row][measure];
      const allowed = value + reach * (isElsewhere ? elsewhereFactor : 1);
      const now = mean(processes.map(({ path }) => path[measure]));
      const slowdown = Math.min(...processes.map((process) => process.slowdown));
      const outcome = outcomeOf(now, allowed, slowdown);
      return { row, measure, counted: now, recorded: value, allowed, slowdown, outcome };
    }),
  );
}

function outcomeOf(now: number, allowed: number, slowdown: number): CountOutcome {
  // Where nothing was counted nothing holds: then the code is not where it was looked for.
  if (!(now > 0)) return "grew";
  if (now <= allowed) return "holds";
  return slowdown > calmSlowdown && now <= mostByWaiting * allowed ? "unclear" : "grew";
}

const called: Readonly<Record<Guarded, string>> = {
  instructions: "instructions",
  instructionMisses: "L1I misses",
};

export function countsText(verdicts: readonly CountVerdict[]): string {
  return [
    table(
      ["our JavaScript, a request", "counted", "recorded", "allowed", ""],
      verdicts.map(({ row, measure, counted, recorded, allowed, outcome }) => [
        `${row}, ${called[measure]}`,
        ...[counted, recorded, allowed].map((value) => value.toFixed(0)),
        outcome,
      ]),
    ),
    ...verdicts
      .filter(({ outcome }) => outcome === "unclear")
      .map(
        ({ row, measure, counted, allowed, slowdown }) =>
          `NOT JUDGED, ${row}: ${counted.toFixed(0)} ${called[measure]} a request are above the ${allowed.toFixed(0)} that are allowed, but its processes waited for a core: ` +
          `the quickest took ${slowdown.toFixed(1)} times its CPU time, and what runs by the clock is counted with each request. Run again when the machine is quieter.`,
      ),
    ...verdicts
      .filter(({ outcome }) => outcome === "grew")
      .map(
        ({ row, measure, counted, recorded, allowed }) =>
          `${row} grew from ${recorded.toFixed(0)} to ${counted.toFixed(0)} ${called[measure]} a request, above the ${allowed.toFixed(0)} that are allowed. ` +
          "Which functions they are in: pnpm bench --part cache. If it is meant, record it: pnpm bench:guard:cache --record",
      ),
  ].join("\n");
}
