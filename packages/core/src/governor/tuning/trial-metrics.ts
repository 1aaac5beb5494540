import type { ObservedMetric } from "../../metrics/instruments/observed-metric.ts";
import type { Trial } from "./trial.ts";

export function trialMetrics(trial: Trial): readonly ObservedMetric[] {
  return [
    {
      name: "gossamer.overhead.proven.cpu",
      unit: "s",
      description:
        "CPU that traces and request lines add to a request, as windows without them show: mean, and its 95 % interval.",
      kind: "gauge",
      read() {
        const { state, requestUs, lowUs, highUs } = trial.report();
        if (state !== "proven") return [];
        return Object.entries({ mean: requestUs, low: lowUs, high: highUs }).map(([bound, us]) => ({
          attributes: { "gossamer.bound": bound },
          value: (us ?? 0) / 1_000_000,
        }));
      },
    },
  ];
}
