import type { ObservedMetric } from "../../metrics/instruments/observed-metric.ts";
import { Optimizer, type OptimizerParts } from "./optimizer.ts";
import { FigureGatherer, type FigureSources } from "./window-figures.ts";

/** Asks rules, and gathers what they judge by. */
export interface Optimizing {
  readonly optimizer: Optimizer;
  readonly figures: FigureGatherer;
  readonly metrics: readonly ObservedMetric[];
}

export type OptimizingParts = Omit<OptimizerParts, "takeFigures"> & { readonly sources: FigureSources };

export function createOptimizing({ sources, ...parts }: OptimizingParts): Optimizing {
  const figures = new FigureGatherer(sources);
  const optimizer = new Optimizer({ ...parts, takeFigures: () => figures.take() });
  return { optimizer, figures, metrics: optimizerMetrics(optimizer) };
}

function optimizerMetrics(optimizer: Optimizer): readonly ObservedMetric[] {
  return [
    {
      name: "gossamer.optimizer.changes",
      unit: "{change}",
      description: "Changes that the optimizer made, and those that it undid, by rule.",
      kind: "sum",
      monotonic: true,
      valueType: "int",
      read: () =>
        Object.entries(optimizer.outcomes.snapshot()).map(([label, value]) => {
          const at = label.lastIndexOf(":");
          return {
            attributes: { "gossamer.rule": label.slice(0, at), "gossamer.outcome": label.slice(at + 1) },
            value,
          };
        }),
    },
    {
      name: "gossamer.optimizer.gain",
      unit: "1",
      description: "What the last change of a rule brought to the figure that it named; below 0 it made it worse.",
      kind: "gauge",
      read: () => [...optimizer.gains].map(([rule, value]) => ({ attributes: { "gossamer.rule": rule }, value })),
    },
  ];
}
