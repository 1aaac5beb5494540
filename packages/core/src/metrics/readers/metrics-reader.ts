import type { Clock } from "../../model/clock.ts";
import type {
  ExponentialPoint,
  HistogramPoint,
  MetricData,
  MetricsSnapshot,
  NumberPoint,
  ScopeMetrics,
  Temporality,
} from "../../model/metric-data.ts";
import type { Resource } from "../../model/resource.ts";
import { type CollectionWindow, maxDeltaReaders } from "../cells/instrument.ts";

/** Someone who collects metrics, in one temporality. */
export interface MetricsReader {
  readonly temporality: Temporality;
  /**
   * Has observable instruments look at what they observe, which the next `collect` then does not. Answers a promise where some answer later: it
   * settles when they have, or after a second, and never rejects.
   */
  readonly prepare: () => Promise<void> | undefined;
  /** All metrics now: since the start of the engine, or since this reader collected before. Never throws. */
  readonly collect: () => MetricsSnapshot;
}

export interface MetricsReadersParts {
  readonly clock: Clock;
  readonly resource: Resource;
  readonly observe: () => Promise<void> | undefined;
  readonly collect: (window: CollectionWindow) => readonly ScopeMetrics[];
}

/** Those who collect the metrics of a process. */
export class MetricsReaders {
  readonly #parts: MetricsReadersParts;
  readonly #beganMs: number;
  #deltaReaders = 0;
  #readers = 0;
  #isReadCumulative = false;

  constructor(parts: MetricsReadersParts) {
    this.#parts = parts;
    this.#beganMs = parts.clock.epochMs(parts.clock.now());
  }

  /** Throws a `RangeError` for more than {@link maxDeltaReaders} of deltas. */
  create(temporality: Temporality): MetricsReader {
    if (temporality === "cumulative") this.#isReadCumulative = true;
    else if (this.#deltaReaders === maxDeltaReaders) {
      throw new RangeError(`There are at most ${maxDeltaReaders} readers of deltas: each costs every series a little.`);
    }
    const slot = temporality === "cumulative" ? undefined : this.#deltaReaders++;
    const { observe } = this.#parts;
    const reader = this.#readers++;
    let startMs = this.#beganMs;
    let isPrepared = false;
    return {
      temporality,
      prepare: () => {
        isPrepared = true;
        return observe();
      },
      collect: () => {
        // What answers later is not waited for here: it is in the next collection.
        if (!isPrepared) void observe();
        isPrepared = false;
        const snapshot = this.#collect({ temporality, slot, startMs, reader });
        if (slot !== undefined) startMs = snapshot.timeMs;
        return snapshot;
      },
    };
  }

  #collect(window: Pick<CollectionWindow, "temporality" | "slot" | "startMs" | "reader">): MetricsSnapshot {
    const { clock, resource, collect } = this.#parts;
    // The wall clock may have been set back; a window never ends before it began.
    const timeMs = Math.max(window.startMs, clock.epochMs(clock.now()));
    const deltaReaders = this.#isReadCumulative ? undefined : this.#deltaReaders;
    const scopes = collect({ ...window, deltaReaders, beganMs: this.#beganMs });
    return {
      resource,
      timeMs,
      scopes: window.slot === undefined ? scopes : scopes.map((one) => sinceStart(one, window)),
    };
  }
}

/** The exemplars of a delta are of its own time. */
function sinceStart({ scope, metrics }: ScopeMetrics, { startMs }: Pick<CollectionWindow, "startMs">): ScopeMetrics {
  return { scope, metrics: metrics.map((metric) => withFresh(metric, startMs)) };
}

function withFresh(metric: MetricData, startMs: number): MetricData {
  const fresh = <Point extends NumberPoint | HistogramPoint | ExponentialPoint>(
    points: readonly Point[],
  ): readonly Point[] => {
    if (points.every(({ exemplars }) => exemplars === undefined)) return points;
    return points.map((point) => ({ ...point, exemplars: point.exemplars?.filter(({ timeMs }) => timeMs >= startMs) }));
  };
  switch (metric.kind) {
    case "histogram":
      return { ...metric, points: fresh(metric.points) };
    case "exponential":
      return { ...metric, points: fresh(metric.points) };
    default:
      return { ...metric, points: fresh(metric.points) };
  }
}
