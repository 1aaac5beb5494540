import type {
  BatchObservableCallback,
  Counter,
  Histogram,
  Meter,
  MeterOptions,
  MeterProvider,
  MetricOptions,
  Observable,
} from "@opentelemetry/api";
import { maxCallbacks } from "../metrics/instruments/max-callbacks.ts";
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
  const held = holdCallbacks(source);
  return {
    getMeter: (name: string, version?: string, options?: MeterOptions) =>
      source.existing()?.meterProvider.getMeter(name, version, options) ??
      followMeter(source, held, (engine) => engine.meterProvider.getMeter(name, version, options)),
  };
}

/** Callbacks of early instruments, each of which an engine is told of now or once it is there. */
interface HeldCallbacks {
  /** The same function for the same targets counts once. */
  add(callback: unknown, targets: readonly unknown[], act: (engine: TelemetryEngine) => () => void): void;
  remove(callback: unknown, targets: readonly unknown[]): void;
}

/** One more than an engine calls, so that it says that it leaves some out. */
function holdCallbacks({ existing, onEngine }: EngineSource): HeldCallbacks {
  let told: TelemetryEngine | undefined;
  const held = new Set<{ readonly callback: unknown; readonly targets: readonly unknown[]; undo(): void }>();
  const find = (callback: unknown, targets: readonly unknown[]) =>
    [...held].find((one) => one.callback === callback && isSameSet(one.targets, targets));
  return {
    add(callback, targets, act) {
      const engine = existing();
      // One that is gone calls nothing any more.
      if (told !== undefined && told !== engine) {
        held.clear();
        told = undefined;
      }
      if (find(callback, targets) !== undefined) return;
      if (held.size <= maxCallbacks) held.add({ callback, targets, undo: onEngine((made) => act((told = made))) });
      // It counts what it leaves out.
      else if (engine !== undefined) act(engine);
    },
    remove(callback, targets) {
      const one = find(callback, targets);
      if (one !== undefined && held.delete(one)) one.undo();
    },
  };
}

function followMeter(source: EngineSource, held: HeldCallbacks, meterOf: (engine: TelemetryEngine) => Meter): Meter {
  const made = <T>(make: (meter: Meter) => T): Find<T> => once(source, (engine) => make(meterOf(engine)));
  const observable =
    (create: "createObservableCounter" | "createObservableUpDownCounter" | "createObservableGauge") =>
    (name: string, options?: MetricOptions): Observable => {
      const find = made((meter) => meter[create](name, options));
      const early: Observable = {
        addCallback: (callback) =>
          held.add(callback, [early], () => {
            const instrument = find();
            instrument?.addCallback(callback);
            return () => instrument?.removeCallback(callback);
          }),
        removeCallback: (callback) => held.remove(callback, [early]),
      };
      earlyOnes.set(early, find);
      return early;
    };
  const counter =
    (create: "createCounter" | "createUpDownCounter") =>
    (name: string, options?: MetricOptions): Counter => {
      const find = made((meter) => meter[create](name, options));
      return { add: (value, attributes, context) => find()?.add(value, attributes, context) };
    };
  const recorder =
    (create: "createHistogram" | "createGauge") =>
    (name: string, options?: MetricOptions): Histogram => {
      const find = made((meter) => meter[create](name, options));
      return { record: (value, attributes, context) => find()?.record(value, attributes, context) };
    };
  return {
    createCounter: counter("createCounter"),
    createUpDownCounter: counter("createUpDownCounter"),
    createHistogram: recorder("createHistogram"),
    createGauge: recorder("createGauge"),
    createObservableCounter: observable("createObservableCounter"),
    createObservableUpDownCounter: observable("createObservableUpDownCounter"),
    createObservableGauge: observable("createObservableGauge"),
    addBatchObservableCallback(callback, observables) {
      const targets = listOf(observables);
      held.add(callback, targets, (engine) => {
        const meter = meterOf(engine);
        const known = targets.map(behind);
        const through: BatchObservableCallback = (result) =>
          callback({
            observe: (metric, value, attributes) => result.observe(behind(metric), value, attributes),
          });
        meter.addBatchObservableCallback(through, known);
        return () => meter.removeBatchObservableCallback(through, known);
      });
    },
    removeBatchObservableCallback: (callback, observables) => held.remove(callback, listOf(observables)),
  };
}

function isSameSet(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && new Set([...one, ...other]).size === one.length;
}

/** Of whatever a caller gives, each once. */
function listOf(observables: unknown): readonly Observable[] {
  return Array.isArray(observables) ? [...new Set(observables as Observable[])] : [];
}

/** Observables that were made without knowing whether there is an engine, and how what is behind them is found. */
const earlyOnes = new WeakMap<object, Find<Observable>>();

/** What the engine knows an observable by: itself where it is no early one. */
function behind(observable: Observable): Observable {
  return earlyOnes.get(observable)?.() ?? observable;
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
