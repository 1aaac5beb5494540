import type { SamplerLike } from "../../model/sampling/sampler.ts";
import type { CheckedRule } from "../../model/sampling/sampling-rule.ts";
import { readCode } from "../../options/settle/read-code.ts";
import type { KeepSettings } from "../../options/settle/settings.ts";
import { OptionError, samplerConflict } from "../../model/checks/option-error.ts";
import type { CentralSampling } from "../central/central-sampling.ts";

/** What a change may name, and what it is without one. */
export interface Choices {
  readonly sampleRatio: number | undefined;
  readonly sampler: SamplerLike | undefined;
  /** Whether anybody chose one of them. */
  readonly chosen: boolean;
  readonly rules: readonly CheckedRule[];
  readonly keep: KeepSettings;
  readonly dryRun: readonly CheckedRule[];
  readonly central: Central | undefined;
}

/** What a central place says, as far as nothing said since has taken its place. */
export interface Central {
  readonly by: "remote" | "file";
  readonly rules: readonly CheckedRule[];
  /** Undefined where ratio or sampler were chosen since. */
  readonly default: Pick<CentralSampling, "sampler" | "ratio"> | undefined;
}

const changeable: readonly string[] = ["sampleRatio", "sampler", "rules", "keep", "dryRun"];

/** @throws OptionError as at start, and for what cannot be changed while the service runs */
export function checkedChange(change: unknown): Partial<Choices> {
  const { keep, ...options } = readCode(change);
  for (const name of Object.keys(options)) {
    if (changeable.includes(name)) continue;
    throw new OptionError(
      name,
      `Option "${name}" cannot be changed while the service runs: only ${changeable.join(", ")} can.`,
      { code: "GSM_OPTION_FIXED" },
    );
  }
  if (options.sampleRatio !== undefined && options.sampler !== undefined) {
    throw samplerConflict("sampleRatio", "sampler");
  }
  const shares =
    keep === undefined
      ? undefined
      : Object.fromEntries(
          Object.entries(keep).map(([name, value]) => [
            name,
            typeof value === "boolean" && name !== "trace" ? Number(value) : value,
          ]),
        );
  // The option table has checked the rest, and answers rules in the form they are compiled from.
  return { ...options, ...(shares === undefined ? {} : { keep: shares }) } as unknown as Partial<Choices>;
}

/** The choices with a change in them. */
export function changed(choices: Choices, change: Partial<Choices>): Choices {
  const chosen = change.sampleRatio !== undefined || change.sampler !== undefined;
  return {
    ...choices,
    ...change,
    ...(chosen ? { sampleRatio: change.sampleRatio, sampler: change.sampler, chosen } : {}),
    keep: { ...choices.keep, ...change.keep },
    central: chosen ? withoutDefault(choices.central) : choices.central,
  };
}

/** A ratio and a sampler take each other's place. */
export function namedBy(change: Partial<Choices>): readonly string[] {
  const names = Object.keys(change);
  return names.includes("sampleRatio") || names.includes("sampler")
    ? [...new Set([...names, "sampleRatio", "sampler", "chosen"])]
    : names;
}

export function isChosen({ chosen, central }: Choices): boolean {
  return chosen || central?.default !== undefined;
}

function withoutDefault(central: Central | undefined): Central | undefined {
  return central && { ...central, rules: central.rules.filter(({ match }) => match !== "*"), default: undefined };
}
