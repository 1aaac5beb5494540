import type { RoundsPlan } from "../harness/run-rounds.ts";
import { contestantTable, measureContestants } from "./measure-contestants.ts";
import { type Mode, type Part, planOf } from "./part.ts";

const plans: Readonly<Record<Mode, RoundsPlan>> = {
  full: { rounds: 2, slices: 3, times: 5000, warmUpTimes: 30_000, warmUpMs: 1_500 },
  quick: { rounds: 1, slices: 2, times: 5000, warmUpTimes: 20_000 },
};

/** Further peers, and the contestants of `requests` set otherwise. No target hangs on them. */
export const otherRows: readonly string[] = [
  "gossamer-10",
  "elastic-1",
  "elastic-100",
  "pino-http",
  "gossamer-1-lines",
  "gossamer-1-all-lines",
  "gossamer-100-lines",
  "gossamer-100-gzip",
  "gossamer-minimal",
  "gossamer-balanced",
  "gossamer-debug",
  "gossamer-high-throughput",
  "gossamer-low-latency",
  "gossamer-constrained",
  "opentelemetry-0-server-only",
  "opentelemetry-1-server-only",
  "opentelemetry-100-server-only",
  "opentelemetry-1-http-alone",
  "opentelemetry-100-http-alone",
  "opentelemetry-100-gzip",
  "dd-trace-1-discard",
  "gossamer-errors-capped",
];

/** What further peers cost, and the same contestants set otherwise: presets, request lines, gzip, fewer spans. */
export const variants: Part = {
  name: "variants",
  title: "Requests of an Express service, further contestants",
  from: "long",
  async run(settings) {
    const plan = planOf(plans, settings);
    const rows = ["bare", "floor", "bare-errors", ...otherRows];
    const result = await measureContestants(settings, plan, rows);
    return {
      text: [
        contestantTable(result),
        "Few processes each: for orientation. `--part requests --only <text>` measures a row as those of the main table.",
      ].join("\n"),
      targets: [],
      packages: result.contestants.flatMap(({ packages }) => packages),
      data: {
        plan,
        cpuMicrosARequest: Object.fromEntries(result.measured),
        delivered: Object.fromEntries(result.delivered),
      },
    };
  },
};
