import type { Clock } from "../model/clock.ts";
import { whenRejected } from "../model/foreign/when-rejected.ts";
import type { Diagnostics } from "../model/diagnostics.ts";
import type { StartTimer } from "../pipeline/time/timers.ts";
import { Tally } from "../tally/tally.ts";
import { isLoadCalm, isOverheadCalm, isOverheadDue, isWorthIt, loadWish, untilFloor, type Wishes } from "./causes.ts";
import { ChangeLog } from "./change-log.ts";
import type { CostMeter, CostPart } from "./cost-meter.ts";
import { changeLine, createLadder, idleLine, memoryLine } from "./holding-back.part.ts";
import type { GovernorChange, GovernorFacts, MemoryUsage, SensorReadings } from "../model/governor/governor-facts.ts";
import type { OptimizerReport } from "../model/governor/optimizer-facts.ts";
import type { ProvenCost } from "../model/governor/proven-cost.ts";
import type { GovernorSettings } from "./governor-settings.ts";
import {
  type GovernorCause,
  type GovernorStep,
  governorSteps,
  reachesStep,
  type Restraint,
  unrestrained,
} from "../model/governor/governor-steps.ts";
import type { Ladder, Wish } from "./ladder.ts";
import { MemoryWatch } from "./memory-watch.ts";
import type { Sensors } from "./sensors.ts";

export interface GovernorParts {
  readonly settings: GovernorSettings;
  readonly meter: CostMeter;
  readonly sensors: Sensors;
  /** Bytes that telemetry holds. */
  readonly heldBytes: () => number;
  /** The highest ratio that is in force without any restraint. */
  readonly topRatio: () => number;
  /** Lets a restraint hold for what begins now. */
  readonly apply: (restraint: Restraint) => void;
  /** Told what each look found. */
  readonly looked: (facts: GovernorFacts) => void;
  /** What telemetry tries out by itself. */
  readonly tried: () => Pick<OverheadReport, "optimizer" | "proven">;
  /** Makes memory free. Never rejects. */
  readonly emergencyFlush: () => unknown;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  /** Counts, as `overhead`, callbacks that throw. */
  readonly faults: Tally;
  readonly startTimer: StartTimer;
}

/** What telemetry costs, and what is done about it. */
export interface OverheadReport extends Omit<GovernorFacts, keyof SensorReadings> {
  readonly step: GovernorStep;
  /** By what ratios are multiplied. */
  readonly ratioFactor: number;
  /** Seconds of CPU since the start, by part. */
  readonly byPart: Readonly<Record<CostPart, number>>;
  readonly sensors: SensorReadings;
  /** What wants less telemetry now, and how far it would go. */
  readonly causes: Readonly<Partial<Record<GovernorCause, GovernorStep>>>;
  /** The last 200, oldest first. */
  readonly changes: readonly GovernorChange[];
  /** What the optimizer did; undefined where `overhead.optimize` asks for nothing. */
  readonly optimizer: OptimizerReport | undefined;
  /** What traces and request lines cost; undefined without `overhead.trial`. */
  readonly proven: ProvenCost | undefined;
}

/** Holds back telemetry by hand. */
export interface GovernorControl {
  /**
   * Lets a step hold, whatever the causes say, for so long or until further notice; undefined leaves it to the causes again.
   *
   * @throws OptionError for a step that is none.
   */
  set(step: GovernorStep | undefined, options?: { readonly forMs?: number }): void;
}

interface Look {
  readonly facts: GovernorFacts;
  readonly wishes: Wishes;
}

/** Measures what telemetry costs, and holds it back where that is too much, or where the process or its memory needs it. */
export class Governor {
  readonly #parts: GovernorParts;
  /** Made when the first step is due. */
  #ladder: Ladder | undefined = undefined;
  readonly #log = new ChangeLog();
  readonly #memory: MemoryWatch | undefined;
  readonly #complained = new Set<string>();
  /** Changes by `cause:direction`. */
  readonly changes: Tally = new Tally();
  #total: ReturnType<CostMeter["total"]>;
  #look: Look | undefined = undefined;
  #isExceeded = false;
  #isDue = false;
  #isIdleSaid = false;
  #isSettling = false;
  /** Whether a step was set that is not taken yet. */
  #isHandDue = false;
  #isFlushing = false;
  #manual: GovernorStep | undefined = undefined;
  #endManual: () => void = () => {};
  #inForce: Restraint = unrestrained;

  constructor(parts: GovernorParts) {
    const { settings, meter } = parts;
    const { memory } = settings;
    this.#parts = parts;
    this.#total = meter.total();
    this.#memory =
      memory === false
        ? undefined
        : new MemoryWatch({
            thresholds: memory,
            warned: (usage) => this.#warnOfMemory(usage, "", memory.onWarning),
            exhausted: (usage) => this.#warnOfMemory(usage, ", and is sent or let go now", memory.onCritical),
            flush: () => this.#flush(),
          });
  }

  get restraint(): Restraint {
    return this.#inForce;
  }

  /** Looks at what became since the last look, and takes the step that is due. Never throws. */
  look(): void {
    const { meter, faults } = this.#parts;
    try {
      meter.timed("governor", () => this.#takeLook());
    } catch {
      faults.add("overhead");
    }
  }

  /** Lets a step hold, or leaves it to the causes again. */
  set(step: GovernorStep | undefined, forMs: number | undefined): void {
    const { startTimer } = this.#parts;
    this.#endManual();
    this.#endManual = () => {};
    this.#manual = step;
    this.#isHandDue = true;
    if (step !== undefined && forMs !== undefined)
      this.#endManual = startTimer(forMs, () => this.set(undefined, undefined));
    this.#settle("manual");
  }

  /** Of the time since the last look where there was none yet. */
  report(): OverheadReport {
    this.#look ??= { facts: this.#measure(), wishes: {} };
    const { facts, wishes } = this.#look;
    const { cpu, memory, loop, throttled, ...own } = facts;
    const { step, ratioFactor } = this.#inForce;
    const causes: Partial<Record<GovernorCause, GovernorStep>> = {};
    for (const [cause, wish] of Object.entries(wishes)) causes[cause as GovernorCause] = wish.step;
    if (this.#manual !== undefined) causes.manual = this.#manual;
    return {
      step,
      ratioFactor,
      ...own,
      byPart: inSeconds(this.#parts.meter.total()),
      sensors: { cpu, memory, loop, throttled },
      causes,
      changes: this.#log.all(),
      ...this.#parts.tried(),
    };
  }

  #takeLook(): void {
    const { settings, clock, topRatio } = this.#parts;
    const facts = this.#measure();
    this.#parts.looked(facts);
    const nowMs = clock.now();
    const wishes = this.#wishes(facts, nowMs);
    this.#look = { facts, wishes };
    this.#log.judge(facts);
    const { load } = settings;
    if (Object.keys(wishes).length > 0)
      this.#ladder ??= createLadder({ ...settings, dwellMs: settings.lookEveryMs, calmMs: settings.actEveryMs });
    const restraint = this.#ladder?.restraint ?? unrestrained;
    // Load wants no step behind `ratio`, so it does not hold telemetry there.
    const isPastLoad = reachesStep(restraint.step, "roots");
    const isCalm =
      isOverheadCalm(facts, settings) &&
      this.#memory?.isCalm !== false &&
      (isPastLoad || load === false || isLoadCalm(facts, load, restraint));
    const [cause, wish] = worst(wishes);
    const caps = load === false ? [] : load.caps.map(({ maxRatio }) => maxRatio);
    this.#ladder?.look({ nowMs, wish, isCalm, topRatio: topRatio(), caps });
    this.#settle(cause);
  }

  #measure(): GovernorFacts {
    const { meter, sensors, heldBytes } = this.#parts;
    const { readings, elapsedMs, processCpuMs, onCpu } = sensors.look();
    const cost = meter.since(this.#total);
    this.#total = meter.total();
    const { requestUs, blockMaxMs } = cost;
    // It was timed by the wall.
    const cpuMs = cost.totalMs * onCpu;
    const shareOf = (ms: number): number => (processCpuMs > 0 ? Math.min(1, ms / processCpuMs) : 0);
    return Object.freeze({
      ...readings,
      share: shareOf(cpuMs),
      gainable: shareOf(cost.gainableMs * onCpu),
      cores: cpuMs / elapsedMs,
      bytes: heldBytes(),
      requestUs,
      blockMaxMs,
    });
  }

  #wishes(facts: GovernorFacts, nowMs: number): Wishes {
    const { settings, diagnostics } = this.#parts;
    const { load, floor, onExceeded } = settings;
    const { isExceeded, isDue } = isOverheadDue(facts, settings, this.#isExceeded);
    if (isDue && !this.#isDue) this.#call("onExceeded", onExceeded, facts);
    this.#isExceeded = isExceeded;
    this.#isDue = isDue;
    const isWorth = isWorthIt(facts, settings.red);
    if (isDue && !isWorth && !this.#isIdleSaid) {
      this.#isIdleSaid = true;
      diagnostics.info(idleLine(facts, settings), "GSM_GOVERNOR_IDLE");
    }
    const memory = this.#memory?.look(facts.bytes, nowMs);
    return {
      ...(isDue && isWorth ? { overhead: untilFloor(floor) } : {}),
      ...(load === false ? {} : loadWish(facts, load)),
      ...(memory === undefined ? {} : { memory }),
    };
  }

  /**
   * Lets hold what the ladder and the hand say now. A step that a callback sets is taken behind the change that it is told of; where each change leads
   * to another, the rest waits for the next look.
   */
  #settle(cause: GovernorCause): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    try {
      for (let i = 0; i < maxRounds; i++) {
        const by = this.#isHandDue ? "manual" : cause;
        this.#isHandDue = false;
        if (!this.#settleOnce(by)) return;
      }
    } finally {
      this.#isSettling = false;
    }
  }

  /** Whether anything else holds now. */
  #settleOnce(cause: GovernorCause): boolean {
    const { apply, clock, diagnostics, settings } = this.#parts;
    const before = this.#inForce;
    const next = Object.freeze(this.#wanted());
    if (isSame(before, next)) return false;
    this.#inForce = next;
    const isDown = isLess(next, before);
    apply(next);
    this.#look ??= { facts: this.#measure(), wishes: {} };
    const { facts } = this.#look;
    const change = Object.freeze({ at: clock.epochMs(clock.now()), from: before, to: next, cause, before: facts });
    this.#log.add(change);
    this.changes.add(`${cause}:${isDown ? "down" : "up"}`);
    const line = changeLine(change, settings);
    if (isDown) diagnostics.warn(line, "GSM_GOVERNOR_DOWN");
    else diagnostics.info(line, "GSM_GOVERNOR_UP");
    this.#call("onChange", settings.onChange, change);
    return true;
  }

  /** One at a time: it may take as long as a collector that does not answer. */
  #flush(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    void Promise.resolve(this.#parts.emergencyFlush()).then(() => (this.#isFlushing = false));
  }

  #wanted(): Restraint {
    const restraint = this.#ladder?.restraint ?? unrestrained;
    const step = this.#manual;
    if (step === undefined) return restraint;
    if (!reachesStep(step, "ratio")) return { ...unrestrained, step };
    return { ...restraint, step, ratioFactor: Math.min(restraint.ratioFactor, this.#parts.settings.factor) };
  }

  #warnOfMemory(usage: MemoryUsage, outcome: string, tell: ((usage: MemoryUsage) => unknown) | undefined): void {
    this.#parts.diagnostics.warn(memoryLine(usage.bytes, outcome), "GSM_MEMORY_HIGH");
    this.#call(outcome === "" ? "memory.onWarning" : "memory.onCritical", tell, usage);
  }

  /** Whatever a callback does is its owner's affair: it is counted, and said once. */
  #call<T>(name: string, callback: ((value: T) => unknown) | undefined, value: T): void {
    const failed = (): void => {
      this.#parts.faults.add("overhead");
      if (this.#complained.has(name)) return;
      this.#complained.add(name);
      this.#parts.diagnostics.warn(`overhead.${name} throws; it is counted as a fault`, "GSM_GOVERNOR_CALLBACK");
    };
    try {
      whenRejected(callback?.(value), failed);
    } catch {
      failed();
    }
  }
}

/** So many changes at once, where callbacks set steps. */
const maxRounds = 4;

const noWish = ["calm", undefined] as const;

/** The cause that goes furthest, and all that the causes want together. */
function worst(wishes: Wishes): readonly [GovernorCause, Wish | undefined] {
  const all = Object.entries(wishes) as [GovernorCause, Wish][];
  const [first] = all;
  if (first === undefined) return noWish;
  const [cause, { step }] = all.reduce((one, other) => (reachesStep(one[1].step, other[1].step) ? one : other), first);
  return [
    cause,
    {
      step,
      cuts: Math.max(...all.map(([, { cuts }]) => cuts)),
      maxRatio: Math.min(...all.map(([, { maxRatio }]) => maxRatio)),
      isUrgent: all.some(([, wish]) => wish.isUrgent && wish.step === step),
    },
  ];
}

function isSame(one: Restraint, other: Restraint): boolean {
  return one.step === other.step && one.ratioFactor === other.ratioFactor && one.maxRatio === other.maxRatio;
}

function isLess(next: Restraint, before: Restraint): boolean {
  if (next.step !== before.step) return reachesStep(next.step, before.step);
  return next.ratioFactor < before.ratioFactor || next.maxRatio < before.maxRatio;
}

function inSeconds(ms: Readonly<Record<CostPart, number>>): Record<CostPart, number> {
  return Object.fromEntries(Object.entries(ms).map(([part, value]) => [part, value / 1_000])) as Record<
    CostPart,
    number
  >;
}

/** The place of a step, from 0 for all telemetry. */
export function levelOf(step: GovernorStep): number {
  return governorSteps.indexOf(step);
}
