import type { Decision } from "../../model/sampling/decision.ts";
import type { Sampler, SamplingFacts } from "../../model/sampling/sampler.ts";
import { shareOf } from "../threshold/threshold.ts";
import { facts, type FactsInit } from "./facts.ts";
import { seededRandom } from "./seeded-random.ts";

/** Facts whose time and R are set from outside, so that a million requests make one object. */
export type MovableFacts = { -readonly [Name in keyof SamplingFacts]: SamplingFacts[Name] };

export function movableFacts(init: FactsInit = {}): MovableFacts {
  return facts(init);
}

/** Another R. */
export function redraw(request: MovableFacts, random: () => number): void {
  request.randomHigh = Math.floor(random() * 2 ** 24);
  request.randomLow = Math.floor(random() * 2 ** 32) | 0;
}

export interface SimulatedSecond {
  readonly requests: number;
  readonly sampled: number;
  /** How many requests the thresholds of the sampled ones stand for. */
  readonly estimated: number;
}

/** Sends traffic through a sampler, `rates[s]` requests in second s, evenly spread. */
export function simulate(sampler: Pick<Sampler, "decide">, rates: readonly number[], seed = 1): SimulatedSecond[] {
  const random = seededRandom(seed);
  const request = movableFacts();
  return rates.map((requests, second) => {
    let sampled = 0;
    let estimated = 0;
    for (let i = 0; i < requests; i++) {
      request.startMs = second * 1_000 + (i * 1_000) / requests;
      redraw(request, random);
      const decision = sampler.decide(request);
      if (!decision.sampled) continue;
      sampled++;
      estimated += weightOf(decision);
    }
    return { requests, sampled, estimated };
  });
}

/** How many requests a sampled one stands for: nothing without a threshold. */
export function weightOf({ threshold }: Decision): number {
  return threshold === undefined ? 0 : 1 / shareOf(threshold);
}

export function sum(seconds: readonly SimulatedSecond[], of: keyof SimulatedSecond): number {
  return seconds.reduce((total, second) => total + second[of], 0);
}
