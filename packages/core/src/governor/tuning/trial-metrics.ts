import { observedMetric, type OwnObservedMetric } from "../../metrics/instruments/observed-metric.ts";
import type { Trial } from "./trial.ts";

export function trialMetrics(trial: Trial): readonly OwnObservedMetric[] {
  return [
    observedMetric("gossamer.overhead.proven.cpu", () => {
      const { state, requestUs, lowUs, highUs } = trial.report();
      if (state !== "proven") return [];
      return Object.entries({ mean: requestUs, low: lowUs, high: highUs }).map(([bound, us]) => ({
        attributes: { "gossamer.bound": bound },
        value: (us ?? 0) / 1_000_000,
      }));
    }),
  ];
}
