import type {
  BatchObservableCallback,
  Counter,
  Gauge,
  Histogram,
  Meter,
  MetricOptions,
  Observable,
  UpDownCounter,
} from "@opentelemetry/api";
import type { MetricData } from "../../model/metric-data.ts";
import type { Scope } from "../../model/scope.ts";
import type { CollectionWindow, Instrument } from "../cells/instrument.ts";
import {
  describeInstrument,
  type InstrumentDescriptor,
  type InstrumentKind,
  isInstrumentName,
} from "./instrument-descriptor.ts";
import type { ExemplarSource } from "./exemplar-source.ts";
import type { MetricComplaints } from "./metric-complaints.ts";
import { ObservableInstrument } from "./observable-instrument.ts";
import type { Observations } from "./observations.ts";
import { RecordingInstrument } from "./recording-instrument.ts";
import type { Stream } from "./stream.ts";

export interface EngineMeterParts {
  readonly scope: Scope;
  readonly complaints: MetricComplaints;
  readonly observations: Observations;
  /** Undefined where there are no exemplars. */
  readonly exemplars: ExemplarSource | undefined;
  /** The streams that the values of an instrument go to. */
  readonly streamsOf: (descriptor: InstrumentDescriptor, scope: Scope) => readonly Stream[];
  /** The metrics of an instrument that is observed. */
  readonly metricsOf: (instrument: ObservableInstrument, scope: Scope) => readonly Instrument[];
  /** Whether there is room for one more instrument in the process; takes it. */
  readonly takesRoom: () => boolean;
}

type AnyInstrument = RecordingInstrument | ObservableInstrument;

/**
 * The instruments of one library. Made again, an instrument is the same; one of its name that differs in kind, unit or type of value is another, and
 * that is said once. Names that are none, and what finds no room, count nothing. Nothing here throws.
 */
export class EngineMeter implements Meter {
  readonly scope: Scope;
  readonly #parts: EngineMeterParts;
  readonly #instruments = new Map<string, AnyInstrument[]>();
  readonly #metrics: Instrument[] = [];

  constructor(parts: EngineMeterParts) {
    this.#parts = parts;
    this.scope = parts.scope;
  }

  get metrics(): readonly Instrument[] {
    return this.#metrics;
  }

  collect(window: CollectionWindow): readonly MetricData[] {
    const collected: MetricData[] = [];
    for (const metric of this.#metrics) {
      const data = metric.collect(window);
      if (data !== undefined) collected.push(data);
    }
    return collected;
  }

  createCounter(name: string, options?: MetricOptions): Counter {
    return this.#recording("counter", name, options);
  }

  createUpDownCounter(name: string, options?: MetricOptions): UpDownCounter {
    return this.#recording("up-down-counter", name, options);
  }

  createHistogram(name: string, options?: MetricOptions): Histogram {
    return this.#recording("histogram", name, options);
  }

  createGauge(name: string, options?: MetricOptions): Gauge {
    return this.#recording("gauge", name, options);
  }

  createObservableCounter(name: string, options?: MetricOptions): Observable {
    return this.#observable("observable-counter", name, options);
  }

  createObservableUpDownCounter(name: string, options?: MetricOptions): Observable {
    return this.#observable("observable-up-down-counter", name, options);
  }

  createObservableGauge(name: string, options?: MetricOptions): Observable {
    return this.#observable("observable-gauge", name, options);
  }

  addBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    const targets = ours(observables);
    if (typeof callback !== "function" || targets.length === 0) return;
    this.#parts.observations.add(targets, callback, (observe) =>
      callback({
        observe(target, value, attributes) {
          if (target instanceof ObservableInstrument) observe(target, value, attributes);
        },
      }),
    );
  }

  removeBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    this.#parts.observations.remove(ours(observables), callback);
  }

  #recording(kind: InstrumentKind, name: unknown, options: unknown): RecordingInstrument {
    const { complaints, streamsOf, exemplars } = this.#parts;
    const descriptor = this.#describe(kind, name, options);
    const existing = this.#existing(descriptor);
    if (existing instanceof RecordingInstrument) return existing;
    const streams = this.#hasRoom(descriptor) ? streamsOf(descriptor, this.scope) : [];
    const made = new RecordingInstrument({ descriptor, streams, complaints, exemplars });
    this.#keep(made, streams);
    return made;
  }

  #observable(kind: InstrumentKind, name: unknown, options: unknown): ObservableInstrument {
    const { complaints, observations, metricsOf } = this.#parts;
    const descriptor = this.#describe(kind, name, options);
    const existing = this.#existing(descriptor);
    if (existing instanceof ObservableInstrument) return existing;
    const made = new ObservableInstrument({ descriptor, observations, complaints });
    this.#keep(made, this.#hasRoom(descriptor) ? metricsOf(made, this.scope) : []);
    return made;
  }

  #describe(kind: InstrumentKind, name: unknown, options: unknown): InstrumentDescriptor {
    const text = typeof name === "string" ? name : "";
    return describeInstrument(kind, text, options, (part) => {
      const line = (): string => `the metric ${text} has an invalid ${part}: it is left out`;
      this.#parts.complaints.drop("options", `${text} ${part}`, line, "GSM_METRIC_NAME");
    });
  }

  #existing(descriptor: InstrumentDescriptor): AnyInstrument | undefined {
    const all = this.#instruments.get(descriptor.name.toLowerCase()) ?? [];
    const same = all.find(({ descriptor: { kind, unit, valueType } }) => {
      return kind === descriptor.kind && unit === descriptor.unit && valueType === descriptor.valueType;
    });
    const [first] = all;
    const other = same ?? first;
    if (other !== undefined && !isSame(other.descriptor, descriptor)) {
      this.#parts.complaints.say(
        `conflict ${this.scope.name} ${descriptor.name}`,
        () =>
          `the metric ${descriptor.name} was created twice, with a difference: ${difference(other.descriptor, descriptor)}`,
        "GSM_METRIC_CONFLICT",
      );
    }
    return same;
  }

  #hasRoom({ name }: InstrumentDescriptor): boolean {
    const { complaints, takesRoom } = this.#parts;
    if (!isInstrumentName(name)) {
      const line = (): string =>
        `'${name.slice(0, 64)}' is not a valid metric name (a letter, then letters, digits and _ . - /, 255 at most): nothing is recorded`;
      complaints.drop("name", name.slice(0, 64), line, "GSM_METRIC_NAME");
      return false;
    }
    if (takesRoom()) return true;
    complaints.drop(
      "instruments",
      "",
      () => "there are too many metrics: further ones record nothing",
      "GSM_METRIC_NAME",
    );
    return false;
  }

  #keep(instrument: AnyInstrument, metrics: readonly Instrument[]): void {
    const { name } = instrument.descriptor;
    if (metrics.length === 0) return;
    const key = name.toLowerCase();
    const known = this.#instruments.get(key);
    if (known === undefined) this.#instruments.set(key, [instrument]);
    else known.push(instrument);
    this.#metrics.push(...metrics);
  }
}

function ours(observables: unknown): ObservableInstrument[] {
  try {
    return Array.isArray(observables) ? observables.filter((one) => one instanceof ObservableInstrument) : [];
  } catch {
    // A proxy may throw when it is looked at.
    return [];
  }
}

function isSame(one: InstrumentDescriptor, other: InstrumentDescriptor): boolean {
  return difference(one, other) === "";
}

/** What differs between two instruments of one name, for a line. */
function difference(one: InstrumentDescriptor, other: InstrumentDescriptor): string {
  const parts = (["kind", "unit", "valueType", "description", "boundaries"] as const).filter(
    (part) => String(one[part]) !== String(other[part]),
  );
  return parts.map((part) => `${part} '${String(one[part])}', then '${String(other[part])}'`).join("; ");
}
