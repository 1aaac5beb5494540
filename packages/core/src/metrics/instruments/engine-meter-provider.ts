import type { SampleSettings } from "../cells/reservoir.ts";
import type { Meter, MeterOptions, MeterProvider } from "@opentelemetry/api";
import { limitedRecord, type LimitSettings } from "../../limits/span-limits.ts";
import type { Attributes } from "../../model/attributes.ts";
import type { ScopeMetrics } from "../../model/metric-data.ts";
import { scopeKey, scopeOf } from "../../model/scope-of.ts";
import type { Scope } from "../../model/scope.ts";
import type { CollectionWindow, Instrument } from "../cells/instrument.ts";
import type { ViewedStream } from "../views/views.ts";
import { EngineMeter } from "./engine-meter.ts";
import type { ExemplarSource } from "./exemplar-source.ts";
import type { InstrumentDescriptor } from "./instrument-descriptor.ts";
import type { MetricComplaints } from "./metric-complaints.ts";
import { type ObservableInstrument, observedBy } from "./observable-instrument.ts";
import { Observations, type ObservationsParts } from "./observations.ts";
import { ObservedInstrument } from "./observed-metric.ts";
import { createStream, type Stream } from "./stream.ts";

export interface EngineMeterProviderParts {
  readonly complaints: MetricComplaints;
  readonly maxSeries: number;
  /** Whether histograms keep some of their values too. */
  readonly samples?: SampleSettings | undefined;
  /** How much the attributes of a series may hold. */
  readonly limits: LimitSettings;
  /** Undefined where there are no exemplars. */
  readonly exemplars: ExemplarSource | undefined;
  /** What becomes of an instrument. */
  readonly viewsOf: (descriptor: InstrumentDescriptor, scope: Scope) => readonly ViewedStream[] | undefined;
  /** Told when an observed metric could not be read. */
  readonly failed: () => void;
  readonly startTimer?: ObservationsParts["startTimer"];
}

/** Libraries are few; names made per call are a mistake that must not grow. */
const maxMeters = 1_000;
const maxInstruments = 5_000;

/** Hands out one meter a library (name, version and schema), and collects what all of them count. Nothing here throws. */
export class EngineMeterProvider implements MeterProvider {
  readonly #parts: EngineMeterProviderParts;
  readonly #observations: Observations;
  readonly #limit: (attributes: Attributes) => Attributes;
  readonly #meters = new Map<string, EngineMeter>();
  #rest: EngineMeter | undefined;
  #instruments = 0;

  constructor(parts: EngineMeterProviderParts) {
    const { complaints, limits, maxSeries, startTimer } = parts;
    this.#parts = parts;
    this.#limit = (attributes) => limitedRecord(attributes, limits) as Attributes;
    this.#observations = new Observations({ complaints, limit: this.#limit, maxSeries, startTimer });
  }

  *metrics(): Iterable<Instrument> {
    for (const meter of this.#all()) yield* meter.metrics;
  }

  getMeter(name: string, version?: string, options?: MeterOptions): Meter {
    const scope = scopeOf(name, version, options);
    const key = scopeKey(scope);
    let meter = this.#meters.get(key);
    if (meter === undefined) {
      // Past the bound all share one, so that what they count is there still.
      if (this.#meters.size >= maxMeters) return (this.#rest ??= this.#createMeter({ name: "", version: "" }));
      meter = this.#createMeter(scope);
      this.#meters.set(key, meter);
    }
    return meter;
  }

  /** As a reader's `prepare`. */
  observe(): Promise<void> | undefined {
    return this.#observations.run();
  }

  collect(window: CollectionWindow): readonly ScopeMetrics[] {
    const scopes: ScopeMetrics[] = [];
    for (const meter of this.#all()) {
      const metrics = meter.collect(window);
      if (metrics.length > 0) scopes.push({ scope: meter.scope, metrics });
    }
    return scopes;
  }

  *#all(): Iterable<EngineMeter> {
    yield* this.#meters.values();
    if (this.#rest !== undefined) yield this.#rest;
  }

  #createMeter(scope: Scope): EngineMeter {
    return new EngineMeter({
      scope,
      complaints: this.#parts.complaints,
      observations: this.#observations,
      exemplars: this.#parts.exemplars,
      streamsOf: (descriptor) => this.#streamsOf(descriptor, scope),
      metricsOf: (instrument) => this.#metricsOf(instrument, scope),
      takesRoom: () => this.#instruments++ < maxInstruments,
    });
  }

  #streamsOf(descriptor: InstrumentDescriptor, scope: Scope): readonly Stream[] {
    return this.#viewed(descriptor, scope).map((view) =>
      createStream({
        samples: this.#parts.samples,
        descriptor: viewedDescriptor(descriptor, view),
        aggregation: view.aggregation,
        maxSeries: view.maxSeries ?? this.#parts.maxSeries,
        limit: this.#limit,
        keeps: view.keeps,
      }),
    );
  }

  #metricsOf(instrument: ObservableInstrument, scope: Scope): readonly Instrument[] {
    const { maxSeries, failed } = this.#parts;
    return this.#viewed(instrument.descriptor, scope).map((view) => {
      const observed = observedBy({
        observations: this.#observations,
        target: instrument,
        descriptor: viewedDescriptor(instrument.descriptor, view),
        keeps: view.keeps,
        isGauge: view.aggregation === "last-value",
      });
      return new ObservedInstrument(observed, { maxSeries: view.maxSeries ?? maxSeries, failed });
    });
  }

  #viewed(descriptor: InstrumentDescriptor, scope: Scope): readonly ViewedStream[] {
    return this.#parts.viewsOf(descriptor, scope) ?? [{ ...asItIs, name: descriptor.name }];
  }
}

const asItIs: Omit<ViewedStream, "name"> = {
  description: undefined,
  keeps: undefined,
  boundaries: undefined,
  aggregation: undefined,
  maxSeries: undefined,
};

function viewedDescriptor(descriptor: InstrumentDescriptor, view: ViewedStream): InstrumentDescriptor {
  return {
    ...descriptor,
    name: view.name,
    description: view.description ?? descriptor.description,
    boundaries: view.boundaries ?? descriptor.boundaries,
  };
}
