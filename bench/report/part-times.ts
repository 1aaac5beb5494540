import type { Mode } from "../parts/part.ts";
import { table } from "./table.ts";

export interface PartTime {
  readonly part: string;
  /** Undefined for a part that nobody planned. */
  readonly plannedSeconds: number | undefined;
  readonly usedSeconds: number;
}

/** What a run of everything may take. */
export const runSeconds: Readonly<Record<Mode, number>> = { full: 900, quick: 120 };

/** How a run's time is shared out: plans, to be kept by each part's numbers of rounds. 0: not in a quick run. */
export const plannedSeconds: Readonly<Record<string, Readonly<Record<Mode, number>>>> = {
  requests: { full: 190, quick: 30 },
  floor: { full: 60, quick: 8 },
  fastify: { full: 75, quick: 10 },
  nest: { full: 45, quick: 8 },
  span: { full: 40, quick: 7 },
  limits: { full: 15, quick: 3 },
  memory: { full: 20, quick: 4 },
  histogram: { full: 20, quick: 3 },
  logs: { full: 20, quick: 4 },
  deciding: { full: 35, quick: 5 },
  allocations: { full: 10, quick: 2 },
  start: { full: 30, quick: 4 },
  socket: { full: 30, quick: 11 },
  garbage: { full: 10, quick: 0 },
  resident: { full: 15, quick: 0 },
  wire: { full: 3, quick: 0 },
  install: { full: 2, quick: 1 },
  counterparts: { full: 60, quick: 0 },
  budgets: { full: 45, quick: 20 },
  scaling: { full: 175, quick: 0 },
};

export function timeOf(part: string, mode: Mode, usedMs: number): PartTime {
  return { part, plannedSeconds: plannedSeconds[part]?.[mode], usedSeconds: Math.round(usedMs / 100) / 10 };
}

export function timeTable(times: readonly PartTime[], mode: Mode): string {
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
    `In all ${used.toFixed(0)} s; a ${mode} run of everything may take ${runSeconds[mode]} s.`,
  ].join("\n");
}
