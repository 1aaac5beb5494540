import { observedMetric, type OwnObservedMetric } from "../../metrics/instruments/observed-metric.ts";
import type { DecisionCounts } from "../../sampling/decision-counts.ts";
import type { KeepPolicy } from "../../sampling/keep/keep.ts";

/** Decisions by rule, or reason where no rule has a name, and by answer. */
export function decisionMetric(counts: DecisionCounts): OwnObservedMetric {
  return observedMetric("gossamer.sampling.decisions", () =>
    counts.entries().map(({ rule, sampled, count }) => ({
      attributes: { "sampling.rule": rule, "sampling.decision": sampled ? "sampled" : "unsampled" },
      value: count,
    })),
  );
}

/** Requests that were kept although they were not sampled. */
export function keptMetric(keep: KeepPolicy): OwnObservedMetric {
  return observedMetric("gossamer.sampling.kept", () =>
    Object.entries(keep.kept.snapshot()).map(([label, value]) => ({ attributes: { "sampling.kept": label }, value })),
  );
}
