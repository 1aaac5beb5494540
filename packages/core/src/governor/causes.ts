import type { GovernorFacts, SensorReadings } from "../model/governor/governor-facts.ts";
import type { GovernorCause, GovernorStep, Restraint } from "../model/governor/governor-steps.ts";
import type { Wish } from "./ladder.ts";

/** From which use of the process on there is less telemetry, each from 0 to 1. */
export interface LoadThresholds {
  readonly cpu: number;
  readonly memory: number;
  readonly loop: number;
  readonly throttled: number;
  /** The share of the CPU that is to be gained from which on it can help to have less telemetry. */
  readonly onlyAbove: number;
  /** From loose to tight. */
  readonly caps: readonly LoadCap[];
}

export interface LoadCap {
  readonly above: number;
  readonly maxRatio: number;
}

export interface OverheadThresholds {
  readonly target: number;
  readonly red: number;
  readonly minCores: number;
}

/** What of its threshold a signal has to be below, for telemetry to come back. */
const calmShare = 0.7;
/** The same for the loosest cap; a tighter one is let go where the next looser begins. */
const calmCapShare = 5 / 6;

/** What each cause wants now. */
export type Wishes = Readonly<Partial<Record<Exclude<GovernorCause, "manual" | "calm">, Wish>>>;

export function isOverheadDue(
  { share, cores }: Pick<GovernorFacts, "share" | "cores">,
  { target, red, minCores }: OverheadThresholds,
  wasExceeded: boolean,
): { readonly isExceeded: boolean; readonly isDue: boolean } {
  const isExceeded = share > target && cores > minCores;
  return { isExceeded, isDue: isExceeded && (wasExceeded || share > red) };
}

/** Whether it helps to have fewer traces: they are a third of what telemetry takes, or more than is far too much. */
export function isWorthIt({ share, gainable }: Pick<GovernorFacts, "share" | "gainable">, red: number): boolean {
  return gainable > Math.min(share / 3, red);
}

/** As far as it goes, a cut at a time. */
export function untilFloor(floor: GovernorStep): Wish {
  return { step: floor, cuts: Infinity, maxRatio: 1, isUrgent: false };
}

/** What load wants, and for which reason; nothing where too little would be gained. */
export function loadWish(facts: GovernorFacts, load: LoadThresholds): Wishes {
  if (facts.gainable < load.onlyAbove) return {};
  const { cpu, memory, loop, throttled } = facts;
  const isHeldUp = isAbove(throttled, load.throttled);
  const isBusy = isHeldUp || isAbove(cpu, load.cpu) || isAbove(memory, load.memory) || isAbove(loop, load.loop);
  const maxRatio = load.caps.findLast(({ above }) => isAbove(cpu, above))?.maxRatio ?? 1;
  if (!isBusy && maxRatio === 1) return {};
  const wish: Wish = { step: "ratio", cuts: isBusy ? 1 : 0, maxRatio, isUrgent: false };
  return isHeldUp ? { throttling: wish } : { load: wish };
}

/** Also where what is left of telemetry is too much, and only counting requests is left. */
export function isOverheadCalm(
  { share, gainable, cores }: Pick<GovernorFacts, "share" | "gainable" | "cores">,
  { target, red, minCores }: OverheadThresholds,
): boolean {
  return (
    share < calmShare * target ||
    cores < calmShare * minCores ||
    !isWorthIt({ share: share * calmShare, gainable }, red * calmShare)
  );
}

/** Whether load lets go of what holds. */
export function isLoadCalm(readings: SensorReadings, load: LoadThresholds, { maxRatio }: Restraint): boolean {
  const { cpu, memory, loop, throttled } = readings;
  const holding = load.caps.findLast((cap) => cap.maxRatio === maxRatio);
  const looser = holding && load.caps[load.caps.indexOf(holding) - 1];
  const cpuBound = holding === undefined ? calmShare * load.cpu : (looser?.above ?? calmCapShare * holding.above);
  return (
    !isAbove(cpu, cpuBound) &&
    !isAbove(memory, calmShare * load.memory) &&
    !isAbove(loop, calmShare * load.loop) &&
    !isAbove(throttled, calmShare * load.throttled)
  );
}

function isAbove(value: number | undefined, bound: number): boolean {
  return value !== undefined && value > bound;
}
