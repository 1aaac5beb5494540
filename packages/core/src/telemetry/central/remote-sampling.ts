import type { Diagnostics } from "../../model/diagnostics.ts";
import type { RemoteSamplingSettings } from "../../options/declare/sampling-checks.ts";
import { textOf } from "../../model/foreign/text-of.ts";
import { plainText } from "../../model/checks/quote-value.ts";
import type { StartTimer } from "../../pipeline/time/timers.ts";
import type { Tally } from "../../tally/tally.ts";
import type { AskStrategy } from "./ask-strategy.ts";
import type { Strategy } from "./strategy.ts";

/** What a sampling endpoint has said so far. */
export interface RemoteSamplingStatus {
  /** Without its credentials. */
  readonly url: string;
  /** Counts the sets that were put in force; 0 while there is none. */
  readonly revision: number;
  /** How long ago the endpoint last said what is in force; undefined while there is none. */
  readonly ageMs: number | undefined;
  /** Questions without an answer that can be followed, since the start. */
  readonly failures: number;
}

export interface RemoteSamplingParts {
  readonly settings: RemoteSamplingSettings;
  readonly ask: AskStrategy;
  /** Puts a strategy in force. */
  readonly follow: (strategy: Strategy) => void;
  readonly diagnostics: Diagnostics;
  /** Counts, as `remote-sampling`, each question without an answer that can be followed. */
  readonly faults: Tally;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly startTimer: StartTimer;
}

const jitter = 0.1;
const maxBackOffMs = 600_000;
/** How soon it asks again while nothing was ever said: the agent may be starting too. */
const firstBackOffMs = 5_000;

/**
 * Asks an endpoint for the strategy of the service: at once, and then again and again, a tenth sooner or later by chance.
 *
 * The last good set stays in force, whatever happens. Each failure in a row doubles the wait, to ten minutes at most. A change of state is one line.
 */
export class RemoteSampling {
  readonly #parts: RemoteSamplingParts;
  #revision = 0;
  #saidAtMs: number | undefined = undefined;
  #failures = 0;
  #failuresInRow = 0;
  #inForce = "";
  #complaint: string | undefined = undefined;
  #stop: () => void = () => {};
  #isOver = false;

  constructor(parts: RemoteSamplingParts) {
    this.#parts = parts;
  }

  /** Answers what ends it. */
  start(): () => void {
    void this.#ask();
    return () => {
      this.#isOver = true;
      this.#stop();
    };
  }

  status(): RemoteSamplingStatus {
    const { settings, now } = this.#parts;
    return {
      url: settings.shownUrl,
      revision: this.#revision,
      ageMs: this.#saidAtMs === undefined ? undefined : Math.max(0, now() - this.#saidAtMs),
      failures: this.#failures,
    };
  }

  async #ask(): Promise<void> {
    const { ask, startTimer, random } = this.#parts;
    try {
      const result = await ask();
      if (this.#isOver) return;
      if (result.kind === "strategy") this.#take(result.strategy);
      else this.#complain(result.reason);
    } catch (error) {
      this.#complain(plainText(textOf(error)));
    }
    if (this.#isOver) return;
    const waitMs = this.#waitMs() * (1 - jitter + 2 * jitter * random());
    this.#stop = startTimer(waitMs, () => void this.#ask());
  }

  #waitMs(): number {
    const { pollMs } = this.#parts.settings;
    if (this.#failuresInRow === 0) return pollMs;
    const firstMs = this.#revision === 0 ? Math.min(pollMs, firstBackOffMs) : pollMs;
    return Math.max(firstMs, Math.min(maxBackOffMs, firstMs * 2 ** (this.#failuresInRow - 1)));
  }

  #take(strategy: Strategy): void {
    const { settings, follow, diagnostics, now } = this.#parts;
    const text = JSON.stringify(strategy);
    const wasFine = this.#revision > 0 && this.#complaint === undefined;
    this.#saidAtMs = now();
    this.#failuresInRow = 0;
    this.#complaint = undefined;
    // The same again leaves caps and floors as they stand.
    if (text !== this.#inForce) {
      follow(strategy);
      this.#inForce = text;
      this.#revision++;
    }
    if (!wasFine) diagnostics.info(`sampling follows ${settings.shownUrl}`, "GSM_REMOTE_SAMPLING");
  }

  #complain(reason: string): void {
    const { settings, diagnostics, faults } = this.#parts;
    this.#failures++;
    this.#failuresInRow++;
    faults.add("remote-sampling");
    if (reason === this.#complaint) return;
    this.#complaint = reason;
    diagnostics.warn(
      `remote sampling failed at ${settings.shownUrl}: ${reason}; the previous settings stay in effect`,
      "GSM_REMOTE_SAMPLING_WRONG",
    );
  }
}
