import type { OptimizerFacts, OptimizerRule, Proposal } from "../../model/governor/optimizer-facts.ts";
import { number } from "../../model/checks/checks.ts";

/** A rule with the name that the log and the metrics have of it. */
export interface NamedRule {
  readonly name: string;
  readonly rule: OptimizerRule;
}

export interface BuiltInRules {
  readonly batching: boolean;
  readonly sampling: boolean;
  readonly resources: boolean;
}

const smallerBatch = 0.8;
const smallerRatio = 0.7;
/** Below this part of what makes a rule act, it takes back what it did. */
const calm = 0.5;
/** From which use on the process has no room, and below which it has. */
const busy = 0.8;
const idle = 0.6;

/**
 * Less telemetry, sooner, while one request of 20 takes longer than `targetMs`; where exports take that long too, the next exporter first. All back
 * again, in steps, once it takes less than half.
 *
 * @throws OptionError for a target that is none.
 */
export function latencyTarget(targetMs = 100): OptimizerRule {
  number(0.001).validate(targetMs, "latencyTarget.targetMs");
  return called("latencyTarget", ({ now, tuning, exporters }) => {
    const { p95Ms, exportP95Ms } = now;
    if (p95Ms === undefined) return undefined;
    if (p95Ms > targetMs)
      return {
        figure: "p95Ms",
        reason: `one request of 20 takes longer than ${targetMs} ms`,
        batch: smallerBatch,
        ratio: smallerRatio,
        nextExporter: exporters > 1 && exportP95Ms !== undefined && exportP95Ms > targetMs,
      };
    if (p95Ms > calm * targetMs || (tuning.batch === 1 && tuning.ratio === 1)) return undefined;
    return {
      figure: "p95Ms",
      reason: `requests are faster than ${calm * targetMs} ms`,
      batch: 1 / smallerBatch,
      ratio: 1 / smallerRatio,
    };
  });
}

/**
 * Smaller batches, sooner, while the queue of spans is fuller than `use`; larger ones again once it is half as full.
 *
 * @throws OptionError for a use that is none.
 */
export function queueTarget(use = 0.5): OptimizerRule {
  number(0.001, 1).validate(use, "queueTarget.use");
  return called("queueTarget", ({ now, tuning }) => {
    const { queueUse } = now;
    if (queueUse === undefined) return undefined;
    if (queueUse > use)
      return { figure: "queueUse", reason: `the queue is fuller than ${percent(use)}`, batch: smallerBatch };
    if (queueUse > calm * use || tuning.batch === 1) return undefined;
    return {
      figure: "dropsPerMinute",
      reason: `the queue is emptier than ${percent(calm * use)}`,
      batch: 1 / smallerBatch,
    };
  });
}

/** Those that options switch on. @param target the share of the CPU that telemetry is to stay below */
export function builtInRules({ batching, sampling, resources }: BuiltInRules, target: number): NamedRule[] {
  return [
    ...(batching ? [{ name: "batching", rule: queueTarget() }] : []),
    ...(sampling ? [{ name: "sampling", rule: shareTarget(target) }] : []),
    ...(resources ? [{ name: "resources", rule: spareResources }] : []),
  ];
}

/** A smaller ratio before the share reaches the target, so that the governor does not have to act. */
function shareTarget(target: number): OptimizerRule {
  return ({ now, tuning }) => {
    const { share } = now;
    if (share === undefined) return undefined;
    if (share > busy * target)
      return { figure: "share", reason: `telemetry takes ${percent(share)} of the CPU`, ratio: smallerRatio };
    if (share > calm * target || tuning.ratio === 1) return undefined;
    // More traces cost more: what they must not do is slow requests down.
    return { figure: "p95Ms", reason: `telemetry takes ${percent(share)} of the CPU`, ratio: 1 / smallerRatio };
  };
}

/** Less work for each export, and fewer at once, while the process has no room; back again once it has. */
function spareResources({ now, tuning, chosen }: OptimizerFacts): Proposal | undefined {
  const figure = above(now.cpu, busy) ? "cpu" : above(now.memory, busy) ? "memory" : undefined;
  const { gzipLevel, concurrentExports } = tuning;
  if (figure !== undefined)
    return {
      figure,
      reason: `the process uses ${percent(now[figure] ?? 0)} of its ${figure === "cpu" ? "CPU" : "memory"}`,
      gzipLevel: Math.max(1, gzipLevel - 1),
      concurrentExports: Math.max(1, concurrentExports >> 1),
    };
  const isTuned = gzipLevel < chosen.gzipLevel || concurrentExports < chosen.concurrentExports;
  if (!isTuned || above(now.cpu, idle) || above(now.memory, idle)) return undefined;
  return {
    figure: "p95Ms",
    reason: "the process has room again",
    gzipLevel: Math.min(chosen.gzipLevel, gzipLevel + 1),
    concurrentExports: Math.min(chosen.concurrentExports, concurrentExports * 2),
  };
}

/** The log and the metrics name a rule as its function is. */
function called(name: string, rule: OptimizerRule): OptimizerRule {
  return Object.defineProperty(rule, "name", { value: name });
}

function above(value: number | undefined, bound: number): boolean {
  return value !== undefined && value > bound;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}
