import type { Settings } from "../options/settings.ts";
import { alwaysOff, alwaysOn } from "../sampling/always.ts";
import { createDecide, type Decide } from "../sampling/decide.ts";
import { DecisionCounts } from "../sampling/decision-counts.ts";
import { KeepPolicy } from "../sampling/keep.ts";
import { parentBased } from "../sampling/parent-based.ts";
import { ratio } from "../sampling/ratio.ts";
import { type Sampler, toSampler } from "../sampling/sampler.ts";
import { TokenBucket } from "../sampling/token-bucket.ts";
import { Tally } from "../tally/tally.ts";

/** Everything that decides. */
export interface SamplingParts {
  readonly decide: Decide;
  readonly sampler: Sampler;
  readonly keep: KeepPolicy;
  readonly spanLimit: TokenBucket | undefined;
  readonly counts: DecisionCounts;
  readonly keepDrops: Tally;
}

export function createSampling(settings: Settings, faults: Tally): SamplingParts {
  const { maxSpansPerSecond, maxTracesPerSecond, clock } = settings;
  const sampler = samplerOf(settings);
  const keepDrops = new Tally();
  const counts = new DecisionCounts();
  const spanLimit = maxSpansPerSecond === undefined ? undefined : new TokenBucket(maxSpansPerSecond);
  const traces = settings.enabled && settings.traces;
  const maxPerSecond = traces ? settings.keep.maxPerSecond : 0;
  const keep = new KeepPolicy({ ...settings.keep, maxPerSecond, spanLimit }, keepDrops);
  const decide = createDecide({
    traces,
    sampler,
    traceProbes: settings.traceProbes,
    keep,
    valve: maxTracesPerSecond === undefined ? undefined : new TokenBucket(maxTracesPerSecond),
    spanLimit,
    // An exchange says that its route is pending only where that matters.
    routeMatters: () => true,
    now: () => clock.now(),
    counts,
    faults,
  });
  return { decide, sampler, keep, spanLimit, counts, keepDrops };
}

function samplerOf({ sampling }: Settings): Sampler {
  const { kind, parentBased: followsParent } = sampling;
  if (kind === "custom" && sampling.sampler !== undefined) return toSampler(sampling.sampler);
  const root = kind === "always_on" ? alwaysOn() : kind === "always_off" ? alwaysOff() : ratio(sampling.ratio);
  if (followsParent) return parentBased({ root });
  return parentBased({ root, remoteSampled: root, remoteNotSampled: root });
}
