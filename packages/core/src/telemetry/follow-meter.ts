import type {
  BatchObservableCallback,
  Counter,
  Gauge,
  Histogram,
  Meter,
  MeterOptions,
  MeterProvider,
  MetricOptions,
  Observable,
  ObservableCallback,
  UpDownCounter,
} from "@opentelemetry/api";
import type { TelemetryEngine } from "./telemetry.ts";

/** How the engine of the process is found, now and when it comes. */
export interface EngineSource {
  /** Undefined while there is none. */
  readonly existing: () => TelemetryEngine | undefined;
  /** Does what must not be missed, once an engine is there: at once where it is. */
  readonly onEngine: (act: (engine: TelemetryEngine) => () => void) => () => void;
}

/** Finds what stands behind something that was taken early; undefined while there is no engine. */
type Find<T> = () => T | undefined;

/** Meters that may be asked for before there is an engine, and held: what is recorded counts from the time there is one. */
export function followMeterProvider(source: EngineSource): MeterProvider {
  return {
    getMeter: (name: string, version?: string, options?: MeterOptions) =>
      source.existing()?.meterProvider.getMeter(name, version, options) ??
      followMeter(source, (engine) => engine.meterProvider.getMeter(name, version, options)),
  };
}

function followMeter(source: EngineSource, meterOf: (engine: TelemetryEngine) => Meter): Meter {
  const made = <T>(make: (meter: Meter) => T): Find<T> => once(source, (engine) => make(meterOf(engine)));
  const observable = (make: (meter: Meter) => Observable): Observable => new FollowingObservable(source, made(make));
  const batches = new Map<BatchObservableCallback, () => void>();
  return {
    createCounter: (name: string, options?: MetricOptions) =>
      followCounter(made((meter) => meter.createCounter(name, options))),
    createUpDownCounter: (name: string, options?: MetricOptions) =>
      followCounter(made((meter) => meter.createUpDownCounter(name, options))),
    createHistogram: (name: string, options?: MetricOptions) =>
      followRecorder(made((meter) => meter.createHistogram(name, options))),
    createGauge: (name: string, options?: MetricOptions) =>
      followRecorder(made((meter) => meter.createGauge(name, options))),
    createObservableCounter: (name: string, options?: MetricOptions) =>
      observable((meter) => meter.createObservableCounter(name, options)),
    createObservableUpDownCounter: (name: string, options?: MetricOptions) =>
      observable((meter) => meter.createObservableUpDownCounter(name, options)),
    createObservableGauge: (name: string, options?: MetricOptions) =>
      observable((meter) => meter.createObservableGauge(name, options)),
    addBatchObservableCallback(callback, observables) {
      batches.get(callback)?.();
      const undo = source.onEngine((engine) => {
        const meter = meterOf(engine);
        const targets = observables.flatMap((one) => (one instanceof FollowingObservable ? (one.behind ?? []) : one));
        const through: BatchObservableCallback = (result) =>
          callback({
            observe: (metric, value, attributes) =>
              result.observe(
                metric instanceof FollowingObservable ? (metric.behind ?? metric) : metric,
                value,
                attributes,
              ),
          });
        meter.addBatchObservableCallback(through, targets);
        return () => meter.removeBatchObservableCallback(through, targets);
      });
      batches.set(callback, undo);
    },
    removeBatchObservableCallback(callback) {
      batches.get(callback)?.();
      batches.delete(callback);
    },
  };
}

/** Makes it once an engine is there, and anew for the next engine. */
function once<T>({ existing }: EngineSource, make: (engine: TelemetryEngine) => T): Find<T> {
  let of: TelemetryEngine | undefined;
  let made: T | undefined;
  return () => {
    const engine = existing();
    if (engine !== of) {
      of = engine;
      made = engine === undefined ? undefined : make(engine);
    }
    return made;
  };
}

function followCounter(find: Find<Counter | UpDownCounter>): Counter {
  return { add: (value, attributes, context) => find()?.add(value, attributes, context) };
}

function followRecorder(find: Find<Histogram | Gauge>): Histogram {
  return { record: (value, attributes, context) => find()?.record(value, attributes, context) };
}

class FollowingObservable implements Observable {
  readonly #source: EngineSource;
  readonly #find: Find<Observable>;
  readonly #undo = new Map<ObservableCallback, () => void>();

  constructor(source: EngineSource, find: Find<Observable>) {
    this.#source = source;
    this.#find = find;
  }

  get behind(): Observable | undefined {
    return this.#find();
  }

  addCallback(callback: ObservableCallback): void {
    if (this.#undo.has(callback)) return;
    const undo = this.#source.onEngine(() => {
      const instrument = this.#find();
      instrument?.addCallback(callback);
      return () => instrument?.removeCallback(callback);
    });
    this.#undo.set(callback, undo);
  }

  removeCallback(callback: ObservableCallback): void {
    this.#undo.get(callback)?.();
    this.#undo.delete(callback);
  }
}
