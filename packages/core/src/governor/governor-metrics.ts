import type { ObservedMetric } from "../metrics/instruments/observed-metric.ts";
import type { NumberPoint } from "../model/metric-data.ts";
import { type Governor, levelOf } from "./governor.ts";

/** What telemetry costs and how it is held back, read from the governor when metrics are collected. */
export function governorMetrics(governor: Governor, unobserved: (() => number) | undefined): readonly ObservedMetric[] {
  const metrics: ObservedMetric[] = [
    {
      ...sum("gossamer.overhead.cpu.time", "s", "CPU time that telemetry took, by part.", () =>
        Object.entries(governor.report().byPart).map(([part, value]) => ({
          attributes: { "gossamer.part": part },
          value,
        })),
      ),
      isFixed: true,
    },
    gauge("gossamer.overhead.cpu.utilization", "1", "Telemetry's share of the CPU time of the process.", () =>
      one(governor.report().share),
    ),
    gauge("gossamer.overhead.request.duration", "s", "What telemetry adds to a request.", () => {
      const { requestUs } = governor.report();
      return requestUs === undefined ? [] : one(requestUs / 1_000_000);
    }),
    gauge("gossamer.overhead.memory", "By", "Memory that telemetry holds.", () => one(governor.report().bytes)),
    gauge("gossamer.overhead.block.max", "s", "The longest that telemetry held the event loop without a break.", () =>
      one(governor.report().blockMaxMs / 1_000),
    ),
    gauge("gossamer.governor.step", "{step}", "How far telemetry is held back: 0 full to 5 off.", () =>
      one(levelOf(governor.restraint.step)),
    ),
    gauge("gossamer.governor.ratio.factor", "1", "By what sampling ratios are multiplied.", () =>
      one(governor.restraint.ratioFactor),
    ),
    {
      ...sum("gossamer.governor.changes", "{change}", "Steps that were taken, by cause and direction.", () =>
        Object.entries(governor.changes.snapshot()).map(([label, value]) => {
          const [cause = "", direction = ""] = label.split(":");
          return { attributes: { "gossamer.cause": cause, "gossamer.direction": direction }, value };
        }),
      ),
      valueType: "int",
    },
  ];
  if (unobserved === undefined) return metrics;
  return [
    ...metrics,
    {
      ...sum("gossamer.requests.unobserved", "{request}", "Requests that came while telemetry was off.", () =>
        one(unobserved()),
      ),
      valueType: "int",
    },
  ];
}

function sum(name: string, unit: string, description: string, read: () => NumberPoint[]): ObservedMetric {
  return { name, unit, description, kind: "sum", monotonic: true, read };
}

function gauge(name: string, unit: string, description: string, read: () => NumberPoint[]): ObservedMetric {
  return { name, unit, description, kind: "gauge", read };
}

function one(value: number): NumberPoint[] {
  return [{ attributes: {}, value }];
}
