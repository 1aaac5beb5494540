import type { ObservedMetric } from "../../metrics/instruments/observed-metric.ts";
import type { DecisionCounts } from "../../sampling/decision-counts.ts";
import type { KeepPolicy } from "../../sampling/keep/keep.ts";

/** Decisions by rule, or reason where no rule has a name, and by answer. */
export function decisionMetric(counts: DecisionCounts): ObservedMetric {
  return {
    name: "gossamer.sampling.decisions",
    unit: "{decision}",
    description: "Sampling decisions, by rule and answer.",
    kind: "sum",
    monotonic: true,
    valueType: "int",
    read: () =>
      counts.entries().map(({ rule, sampled, count }) => ({
        attributes: { "sampling.rule": rule, "sampling.decision": sampled ? "sampled" : "unsampled" },
        value: count,
      })),
  };
}

/** Requests that were kept although they were not sampled. */
export function keptMetric(keep: KeepPolicy): ObservedMetric {
  return {
    name: "gossamer.sampling.kept",
    unit: "{request}",
    description: "Requests that were not sampled and were kept, by rule and reason.",
    kind: "sum",
    monotonic: true,
    valueType: "int",
    read: () =>
      Object.entries(keep.kept.snapshot()).map(([label, value]) => ({
        attributes: { "sampling.kept": label },
        value,
      })),
  };
}
