import type { Observable, ObservableCallback } from "@opentelemetry/api";
import type { Attributes } from "../../model/attributes.ts";
import type { NumberPoint } from "../../model/metric-data.ts";
import { seriesKey } from "../cells/series-key.ts";
import type { InstrumentDescriptor } from "./instrument-descriptor.ts";
import type { MetricComplaints } from "./metric-complaints.ts";
import type { ObservationTarget, Observations } from "./observations.ts";
import type { ObservedMetric } from "./observed-metric.ts";

export interface ObservableInstrumentParts {
  readonly descriptor: InstrumentDescriptor;
  readonly observations: Observations;
  readonly complaints: MetricComplaints;
}

/** An instrument whose values are asked for when metrics are collected. Nothing here throws. */
export class ObservableInstrument implements Observable, ObservationTarget {
  readonly descriptor: InstrumentDescriptor;
  readonly #observations: Observations;
  readonly #complaints: MetricComplaints;

  constructor({ descriptor, observations, complaints }: ObservableInstrumentParts) {
    this.descriptor = descriptor;
    this.#observations = observations;
    this.#complaints = complaints;
  }

  get name(): string {
    return this.descriptor.name;
  }

  addCallback(callback: ObservableCallback): void {
    if (typeof callback !== "function") return;
    this.#observations.add([this], callback, (observe) =>
      callback({ observe: (value, attributes) => observe(this, value, attributes) }),
    );
  }

  removeCallback(callback: ObservableCallback): void {
    this.#observations.remove([this], callback);
  }

  accepted(value: unknown): number | undefined {
    const { name, kind, valueType } = this.descriptor;
    const isFit = typeof value === "number" && Number.isFinite(value) && (kind !== "observable-counter" || value >= 0);
    if (isFit) return valueType === "int" ? Math.trunc(value) : value;
    const what = typeof value === "number" ? String(value) : `a value of the type ${typeof value}`;
    this.#complaints.drop(
      typeof value !== "number" ? "no-number" : value < 0 ? "negative" : "not-finite",
      name,
      () => `the ${kind} ${name} observed ${what}: such values are dropped and counted in status()`,
      "GSM_METRIC_VALUE",
    );
    return undefined;
  }
}

export interface ObservedByParts {
  readonly observations: Observations;
  readonly target: ObservableInstrument;
  /** As a view has it. */
  readonly descriptor: InstrumentDescriptor;
  /** Undefined where every attribute tells series apart. */
  readonly keeps: ((key: string) => boolean) | undefined;
  /** Whether only the last value is told, whatever the kind. */
  readonly isGauge: boolean;
}

/**
 * What the callbacks saw as a metric. Of two values for the same attributes the last counts; sums whose attributes are the same once a view has
 * left some out are added up.
 */
export function observedBy({ observations, target, descriptor, keeps, isGauge }: ObservedByParts): ObservedMetric {
  const { name, description, unit, valueType, kind } = descriptor;
  const isSum = !isGauge && kind !== "observable-gauge";
  return {
    name,
    description,
    unit,
    valueType,
    kind: isSum ? "sum" : "gauge",
    monotonic: kind === "observable-counter",
    read: () => {
      const last = new Map<string, NumberPoint>();
      for (const observation of observations.of(target)) last.set(seriesKey(observation.attributes), observation);
      return keeps === undefined ? last.values() : merged(last.values(), keeps, isSum);
    },
  };
}

function merged(points: Iterable<NumberPoint>, keeps: (key: string) => boolean, isSum: boolean): Iterable<NumberPoint> {
  const kept = new Map<string, NumberPoint>();
  for (const { attributes, value } of points) {
    const left: Attributes = Object.fromEntries(Object.entries(attributes).filter(([key]) => keeps(key)));
    const key = seriesKey(left);
    kept.set(key, { attributes: left, value: isSum ? value + (kept.get(key)?.value ?? 0) : value });
  }
  return kept.values();
}
