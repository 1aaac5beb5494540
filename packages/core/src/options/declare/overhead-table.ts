import { governorSteps } from "../../model/governor/governor-steps.ts";
import type { GovernorChange, GovernorFacts } from "../../model/governor/governor-facts.ts";
import type { OptimizerRule } from "../../model/governor/optimizer-facts.ts";
import * as checks from "../../model/checks/checks.ts";
import type { Check } from "../../model/checks/checks.ts";
import { anyOf, objectOf } from "../../model/checks/json-schema.ts";
import { exceedingError, wrongValue } from "../../model/checks/option-error.ts";
import { type MemberChecks, readMembers, readOptions } from "../../model/checks/read-members.ts";
import { defaultNumbers } from "./default-numbers.ts";
import type { OptionGroup } from "./option-entry.ts";
import type {
  OverheadLoadOptions,
  OverheadMemoryOptions,
  OverheadOptions,
  OverheadTrialOptions,
} from "./telemetry-options.ts";

/** Every threshold of load. */
export type LoadSettings = Required<OverheadLoadOptions>;

/** Every threshold of memory; callbacks only where they were given. */
export type MemorySettings = Required<Omit<OverheadMemoryOptions, "onWarning" | "onCritical">> &
  Pick<OverheadMemoryOptions, "onWarning" | "onCritical">;

const { overhead, throttler, memoryMonitor } = defaultNumbers;
const share = checks.number(0, 1);
const aboveZero = checks.number(0.001, 1);
const megabyte = 1_048_576;
const maxCaps = 20;

export const defaultLoad: LoadSettings = {
  cpu: throttler.cpu / 100,
  memory: throttler.memory / 100,
  loop: 0.9,
  throttled: 0.25,
  onlyAbove: 0.0025,
  caps: [
    { above: throttler.loadedAt / 100, maxRatio: throttler.loadedRatio },
    { above: throttler.overloadedAt / 100, maxRatio: throttler.overloadedRatio },
  ],
};

/** Of what is critical, or of what telemetry may hold at all. */
export const warnShare = 0.8;

export const defaultMemory: MemorySettings = {
  warnBytes: memoryMonitor.warningMb * megabyte,
  criticalBytes: memoryMonitor.criticalMb * megabyte,
  everyMs: memoryMonitor.everyMs,
};

type Cap = LoadSettings["caps"][number];

const capMembers = { above: aboveZero, maxRatio: aboveZero };

const cap: Check<Cap> = {
  type: "object",
  expectation: "an object with above and maxRatio",
  schema: objectOf(capMembers, ["above", "maxRatio"]),
  validate(value, name): Cap {
    return readOptions<Cap, keyof Cap>(value, name, capMembers, ["above", "maxRatio"], this.expectation);
  },
};

const capList = checks.listOf(cap, maxCaps);

/** Each above more load than the one before, and tighter. */
const caps: Check<readonly Cap[]> = {
  ...capList,
  validate(value, name) {
    const list = capList.validate(value, name);
    for (const [i, { above, maxRatio }] of list.entries()) {
      const before = list[i - 1];
      if (before === undefined || (above > before.above && maxRatio < before.maxRatio)) continue;
      throw wrongValue(
        `${name}[${i}]`,
        `above more load than the one before it, ${before.above}, with a lower ratio than ${before.maxRatio}`,
        `above ${above}, maxRatio ${maxRatio}`,
        "GSM_OPTION_RANGE",
      );
    }
    return list;
  },
};

const loadMembers = {
  cpu: aboveZero,
  memory: aboveZero,
  loop: aboveZero,
  throttled: aboveZero,
  onlyAbove: share,
  caps,
};

/** Whether there is any of it, or what its members say beside the defaults. */
function switched<T extends object>(
  members: MemberChecks<T>,
  settle: (given: Partial<T>, name: string) => T,
): Check<T | boolean> {
  const expectation = `true, false, or an object with ${checks.enumerated(Object.keys(members))}`;
  return {
    type: "boolean | object",
    expectation,
    schema: anyOf(checks.boolean.schema, objectOf(members)),
    validate(value, name): T | boolean {
      return typeof value === "boolean" ? value : settle(readMembers<T>(value, name, expectation, members), name);
    },
  };
}

/** Answers {@link LoadSettings}, or whether there are any. */
const load = switched<OverheadLoadOptions>(loadMembers, (given): LoadSettings => ({ ...defaultLoad, ...given }));

const memoryMembers = {
  warnBytes: checks.count(1),
  criticalBytes: checks.count(1),
  everyMs: checks.durationMs(100),
  onWarning: checks.callable(),
  onCritical: checks.callable(),
};

/** Answers {@link MemorySettings}, or whether there are any. */
const memory = switched<OverheadMemoryOptions>(memoryMembers, (given, name): MemorySettings => {
  // What is not given makes way for what is.
  const { warnBytes = Math.min(defaultMemory.warnBytes, warnShare * (given.criticalBytes ?? Infinity)) } = given;
  const { criticalBytes = Math.max(defaultMemory.criticalBytes, warnBytes / warnShare) } = given;
  if (warnBytes <= criticalBytes) return { ...defaultMemory, ...given, warnBytes, criticalBytes };
  throw exceedingError(
    { option: `${name}.warnBytes`, value: warnBytes },
    { option: `${name}.criticalBytes`, value: criticalBytes },
  );
});

/** When there are no traces, to see what they cost. */
export type TrialSettings = Required<OverheadTrialOptions>;

export const defaultTrial: TrialSettings = { share: 0.05, windowMs: 1_000 };

const trialMembers = { share: checks.number(0.001, 0.5), windowMs: checks.durationMs(100) };

/** Answers {@link TrialSettings}, or whether there are any. */
const trial = switched<OverheadTrialOptions>(trialMembers, (given): TrialSettings => ({ ...defaultTrial, ...given }));

const maxRules = 20;

/** What the options of `overhead` must be. */
export const overheadTable: OptionGroup<Required<OverheadOptions>> = {
  options: {
    enabled: { check: checks.boolean, default: true },
    target: { check: aboveZero, default: overhead.targetRatio },
    red: { check: aboveZero, default: undefined },
    minCores: { check: checks.number(0, 1_024), default: 0.005 },
    sampleEvery: { check: checks.integer(1, 1_000_000), default: 128 },
    lookEveryMs: { check: checks.durationMs(100), default: throttler.everyMs },
    actEveryMs: { check: checks.durationMs(100), default: overhead.everyMs },
    factor: { check: checks.number(0.1, 0.9), default: overhead.factor },
    minRatio: { check: share, default: overhead.minRatio },
    floor: { check: checks.oneOf(...governorSteps), default: "metrics" },
    load: { check: load, default: true },
    memory: { check: memory, default: true },
    optimize: {
      options: {
        batching: { check: checks.boolean, default: false },
        sampling: { check: checks.boolean, default: false },
        resources: { check: checks.boolean, default: false },
        rules: { check: checks.listOf(checks.callable<OptimizerRule>(), maxRules), default: [] },
      },
    },
    trial: { check: trial, default: false },
    onChange: { check: checks.callable<(change: GovernorChange) => unknown>(), default: undefined },
    onExceeded: { check: checks.callable<(facts: GovernorFacts) => unknown>(), default: undefined },
  },
};
