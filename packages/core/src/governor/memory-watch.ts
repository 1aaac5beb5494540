import type { MemoryUsage } from "../model/governor/governor-facts.ts";
import type { MemoryThresholds } from "./governor-settings.ts";
import type { Wish } from "./ladder.ts";

export interface MemoryWatchParts {
  readonly thresholds: MemoryThresholds;
  /** Above the first threshold. */
  readonly warned: (usage: MemoryUsage) => void;
  /** Above the second. */
  readonly exhausted: (usage: MemoryUsage) => void;
  /** Makes memory free, at each look as long as it is above the second. */
  readonly flush: () => void;
}

const wish: Wish = { step: "roots", cuts: 0, maxRatio: 1, isUrgent: true };

/** Follows what telemetry holds: told once on the way up over each threshold, and anew after it was below the first. */
export class MemoryWatch {
  readonly #parts: MemoryWatchParts;
  #state: "calm" | "warned" | "critical" = "calm";
  #lookedMs = -Infinity;

  constructor(parts: MemoryWatchParts) {
    this.#parts = parts;
  }

  get isCalm(): boolean {
    return this.#state === "calm";
  }

  /** Undefined as long as it is not critical, and again once it is below the first threshold. */
  look(bytes: number, nowMs: number): Wish | undefined {
    const { thresholds } = this.#parts;
    if (this.#state === "critical" || nowMs - this.#lookedMs >= thresholds.everyMs) {
      this.#lookedMs = nowMs;
      this.#judge(bytes);
    }
    return this.#state === "critical" ? wish : undefined;
  }

  #judge(bytes: number): void {
    const { thresholds, warned, exhausted, flush } = this.#parts;
    const { warnBytes, criticalBytes } = thresholds;
    const usage = { bytes, warnBytes, criticalBytes };
    if (bytes < warnBytes) this.#state = "calm";
    else if (bytes >= criticalBytes) {
      if (this.#state !== "critical") exhausted(usage);
      this.#state = "critical";
      flush();
    } else if (this.#state === "calm") {
      this.#state = "warned";
      warned(usage);
    }
  }
}
