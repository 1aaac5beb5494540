import { baselineOf } from "../contestants/load-contestants.ts";
import { rowNamesOfShape, type Shape, shapes as shapeNames } from "../contestants/rows.ts";
import type { RoundsPlan } from "../harness/run-rounds.ts";
import { estimate, table } from "../report/table.ts";
import { aaSpread } from "./aa-spread.ts";
import { contestantTable, measureContestants, type MeasuredContestants } from "./measure-contestants.ts";
import { type Mode, type Part, type PartResult, planOf } from "./part.ts";

// 30 processes a round, and a call over a socket costs several times what answering does. All slices lie before V8's last tier sets in, so that
// costs are higher than those of `requests`, for all alike.
const plans: Readonly<Record<Mode, RoundsPlan>> = {
  full: { rounds: 2, slices: 3, times: 5000, warmUpTimes: 20_000, warmUpMs: 1_000 },
  quick: { rounds: 1, slices: 2, times: 5000, warmUpTimes: 20_000 },
};

/** Whom ours is compared with, at either ratio. */
const pairs = ["1 %", "100 %"].flatMap((ratio) =>
  ["OpenTelemetry", "dd-trace"].map((peer) => ({ ours: `Gossamer ${ratio}`, theirs: `${peer} ${ratio}` })),
);

/** What telemetry costs a request that is part of a trace, one that logs, and one that calls another service: each against bare ones that do the same. */
export const shapes: Part = {
  name: "shapes",
  title: "Requests with a traceparent, a log line, an outgoing call",
  from: "long",
  async run(settings) {
    const plan = planOf(plans, settings);
    const texts: string[] = [];
    const packages: string[] = [];
    const data: Record<string, unknown> = { plan };
    for (const shape of Object.keys(shapeNames) as Shape[]) {
      const result = await measureContestants(settings, plan, rowNamesOfShape(shape));
      const { contestants, measured, comparison, delivered } = result;
      const suffix = shapeNames[shape];
      const spread = aaSpread(comparison, {
        control: `bare again (A/A), ${suffix}`,
        bare: baselineOf[shape],
        floor: "floor",
      });
      texts.push(contestantTable(result), spread.text, ...ratioLines(result, shape), "");
      packages.push(...contestants.flatMap((contestant) => contestant.packages));
      data[shape] = {
        cpuMicrosARequest: Object.fromEntries(measured),
        spread,
        delivered: Object.fromEntries(delivered),
      };
    }
    return { text: texts.join("\n").trimEnd(), targets: [], packages, data } satisfies PartResult;
  },
};

function ratioLines({ comparison }: MeasuredContestants, shape: Shape): string[] {
  const suffix = shapeNames[shape];
  const lines = pairs
    .map(({ ours, theirs }) => ({ ours: `${ours}, ${suffix}`, theirs: `${theirs}, ${suffix}` }))
    .filter(({ ours, theirs }) => comparison.has(ours) && comparison.has(theirs))
    .map(({ ours, theirs }) => [
      `${theirs}  /  ${ours}`,
      `${estimate(comparison.ratio(theirs, ours, baselineOf[shape]))} ×`,
    ]);
  return lines.length === 0 ? [] : [table(["the same job", "adds"], lines)];
}
