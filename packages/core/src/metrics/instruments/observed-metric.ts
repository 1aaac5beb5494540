import type { Attributes } from "../../model/attributes.ts";
import type { MetricData, NumberPoint, ValueType } from "../../model/metric-data.ts";
import { kindOfOwn, ownMetric, type OwnMetricName, type OwnMetricOf } from "../catalogue/own-metrics.ts";
import { overflowAttributes, seriesKey } from "../cells/series-key.ts";
import type { CollectionWindow, Instrument } from "../cells/instrument.ts";

/** A counter or gauge that someone else keeps, and that is read when metrics are collected. */
export interface ObservedMetric {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly kind: "sum" | "gauge";
  /** For a sum: whether it only rises. Rising ones go out as deltas where those are asked for, levels never. @default false */
  readonly monotonic?: boolean | undefined;
  /** Whether its series are known beforehand, so that it does not grow. @default false */
  readonly isFixed?: boolean | undefined;
  /** @default "double" */
  readonly valueType?: ValueType | undefined;
  /** The values since the start of the process, one for each set of attributes. Values that are not finite are left out. */
  read(reader: number): Iterable<NumberPoint>;
}

/** One of the engine's own. */
export type OwnObservedMetric = ObservedMetric & { readonly name: OwnMetricName };

/** What the catalogue says of a metric, with what it is read from. Seconds and shares are doubles, as are all gauges; what else is summed up is counted. */
export function observedMetric(
  name: OwnMetricOf<"counter" | "level" | "gauge">,
  read: ObservedMetric["read"],
): OwnObservedMetric {
  const metric = ownMetric(name);
  const kind = kindOfOwn(name);
  if (kind === "gauge") return { ...metric, kind, read };
  const valueType = metric.unit === "s" ? "double" : "int";
  return { ...metric, kind: "sum", monotonic: kind === "counter", valueType, read };
}

export interface ObservedInstrumentSettings {
  readonly maxSeries: number;
  /** Told when `read` threw, or answered something that is not points. */
  readonly failed: () => void;
}

/**
 * Reads an {@link ObservedMetric}; of two values for the same attributes the first counts.
 *
 * Past `maxSeries`, values go into one more series that says `otel.metric.overflow`: the sum of sums, and of gauges the last.
 */
export class ObservedInstrument implements Instrument {
  readonly #metric: ObservedMetric;
  readonly #settings: ObservedInstrumentSettings;
  #attributes: readonly Attributes[] = [];
  #overflowed = 0;
  /** Values at the last delta, by the reader's slot and series. */
  readonly #taken: Map<string, number>[] = [];

  constructor(metric: ObservedMetric, settings: ObservedInstrumentSettings) {
    this.#metric = metric;
    this.#settings = settings;
  }

  get name(): string {
    return this.#metric.name;
  }

  get isFixed(): boolean {
    return this.#metric.isFixed === true;
  }

  get series(): number {
    return this.#attributes.length;
  }

  get overflowed(): number {
    return this.#overflowed;
  }

  seriesAttributes(): Iterable<Attributes> {
    return this.#attributes;
  }

  collect(window: CollectionWindow): MetricData | undefined {
    const values = this.#read(window.reader);
    this.#attributes = [...values].flatMap(([key, { attributes }]) => (key === overflowKey ? [] : [attributes]));
    if (values.size === 0) return undefined;
    const { name, description, unit, kind, monotonic = false, valueType = "double" } = this.#metric;
    const head = { name, description, unit, valueType };
    const { startMs, beganMs, temporality, slot } = window;
    if (kind === "gauge") return { ...head, kind, startMs: beganMs, points: [...values.values()] };
    if (!monotonic || slot === undefined) {
      return { ...head, kind, monotonic, temporality: "cumulative", startMs: beganMs, points: [...values.values()] };
    }
    const points = this.#delta(values, slot);
    return points.length === 0 ? undefined : { ...head, kind, monotonic, temporality, startMs, points };
  }

  #read(reader: number): Map<string, NumberPoint> {
    const values = new Map<string, NumberPoint>();
    this.#overflowed = 0;
    let rest = 0;
    try {
      for (const { attributes, value } of this.#metric.read(reader)) {
        if (!Number.isFinite(value)) continue;
        const key = seriesKey(attributes);
        if (values.has(key)) continue;
        if (values.size < this.#settings.maxSeries) {
          values.set(key, { attributes, value });
        } else {
          this.#overflowed++;
          rest = this.#metric.kind === "sum" ? rest + value : value;
        }
      }
      if (this.#overflowed > 0) {
        values.set(overflowKey, { attributes: overflowAttributes, value: rest });
      }
    } catch {
      this.#settings.failed();
    }
    return values;
  }

  /** What each value rose by. A value below the one before began anew and counts whole. */
  #delta(values: ReadonlyMap<string, NumberPoint>, slot: number): NumberPoint[] {
    const points: NumberPoint[] = [];
    const before = this.#taken[slot];
    const taken = (this.#taken[slot] = new Map<string, number>());
    for (const [key, { attributes, value }] of values) {
      const last = before?.get(key) ?? 0;
      const rise = value >= last ? value - last : value;
      if (rise !== 0) points.push({ attributes, value: rise });
      taken.set(key, value);
    }
    return points;
  }
}

const overflowKey = "overflow";
