import type { MemoryUsage } from "../model/governor/governor-facts.ts";
import type { MemoryThresholds } from "./governor-settings.ts";
import type { Wish } from "./ladder.ts";

export interface MemoryWatchParts {
  readonly thresholds: MemoryThresholds;
  /** Above the first threshold. */
  readonly warned: (usage: MemoryUsage) => void;
  /** Above the second. */
  readonly exhausted: (usage: MemoryUsage) => void;
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
    if (nowMs - this.#lookedMs >= thresholds.everyMs) {
      this.#lookedMs = nowMs;
      this.#judge(bytes);
    }
    return this.#state === "critical" ? wish : undefined;
  }

  #judge(bytes: number): void {
    const { thresholds, warned, exhausted } = this.#parts;
    const { warnBytes, criticalBytes } = thresholds;
    const usage = { bytes, warnBytes, criticalBytes };
    if (bytes < warnBytes) this.#state = "calm";
    else if (bytes >= criticalBytes && this.#state !== "critical") {
      this.#state = "critical";
      exhausted(usage);
    } else if (this.#state === "calm") {
      this.#state = "warned";
      warned(usage);
    }
  }
}
