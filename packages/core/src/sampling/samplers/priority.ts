import { type Check, number } from "../../model/checks/checks.ts";
import { membersOf } from "../../model/checks/plain-object.ts";
import { type MemberChecks, readOptions } from "../../model/checks/read-members.ts";
import { type FactsSource, readSource, sourcesCheck } from "./facts-source.ts";
import { Glob } from "../../model/glob.ts";
import { ratio } from "./ratio.ts";
import type { Sampler, SamplingFacts } from "../../model/sampling/sampler.ts";

export interface PriorityOptions {
  /** Where the priority is found; of several the first that has one. */
  readonly from: FactsSource | readonly FactsSource[];
  /** Ratios by value, in order: the first that matches counts; `*` in a value stands for any text. @default critical 1, high 0.5, normal 0.1, low 0.01 */
  readonly ratios?: Readonly<Record<string, number>>;
  /** The ratio of what has no priority or an unknown one. @default 0.1 */
  readonly otherwise?: number;
}

const shareCheck = number(0, 1);

const ratiosCheck: Check<Readonly<Record<string, number>>> = {
  type: "Record<string, number>",
  expectation: "an object of ratios by value",
  validate(value, name) {
    const members = membersOf(value, name, this.expectation);
    return Object.fromEntries(
      members.map(([member, given]) => [member, shareCheck.validate(given, `${name}.${member}`)]),
    );
  },
};

const priorityChecks: MemberChecks<PriorityOptions> = {
  from: sourcesCheck,
  ratios: ratiosCheck,
  otherwise: shareCheck,
};

const defaultRatios = { critical: 1, high: 0.5, normal: 0.1, low: 0.01 };

/**
 * Samples by what a request says it is worth.
 *
 * Each value is one threshold on R, which decisions carry. What clients say can be a lie: let only trusted ones send the header.
 *
 * @throws OptionError for a wrong value or an unknown name.
 */
export function priority(options: PriorityOptions): Sampler {
  const given = readOptions(options, "priority", priorityChecks, ["from"]);
  const { ratios = defaultRatios, otherwise = 0.1 } = given;
  const sources = given.from as readonly FactsSource[];
  const levels = Object.entries(ratios).map(([value, share]) => ({
    glob: new Glob(value),
    sampler: ratio(share, "priority"),
  }));
  const literals = new Map(levels.filter(({ glob }) => glob.isLiteral).map((level) => [level.glob.text, level]));
  const isOrdered = literals.size < levels.length;
  const others = ratio(otherwise, "priority");

  function samplerOf(facts: SamplingFacts): Sampler {
    const value = readSource(sources, facts);
    if (value === undefined) return others;
    const level = isOrdered ? levels.find(({ glob }) => glob.matches(value)) : literals.get(value);
    return level?.sampler ?? others;
  }

  return {
    description: `Priority{${levels.map(({ glob, sampler }) => `${glob.text}=${sampler.description}`).join(",")}}`,
    usesRoute: sources.some((source) => "routeOption" in source),
    decide: (facts) => samplerOf(facts).decide(facts),
    chance: (facts) => samplerOf(facts).chance?.(facts),
  };
}
