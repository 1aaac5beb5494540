import type { ProvenCost } from "../../model/governor/proven-cost.ts";
import { type Cost, PairedCosts } from "./paired-costs.ts";

/** What was used since the start. */
export interface TrialLevels {
  /** CPU of all threads of the process, in milliseconds. */
  readonly cpuMs: number;
  /** Requests that began. */
  readonly requests: number;
  /** What telemetry measured of its own work on requests, in milliseconds. */
  readonly directMs: number;
}

export interface TrialParts {
  /** The share of the time in windows, at most. */
  readonly share: number;
  readonly windowMs: number;
  readonly read: () => TrialLevels;
  /** Whether telemetry is held back by nobody: else there is no window, and what is measured does not count. */
  readonly isFree: () => boolean;
  /** Switches traces and request lines off, or on again. */
  readonly leaveOut: (isOff: boolean) => void;
  /** Says by what direct measurements are to be multiplied. */
  readonly calibrate: (factor: number) => void;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** Windows beside one, on either side, that it is compared with at most. */
const besides = 4;
/** Fewer tell nothing. */
const minWindows = 20;
/** Beyond it, one of the two measures is wrong. */
const minFactor = 0.5;
const maxFactor = 4;

/**
 * Draws windows at random in which there are no traces and no request lines, never two in a row, and compares the CPU of a request there with that of
 * the time right before and behind: what differs is what they cost.
 *
 * Each stretch of time is compared with one window only, so that the differences do not depend on each other. Holds no timer: `tick` is called at the
 * end of each window and of each stretch as long as one.
 */
export class Trial {
  readonly #parts: TrialParts;
  /** Of the CPU, and of what was measured directly, in milliseconds. */
  readonly #cpu = new PairedCosts();
  readonly #direct = new PairedCosts();
  #last: TrialLevels;
  #isInside = false;
  /** Whether something changed in the stretch under way, so that it does not count. */
  #isSpoiled = false;
  /** The last window, with the stretches before it. */
  #open: { readonly before: readonly TrialLevels[]; readonly window: TrialLevels } | undefined = undefined;
  /** Stretches since then. */
  #since: TrialLevels[] = [];
  #leftOut = 0;
  #factor = 1;

  constructor(parts: TrialParts) {
    this.#parts = parts;
    this.#last = parts.read();
  }

  /** Whether there are no traces and request lines now. */
  get isInside(): boolean {
    return this.#isInside;
  }

  /** A window or a stretch is over, and the next begins. */
  tick(): void {
    const { read, isFree, share, random } = this.#parts;
    const levels = read();
    const stretch = difference(levels, this.#last);
    this.#last = levels;
    const wasInside = this.#isInside;
    if (wasInside) this.#leftOut += Math.max(0, stretch.requests);
    const isFit = isFree() && !this.#isSpoiled;
    this.#isSpoiled = false;
    if (!isFit) this.#forget();
    else if (stretch.requests > 0) {
      if (wasInside) this.#close(stretch);
      else this.#since.push(stretch);
    }
    // So that as many follow one another as the share allows: of those outside one in (1 - share) / share goes in.
    this.#enter(isFit && !wasInside && random() < share / (1 - share));
    if (this.#since.length > 2 * besides) this.#settle();
  }

  /** Somebody holds telemetry back from now on, or does no longer: a window ends, and the stretch under way does not count. */
  interrupt(): void {
    if (this.#isInside) this.#leftOut += Math.max(0, difference(this.#parts.read(), this.#last).requests);
    this.#last = this.#parts.read();
    this.#enter(false);
    this.#isSpoiled = true;
  }

  /** What telemetry does is another thing from now on: all that was seen before says nothing of it. */
  restart(): void {
    this.interrupt();
    this.#forget();
    this.#cpu.clear();
    this.#direct.clear();
  }

  report(): ProvenCost {
    const { windowMs, share } = this.#parts;
    const windows = this.#cpu.pairs;
    const cost = windows < minWindows ? undefined : this.#cpu.interval();
    const inUs = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms * 1_000);
    const needed =
      cost === undefined
        ? minWindows
        : cost.value > 0
          ? windows * ((cost.high - cost.low) / cost.value) ** 2
          : undefined;
    const isProven = cost !== undefined && needed !== undefined && needed < windows;
    return {
      state: isProven ? "proven" : "not yet",
      requestUs: inUs(cost?.value),
      lowUs: inUs(cost?.low),
      highUs: inUs(cost?.high),
      remainingMs: needed === undefined ? undefined : (Math.max(0, needed - windows) * windowMs) / share,
      windows,
      leftOut: this.#leftOut,
      factor: this.#factor,
    };
  }

  #enter(isInside: boolean): void {
    if (isInside === this.#isInside) return;
    this.#isInside = isInside;
    this.#parts.leaveOut(isInside);
  }

  /** A window is over: what lies between it and the one before is shared out to both. */
  #close(window: TrialLevels): void {
    const half = this.#open === undefined ? 0 : this.#since.length >> 1;
    const before = this.#since.slice(half).slice(-besides);
    this.#since = this.#since.slice(0, half);
    this.#settle();
    this.#since = [];
    this.#open = before.length === 0 ? undefined : { before, window };
  }

  /** Compares the window before, if there is one, with the stretches on both sides of it. */
  #settle(): void {
    const open = this.#open;
    if (open !== undefined) {
      const outside = mean([...open.before, ...this.#since.slice(0, besides)]);
      const { window } = open;
      const pair = (part: "cpuMs" | "directMs"): [Cost, Cost] => [
        { cost: outside[part], requests: outside.requests },
        { cost: window[part], requests: window.requests },
      ];
      this.#cpu.add(...pair("cpuMs"));
      this.#direct.add(...pair("directMs"));
      this.#open = undefined;
      this.#calibrate();
    }
    this.#since = this.#since.slice(-besides);
  }

  #calibrate(): void {
    const direct = this.#direct.difference;
    if (!(direct > 0) || this.report().state !== "proven") return;
    this.#factor = Math.min(maxFactor, Math.max(minFactor, this.#cpu.difference / direct));
    this.#parts.calibrate(this.#factor);
  }

  #forget(): void {
    this.#open = undefined;
    this.#since = [];
  }
}

function difference(now: TrialLevels, before: TrialLevels): TrialLevels {
  return {
    cpuMs: now.cpuMs - before.cpuMs,
    requests: now.requests - before.requests,
    directMs: now.directMs - before.directMs,
  };
}

/** As one stretch: a window with many of them beside it weighs no more than another. */
function mean(stretches: readonly TrialLevels[]): TrialLevels {
  const sum = stretches.reduce(
    (all, { cpuMs, requests, directMs }) => ({
      cpuMs: all.cpuMs + cpuMs,
      requests: all.requests + requests,
      directMs: all.directMs + directMs,
    }),
    { cpuMs: 0, requests: 0, directMs: 0 },
  );
  const { length } = stretches;
  return { cpuMs: sum.cpuMs / length, requests: sum.requests / length, directMs: sum.directMs / length };
}
