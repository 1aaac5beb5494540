import type { ObservedMetric } from "../metrics/instruments/observed-metric.ts";
import type { DelayReading, ProcessSources } from "./process-sources.ts";
import { SinceLast } from "./since-last.ts";

const nanosecondsASecond = 1e9;
const anewEveryMs = 1_000;
/** The histogram is there once, and emptied by who looks. */
const everyReader = 0;

const parts = ["min", "max", "mean", "stddev", "p50", "p90", "p99"] as const;

/** The delay of the event loop between two looks: `nodejs.eventloop.delay.*`. What a timer takes by itself, its resolution, is taken off. */
export class LoopDelay {
  readonly #resolutionSeconds: number;
  readonly #histogram: ReturnType<ProcessSources["sampleDelay"]>;
  readonly #readings: SinceLast<DelayReading, DelayReading>;

  constructor(resolutionMs: number, { sampleDelay, now }: Pick<ProcessSources, "sampleDelay" | "now">) {
    this.#resolutionSeconds = resolutionMs / 1_000;
    const histogram = sampleDelay(resolutionMs);
    this.#histogram = histogram;
    this.#readings = new SinceLast(
      anewEveryMs,
      now,
      () => histogram.takeAll(),
      (_last, next) => next,
    );
  }

  metrics(): ObservedMetric[] {
    return parts.map((part) => ({
      name: `nodejs.eventloop.delay.${part}`,
      unit: "s",
      description: `Event loop delay: ${part}.`,
      kind: "gauge",
      read: () => {
        const reading = this.#readings.read(everyReader);
        // Nothing was sampled yet.
        if (reading.count === 0) return [];
        const seconds = reading[part] / nanosecondsASecond;
        const value = part === "stddev" ? seconds : Math.max(0, seconds - this.#resolutionSeconds);
        return [{ attributes: {}, value }];
      },
    }));
  }

  stop(): void {
    this.#histogram.stop();
  }
}
