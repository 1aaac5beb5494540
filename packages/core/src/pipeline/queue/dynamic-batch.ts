import * as checks from "../../model/checks/checks.ts";
import { checkOrder } from "../../model/checks/option-error.ts";
import { type MemberChecks, readOptions } from "../../model/checks/read-members.ts";
import type { BatchSize } from "./batcher.ts";

export interface DynamicBatchSettings {
  readonly minItems: number;
  readonly maxItems: number;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** How full a batch is meant to be when its time comes, and how full its queue may become, from 0 to 1. */
  readonly targetUse: number;
}

const dynamicChecks: MemberChecks<DynamicBatchSettings> = {
  minItems: checks.number(1),
  maxItems: checks.number(1),
  minDelayMs: checks.number(1),
  maxDelayMs: checks.number(1),
  targetUse: checks.number(0.001, 1),
};

/** What is known of a lane at one moment. */
export interface LaneLook {
  /** Items that came since the beginning. */
  readonly accepted: number;
  /** How much of the lane's bound is in use, from 0 to 1. */
  readonly use: number;
}

const lookMs = 1_000;
/** How much the rate of the last look weighs against what was known before. */
const newWeight = 0.3;
const maxRise = 0.15;
const maxFall = 0.05;

/**
 * Moves the size of batches and the time they wait, both at once, from few and slow to many and fast, so that a batch leaves by time when it is
 * as full as it is meant to be.
 *
 * With pressure p from 0 to 1, size is `min · (max / min) ^ p` and delay `max · (min / max) ^ p`. At a rate r a batch is then `r · delay / size`
 * full, which falls as p rises: solved for the target this gives p, toward which it moves a step a second, up faster than down. A queue
 * fuller than the target raises it in any case. Holds no timer: the time is a parameter.
 */
export class DynamicBatch implements BatchSize {
  readonly #settings: DynamicBatchSettings;
  #pressure = 0;
  #rate: number | undefined;
  #accepted = 0;
  #lookedMs: number | undefined;

  /** Throws an `OptionError` for numbers that make no sense, by themselves or beside each other. */
  constructor(settings: DynamicBatchSettings) {
    const needed = Object.keys(dynamicChecks) as (keyof DynamicBatchSettings)[];
    const given = readOptions(settings, "dynamicBatch", dynamicChecks, needed);
    checkOrder("dynamicBatch", given, "minItems", "maxItems");
    checkOrder("dynamicBatch", given, "minDelayMs", "maxDelayMs");
    this.#settings = given;
  }

  get maxItems(): number {
    const { minItems, maxItems } = this.#settings;
    return Math.round(minItems * (maxItems / minItems) ** this.#pressure);
  }

  get delayMs(): number {
    const { minDelayMs, maxDelayMs } = this.#settings;
    return maxDelayMs * (minDelayMs / maxDelayMs) ** this.#pressure;
  }

  /** Items a second, smoothed; 0 before the second look. */
  get rate(): number {
    return this.#rate ?? 0;
  }

  look(lane: LaneLook, nowMs: number): void {
    if (this.#lookedMs === undefined) {
      this.#lookedMs = nowMs;
      this.#accepted = lane.accepted;
      return;
    }
    const sinceMs = nowMs - this.#lookedMs;
    if (sinceMs < lookMs) return;
    const seen = ((lane.accepted - this.#accepted) / sinceMs) * 1_000;
    this.#lookedMs = nowMs;
    this.#accepted = lane.accepted;
    // A look after a long silence weighs as much as the looks that were left out.
    const weight = 1 - (1 - newWeight) ** (sinceMs / lookMs);
    this.#rate = this.#rate === undefined ? seen : this.#rate + weight * (seen - this.#rate);
    this.#move(lane.use, sinceMs / lookMs);
  }

  #move(use: number, looks: number): void {
    const { minItems, maxItems, minDelayMs, maxDelayMs, targetUse } = this.#settings;
    const span = Math.log((maxItems / minItems) * (maxDelayMs / minDelayMs));
    const fullest = (this.rate / 1_000) * (maxDelayMs / minItems);
    const wanted = span === 0 || fullest <= targetUse ? 0 : Math.log(fullest / targetUse) / span;
    const goal = use > targetUse ? 1 : Math.min(1, wanted);
    const step = goal - this.#pressure;
    this.#pressure += Math.max(-maxFall * looks, Math.min(maxRise * looks, step));
  }
}
