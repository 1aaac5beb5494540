import type { RunKind } from "../parts/part.ts";
import { table } from "./table.ts";

export interface PartTime {
  readonly part: string;
  /** Undefined for a part that nobody planned. */
  readonly plannedSeconds: number | undefined;
  readonly usedSeconds: number;
}

/** What a run of everything may take. */
export const runSeconds: Readonly<Record<RunKind, number>> = { quick: 150, full: 2_040, long: 3_660 };

/** How a run's time is shared out: plans, to be kept by each part's numbers of rounds. 0: not in such a run. */
export const plannedSeconds: Readonly<Record<string, Readonly<Record<RunKind, number>>>> = {
  requests: { quick: 50, full: 545, long: 545 },
  variants: { quick: 0, full: 0, long: 165 },
  shapes: { quick: 0, full: 0, long: 360 },
  floor: { quick: 0, full: 0, long: 155 },
  fastify: { quick: 0, full: 245, long: 245 },
  nest: { quick: 0, full: 0, long: 185 },
  span: { quick: 17, full: 170, long: 170 },
  limits: { quick: 0, full: 0, long: 50 },
  memory: { quick: 6, full: 13, long: 13 },
  histogram: { quick: 5, full: 75, long: 75 },
  metrics: { quick: 0, full: 0, long: 60 },
  logs: { quick: 6, full: 60, long: 60 },
  deciding: { quick: 0, full: 0, long: 35 },
  allocations: { quick: 0, full: 0, long: 8 },
  start: { quick: 4, full: 13, long: 13 },
  socket: { quick: 22, full: 360, long: 360 },
  cache: { quick: 0, full: 0, long: 480 },
  garbage: { quick: 0, full: 0, long: 120 },
  resident: { quick: 0, full: 235, long: 235 },
  wire: { quick: 0, full: 14, long: 14 },
  install: { quick: 3, full: 3, long: 3 },
  counterparts: { quick: 0, full: 0, long: 40 },
  budgets: { quick: 28, full: 60, long: 60 },
  scaling: { quick: 0, full: 205, long: 205 },
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
