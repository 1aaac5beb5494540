import { observedMetric, type OwnObservedMetric } from "../metrics/instruments/observed-metric.ts";
import type { NumberPoint } from "../model/metric-data.ts";
import { type Governor, levelOf } from "./governor.ts";

/** What telemetry costs and how it is held back, read from the governor when metrics are collected. */
export function governorMetrics(
  governor: Governor,
  unobserved: (() => number) | undefined,
): readonly OwnObservedMetric[] {
  const metrics: OwnObservedMetric[] = [
    {
      ...observedMetric("gossamer.overhead.cpu.time", () =>
        Object.entries(governor.report().byPart).map(([part, value]) => ({
          attributes: { "gossamer.part": part },
          value,
        })),
      ),
      isFixed: true,
    },
    observedMetric("gossamer.overhead.cpu.utilization", () => one(governor.report().share)),
    observedMetric("gossamer.overhead.request.duration", () => {
      const { requestUs } = governor.report();
      return requestUs === undefined ? [] : one(requestUs / 1_000_000);
    }),
    observedMetric("gossamer.overhead.memory", () => one(governor.report().bytes)),
    observedMetric("gossamer.overhead.block.max", () => one(governor.report().blockMaxMs / 1_000)),
    observedMetric("gossamer.governor.step", () => one(levelOf(governor.restraint.step))),
    observedMetric("gossamer.governor.ratio.factor", () => one(governor.restraint.ratioFactor)),
    observedMetric("gossamer.governor.changes", () =>
      Object.entries(governor.changes.snapshot()).map(([label, value]) => {
        const [cause = "", direction = ""] = label.split(":");
        return { attributes: { "gossamer.cause": cause, "gossamer.direction": direction }, value };
      }),
    ),
  ];
  if (unobserved === undefined) return metrics;
  return [...metrics, observedMetric("gossamer.requests.unobserved", () => one(unobserved()))];
}

function one(value: number): NumberPoint[] {
  return [{ attributes: {}, value }];
}
