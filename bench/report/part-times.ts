import type { Mode } from "../parts/part.ts";
import { table } from "./table.ts";

export interface PartTime {
  readonly part: string;
  /** Undefined for a part that nobody planned. */
  readonly plannedSeconds: number | undefined;
  readonly usedSeconds: number;
}

/** What a run of everything may take. */
export const runSeconds: Readonly<Record<Mode, number>> = { full: 1_920, quick: 180 };

/** How a run's time is shared out: plans, to be kept by each part's numbers of rounds. 0: not in a quick run. */
export const plannedSeconds: Readonly<Record<string, Readonly<Record<Mode, number>>>> = {
  requests: { full: 370, quick: 52 },
  variants: { full: 130, quick: 0 },
  shapes: { full: 160, quick: 0 },
  floor: { full: 125, quick: 0 },
  fastify: { full: 190, quick: 25 },
  nest: { full: 150, quick: 0 },
  span: { full: 60, quick: 9 },
  limits: { full: 20, quick: 7 },
  memory: { full: 15, quick: 5 },
  histogram: { full: 20, quick: 5 },
  logs: { full: 30, quick: 6 },
  deciding: { full: 35, quick: 8 },
  allocations: { full: 10, quick: 4 },
  start: { full: 15, quick: 4 },
  socket: { full: 150, quick: 22 },
  garbage: { full: 60, quick: 0 },
  resident: { full: 170, quick: 0 },
  wire: { full: 12, quick: 0 },
  install: { full: 3, quick: 3 },
  counterparts: { full: 50, quick: 0 },
  budgets: { full: 45, quick: 29 },
  scaling: { full: 100, quick: 0 },
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
