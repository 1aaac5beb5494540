import type { Decision } from "../../model/sampling/decision.ts";
import type { Sampler } from "../../model/sampling/sampler.ts";

const on: Decision = Object.freeze({ sampled: true, reason: "always-on", ratio: 1, threshold: "0" });
const off: Decision = Object.freeze({ sampled: false, reason: "always-off" });

const onSampler: Sampler = Object.freeze({ description: "AlwaysOn", decide: () => on, chance: () => 1 });
const offSampler: Sampler = Object.freeze({ description: "AlwaysOff", decide: () => off, chance: () => 0 });

/** Samples everything. */
export function alwaysOn(): Sampler {
  return onSampler;
}

/** Samples nothing. What fails or is slow can still be kept. */
export function alwaysOff(): Sampler {
  return offSampler;
}
