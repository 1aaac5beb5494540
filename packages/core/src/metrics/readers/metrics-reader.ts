import type { Clock } from "../../model/clock.ts";
import type { MetricsSnapshot, ScopeMetrics, Temporality } from "../../model/metric-data.ts";
import type { Resource } from "../../model/resource.ts";
import { type CollectionWindow, maxDeltaReaders } from "../cells/instrument.ts";

/** Someone who collects metrics, in one temporality. */
export interface MetricsReader {
  readonly temporality: Temporality;
  /** All metrics now: since the start of the engine, or since this reader collected before. Never throws. */
  readonly collect: () => MetricsSnapshot;
}

export interface MetricsReadersParts {
  readonly clock: Clock;
  readonly resource: Resource;
  readonly collect: (window: CollectionWindow) => readonly ScopeMetrics[];
}

/** Those who collect the metrics of a process. */
export class MetricsReaders {
  readonly #parts: MetricsReadersParts;
  readonly #beganMs: number;
  #deltaReaders = 0;

  constructor(parts: MetricsReadersParts) {
    this.#parts = parts;
    this.#beganMs = parts.clock.epochMs(parts.clock.now());
  }

  /** Throws a `RangeError` for more than {@link maxDeltaReaders} of deltas. */
  create(temporality: Temporality): MetricsReader {
    const beganMs = this.#beganMs;
    if (temporality === "cumulative") {
      return { temporality, collect: () => this.#collect({ temporality, slot: undefined, startMs: beganMs, beganMs }) };
    }
    if (this.#deltaReaders === maxDeltaReaders) {
      throw new RangeError(`There are at most ${maxDeltaReaders} readers of deltas: each costs every series a little.`);
    }
    const slot = this.#deltaReaders++;
    let startMs = beganMs;
    return {
      temporality,
      collect: () => {
        const snapshot = this.#collect({ temporality, slot, startMs, beganMs });
        startMs = snapshot.timeMs;
        return snapshot;
      },
    };
  }

  #collect(window: CollectionWindow): MetricsSnapshot {
    const { clock, resource, collect } = this.#parts;
    // The wall clock may have been set back; a window never ends before it began.
    const timeMs = Math.max(window.startMs, clock.epochMs(clock.now()));
    return { resource, timeMs, scopes: collect(window) };
  }
}
