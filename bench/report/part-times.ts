import type { RunKind } from "../parts/part.ts";
import { table } from "./table.ts";

export interface PartTime {
  readonly part: string;
  /** Undefined for a part that nobody planned. */
  readonly plannedSeconds: number | undefined;
  readonly usedSeconds: number;
}

/** What a run of everything may take. */
export const runSeconds: Readonly<Record<RunKind, number>> = { quick: 120, full: 1_500, long: 1_920 };

/** How a run's time is shared out: plans, to be kept by each part's numbers of rounds. 0: not in such a run. */
export const plannedSeconds: Readonly<Record<string, Readonly<Record<RunKind, number>>>> = {
  requests: { quick: 40, full: 355, long: 355 },
  variants: { quick: 0, full: 0, long: 130 },
  shapes: { quick: 0, full: 120, long: 120 },
  floor: { quick: 0, full: 0, long: 80 },
  fastify: { quick: 0, full: 200, long: 200 },
  nest: { quick: 0, full: 0, long: 110 },
  span: { quick: 8, full: 105, long: 105 },
  limits: { quick: 0, full: 0, long: 15 },
  memory: { quick: 5, full: 12, long: 12 },
  histogram: { quick: 5, full: 15, long: 15 },
  logs: { quick: 6, full: 20, long: 20 },
  deciding: { quick: 0, full: 0, long: 25 },
  allocations: { quick: 0, full: 0, long: 10 },
  start: { quick: 4, full: 13, long: 13 },
  socket: { quick: 18, full: 215, long: 215 },
  garbage: { quick: 0, full: 35, long: 35 },
  resident: { quick: 0, full: 225, long: 225 },
  wire: { quick: 0, full: 10, long: 10 },
  install: { quick: 3, full: 3, long: 3 },
  counterparts: { quick: 0, full: 0, long: 40 },
  budgets: { quick: 28, full: 60, long: 60 },
  scaling: { quick: 0, full: 85, long: 85 },
};

export function timeOf(part: string, kind: RunKind, usedMs: number): PartTime {
  return { part, plannedSeconds: plannedSeconds[part]?.[kind], usedSeconds: Math.round(usedMs / 100) / 10 };
}

export function timeTable(times: readonly PartTime[], kind: RunKind): string {
  const used = times.reduce((sum, { usedSeconds }) => sum + usedSeconds, 0);
  return [
    table(
      ["part", "planned s", "used s"],
      times.map(({ part, plannedSeconds: planned, usedSeconds }) => [
        part,
        planned === undefined ? "-" : String(planned),
        usedSeconds.toFixed(1),
      ]),
    ),
    `In all ${used.toFixed(0)} s; a ${kind} run of everything may take ${runSeconds[kind]} s.`,
  ].join("\n");
}
