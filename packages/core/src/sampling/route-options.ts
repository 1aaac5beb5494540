import type { Decision } from "../model/sampling/decision.ts";
import type { Route } from "../model/route.ts";
import type { Tally } from "../tally/tally.ts";
import { ratio } from "./samplers/ratio.ts";
import type { Sampler, SamplingFacts } from "../model/sampling/sampler.ts";

/** Ratios whose samplers are remembered; services write a handful into their code. */
const maxKnownRatios = 1_000;

const untraced: Decision = Object.freeze({ sampled: false, reason: "route-options" });

/** Decides by what a route says of itself. */
export class RouteOptionsSampler {
  readonly #faults: Tally;
  readonly #samplers = new Map<number, Sampler>();

  /** @param faults counts a ratio that is none as `route-options`; the route is then taken to say nothing. */
  constructor(faults: Tally) {
    this.#faults = faults;
  }

  /** The decision of the route's own `trace` or `ratio`; undefined when it has neither. */
  decide(route: Route, facts: SamplingFacts): Decision | undefined {
    const { trace, ratio: share } = route.options;
    if (trace === false) return untraced;
    return share === undefined ? undefined : this.#samplerOf(share)?.decide(facts);
  }

  #samplerOf(share: number): Sampler | undefined {
    const known = this.#samplers.get(share);
    if (known !== undefined) return known;
    if (!(typeof share === "number" && share >= 0 && share <= 1)) {
      this.#faults.add("route-options");
      return undefined;
    }
    const sampler = ratio(share, "route-options");
    if (this.#samplers.size < maxKnownRatios) this.#samplers.set(share, sampler);
    return sampler;
  }
}
