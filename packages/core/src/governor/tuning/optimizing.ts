import { observedMetric, type OwnObservedMetric } from "../../metrics/instruments/observed-metric.ts";
import { Optimizer, type OptimizerParts } from "./optimizer.ts";
import { FigureGatherer, type FigureSources } from "./window-figures.ts";

/** Asks rules, and gathers what they judge by. */
export interface Optimizing {
  readonly optimizer: Optimizer;
  readonly figures: FigureGatherer;
  readonly metrics: readonly OwnObservedMetric[];
}

export type OptimizingParts = Omit<OptimizerParts, "takeFigures"> & { readonly sources: FigureSources };

export function createOptimizing({ sources, ...parts }: OptimizingParts): Optimizing {
  const figures = new FigureGatherer(sources);
  const optimizer = new Optimizer({ ...parts, takeFigures: () => figures.take() });
  return { optimizer, figures, metrics: optimizerMetrics(optimizer) };
}

function optimizerMetrics(optimizer: Optimizer): readonly OwnObservedMetric[] {
  return [
    observedMetric("gossamer.optimizer.changes", () =>
      Object.entries(optimizer.outcomes.snapshot()).map(([label, value]) => {
        const at = label.lastIndexOf(":");
        return {
          attributes: { "gossamer.rule": label.slice(0, at), "gossamer.outcome": label.slice(at + 1) },
          value,
        };
      }),
    ),
    observedMetric("gossamer.optimizer.gain", () =>
      [...optimizer.gains].map(([rule, value]) => ({ attributes: { "gossamer.rule": rule }, value })),
    ),
  ];
}
