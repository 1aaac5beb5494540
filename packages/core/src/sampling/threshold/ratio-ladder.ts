import type { Decision } from "../../model/sampling/decision.ts";
import { shareOf, type Threshold, thresholdOf } from "./threshold.ts";

/** One ratio with its threshold and both decisions. */
export interface Rung {
  readonly ratio: number;
  /** What the threshold, whose digits are few, lets through of all R: the ratio but for rounding. */
  readonly share: number;
  readonly threshold: Threshold | undefined;
  readonly yes: Decision;
  readonly no: Decision;
}

const stepsAnOctave = 8;
/** 40 octaves: a millionth of a millionth. */
const maxSteps = 40 * stepsAnOctave;

/**
 * Ratios from one down to another, each an eighth of an octave (8 %) below the one before, so that a threshold can move without making a decision
 * for a request. A rung is made when it is first stood on.
 */
export class RatioLadder {
  readonly top: number;
  readonly #bottom: number;
  readonly #last: number;
  readonly #yes: Decision;
  readonly #rungs: Rung[] = [];

  /** @param yes the decision whose copies the rungs answer; their ratio and threshold are the rung's. */
  constructor(top: number, bottom: number, yes: Decision) {
    this.top = top;
    this.#bottom = Math.min(bottom, top);
    this.#last = bottom > 0 ? Math.ceil(Math.log2(top / this.#bottom) * stepsAnOctave) : maxSteps;
    this.#yes = yes;
  }

  /** The highest rung that is not above `share` of the top; the lowest when all are. */
  at(share: number): Rung {
    const step =
      share >= 1 ? 0 : share > 0 ? Math.min(this.#last, Math.ceil(-Math.log2(share) * stepsAnOctave)) : this.#last;
    return (this.#rungs[step] ??= this.#make(step));
  }

  #make(step: number): Rung {
    const ratio = Math.max(this.#bottom, this.top * 2 ** (-step / stepsAnOctave));
    const threshold = thresholdOf(ratio);
    const yes: Decision = Object.freeze({ ...this.#yes, ratio, threshold: threshold?.text });
    const no: Decision = Object.freeze({ ...yes, sampled: false, threshold: undefined });
    return { ratio, share: threshold === undefined ? 0 : shareOf(threshold.text), threshold, yes, no };
  }
}
