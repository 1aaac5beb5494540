import { type GovernorStep, governorSteps, type Restraint, restrainedRatio } from "../model/governor/governor-steps.ts";

export interface LadderSettings {
  /** Between two changes passes at least so much. */
  readonly dwellMs: number;
  /** So long all has to be calm before the next step up; it grows where a step up was too early. */
  readonly calmMs: number;
  /** By what the ratio is multiplied at each cut. */
  readonly factor: number;
  /** No ratio is cut below it. */
  readonly minRatio: number;
  /** The last step that is taken. */
  readonly floor: GovernorStep;
}

/** What a cause wants. */
export interface Wish {
  /** The furthest step that helps it. */
  readonly step: GovernorStep;
  /** How often the ratio may be cut for it. */
  readonly cuts: number;
  /** What ratios are at most. */
  readonly maxRatio: number;
  /** Whether it goes there at once, not step by step. */
  readonly isUrgent: boolean;
}

export interface LadderLook {
  readonly nowMs: number;
  /** Undefined: nobody wants less. */
  readonly wish: Wish | undefined;
  /** Whether every signal is well below what would make it a wish. */
  readonly isCalm: boolean;
  /** The highest ratio that is in force without any restraint. */
  readonly topRatio: number;
  /** The ratios that load may set as maxima, from loose to tight. */
  readonly caps: readonly number[];
}

interface Position {
  readonly step: number;
  readonly cuts: number;
  readonly maxRatio: number;
}

const top: Position = Object.freeze({ step: 0, cuts: 0, maxRatio: 1 });
const ratioStep = governorSteps.indexOf("ratio");
/** A step down so soon after one up says that it was too early: in waits. */
const relapseWaits = 2;
const longestWaits = 12;

/**
 * Where on the way from full telemetry to none the process stands: down by one step a look, up by one when all was calm for long enough, never two
 * changes within a dwell. Knows no clock and no sensor.
 */
export class Ladder {
  readonly #settings: LadderSettings;
  readonly #floor: number;
  #at: Position = top;
  #changedMs = -Infinity;
  #calmSinceMs: number | undefined = undefined;
  #roseMs = -Infinity;
  #waitMs: number;

  constructor(settings: LadderSettings) {
    this.#settings = settings;
    this.#floor = governorSteps.indexOf(settings.floor);
    this.#waitMs = settings.calmMs;
  }

  get restraint(): Restraint {
    const { step, cuts, maxRatio } = this.#at;
    return { step: governorSteps[step] ?? "full", ratioFactor: this.#settings.factor ** cuts, maxRatio };
  }

  /** How long all has to be calm before the next step up. */
  get waitMs(): number {
    return this.#waitMs;
  }

  /** Takes the step that is due, if one is. Answers its direction. */
  look(look: LadderLook): "down" | "up" | undefined {
    const { nowMs, wish, isCalm } = look;
    const { dwellMs } = this.#settings;
    if (!isCalm || wish !== undefined) this.#calmSinceMs = undefined;
    else this.#calmSinceMs ??= nowMs;
    if (nowMs - this.#changedMs < dwellMs) return undefined;
    if (wish !== undefined) return this.#goDown(look, wish);
    if (this.#at === top || this.#calmSinceMs === undefined) return undefined;
    if (nowMs - this.#calmSinceMs < this.#waitMs) return undefined;
    this.#at = this.#above(look);
    this.#changedMs = this.#roseMs = nowMs;
    this.#calmSinceMs = nowMs;
    return "up";
  }

  #goDown(look: LadderLook, wish: Wish): "down" | undefined {
    const { nowMs } = look;
    const { calmMs } = this.#settings;
    const next = this.#below(wish, look.topRatio);
    if (next === undefined) return undefined;
    const isRelapse = nowMs - this.#roseMs <= relapseWaits * calmMs;
    this.#waitMs = isRelapse ? Math.min(this.#waitMs * 2, longestWaits * calmMs) : calmMs;
    this.#at = next;
    this.#changedMs = nowMs;
    return "down";
  }

  /** The next place on the way down; undefined where the wish has all it wants. */
  #below(wish: Wish, topRatio: number): Position | undefined {
    const at = this.#at;
    const wanted = Math.min(governorSteps.indexOf(wish.step), this.#floor);
    if (wish.isUrgent && wanted > at.step) return { ...at, step: wanted };
    if (at.step + 1 < ratioStep) return wanted > at.step ? { ...at, step: at.step + 1 } : undefined;
    if (at.step <= ratioStep && wanted >= ratioStep) {
      // A cut or a maximum that changes no ratio is passed over.
      const capped = { ...at, step: ratioStep, maxRatio: Math.min(at.maxRatio, wish.maxRatio) };
      const cut = { ...capped, cuts: at.cuts + (at.cuts < wish.cuts ? 1 : 0) };
      if (this.#ratioAt(cut, topRatio) < this.#ratioAt(at, topRatio)) return cut;
    }
    if (wanted <= Math.max(at.step, ratioStep)) return undefined;
    return { ...at, step: Math.max(at.step, ratioStep) + 1 };
  }

  #above({ topRatio, caps }: LadderLook): Position {
    const at = this.#at;
    if (at.step !== ratioStep) {
      const step = at.step - 1;
      // What was passed over on the way down is passed over on the way up.
      const isIdle = step === ratioStep && this.#ratioAt(at, topRatio) >= topRatio;
      return placed({ ...at, step: isIdle ? step - 1 : step });
    }
    if (at.maxRatio < 1) {
      const maxRatio = caps.findLast((cap) => cap > at.maxRatio) ?? 1;
      if (maxRatio < 1 || at.cuts > 0) return { ...at, maxRatio };
    } else if (at.cuts > 1) return { ...at, cuts: at.cuts - 1 };
    return placed({ ...at, step: ratioStep - 1 });
  }

  #ratioAt({ cuts, maxRatio }: Position, topRatio: number): number {
    const { factor, minRatio } = this.#settings;
    return restrainedRatio(topRatio, { ratioFactor: factor ** cuts, maxRatio }, minRatio);
  }
}

/** Above the ratio's step there is nothing left of it. */
function placed(at: Position): Position {
  if (at.step === 0) return top;
  return at.step < ratioStep ? { step: at.step, cuts: 0, maxRatio: 1 } : at;
}
