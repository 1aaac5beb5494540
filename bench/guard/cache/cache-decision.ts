import type { RequestCosts } from "../../cache/request-costs.ts";
import { table } from "../../report/table.ts";
import { mean } from "../../statistics/bootstrap.ts";
import { type CacheRecording, type CountedRow, type Guarded, guarded } from "./cache-recording.ts";

export interface CountVerdict {
  readonly row: CountedRow;
  readonly measure: Guarded;
  /** The mean over processes. */
  readonly counted: number;
  readonly recorded: number;
  readonly allowed: number;
  readonly hasGrown: boolean;
}

/** Another version of Node makes other code of the same JavaScript: there so much more is allowed, as a multiple. */
const elsewhereFactor = 4;
/** A row that grew in so many processes has grown. */
export const mostProcesses = 3;

export function decideCounts(
  counted: ReadonlyMap<CountedRow, readonly RequestCosts[]>,
  { rows }: Pick<CacheRecording, "rows">,
  isElsewhere: boolean,
): CountVerdict[] {
  return [...counted].flatMap(([row, processes]) =>
    guarded.map((measure) => {
      const { value, reach } = rows[row][measure];
      const allowed = value + reach * (isElsewhere ? elsewhereFactor : 1);
      const now = mean(processes.map(({ path }) => path[measure]));
      // Where nothing was counted nothing holds: then the code is not where it was looked for.
      return { row, measure, counted: now, recorded: value, allowed, hasGrown: !(now > 0 && now <= allowed) };
    }),
  );
}

const called: Readonly<Record<Guarded, string>> = {
  instructions: "instructions",
  instructionMisses: "L1I misses",
};

export function countsText(verdicts: readonly CountVerdict[]): string {
  return [
    table(
      ["our JavaScript, a request", "counted", "recorded", "allowed", ""],
      verdicts.map(({ row, measure, counted, recorded, allowed, hasGrown }) => [
        `${row}, ${called[measure]}`,
        ...[counted, recorded, allowed].map((value) => value.toFixed(0)),
        hasGrown ? "grew" : "holds",
      ]),
    ),
    ...verdicts
      .filter(({ hasGrown }) => hasGrown)
      .map(
        ({ row, measure, counted, recorded, allowed }) =>
          `${row} grew from ${recorded.toFixed(0)} to ${counted.toFixed(0)} ${called[measure]} a request, above the ${allowed.toFixed(0)} that are allowed. ` +
          "Which functions they are in: pnpm bench --part cache. If it is meant, record it: pnpm bench:guard:cache --record",
      ),
  ].join("\n");
}
