import type { Clock } from "../../model/clock.ts";
import type { Route, RouteOptions } from "../../model/route.ts";
import { spanKind } from "../../model/span-data.ts";
import type { CompiledRule } from "../../sampling/rules/compiled-rule.ts";
import type { KeepTerms } from "../../sampling/keep/keep-terms.ts";
import { isProbe } from "../../sampling/probes.ts";
import type { SamplingFacts } from "../../model/sampling/sampler.ts";
import { parentTree } from "../../sampling/samplers/parent-based.ts";
import { parseTraceparent } from "../../tracing/propagation/traceparent.ts";
import { splitTarget } from "../../limits/split-target.ts";
import { type ExplainRequest, type ServedRequest, told } from "./explain-request.ts";
import type { Tickets } from "../../sampling/tickets/tickets.ts";
import type { Tally } from "../../tally/tally.ts";
import type { LiveSampling } from "./live-sampling.ts";

/** What would become of a request. */
export interface Explanation {
  /** Who decides: the first of these that has something to say. */
  readonly decidedBy: "switched-off" | "ticket" | "rule" | "parent" | "route" | "probe" | "default";
  /** What the rule that decides is called. */
  readonly rule: string | undefined;
  /** Its place in the list, from 0. */
  readonly ruleIndex: number | undefined;
  /** The chance that it is sampled now, with caps as they stand; undefined where a function of the service decides. */
  readonly ratio: number | undefined;
  /** What is kept of it if it is not sampled. Undefined: nothing, whatever happens. */
  readonly keep:
    | {
        readonly errors: number;
        readonly aborted: number;
        readonly slow: number;
        readonly slowerThanMs: number;
        readonly trace: boolean;
      }
    | undefined;
  readonly lane: string | undefined;
  /** Whether it is counted in the request metrics. */
  readonly metrics: boolean;
  /** How that came about, step by step, in words. */
  readonly steps: readonly string[];
}

export interface ExplainParts {
  readonly sampling: LiveSampling;
  readonly tickets: Tickets | undefined;
  readonly ticketHeader: string;
  readonly isOn: boolean;
  readonly traceProbes: boolean;
  readonly clock: Clock;
  /** Counts, as `explain`, a request that cannot be read. */
  readonly faults: Tally;
}

/** Goes through the order of precedence for a request, there or not. One that cannot be read is one of which nothing is said. */
export function explain(request: ExplainRequest | ServedRequest, parts: ExplainParts): Explanation {
  try {
    return explained(request, parts);
  } catch {
    parts.faults.add("explain");
    return explained({}, parts);
  }
}

function explained(request: ExplainRequest | ServedRequest, parts: ExplainParts): Explanation {
  const facts = factsOf(told(request), parts.clock);
  const explanation = unrestrainedExplanation(facts, parts);
  if (parts.sampling.isTrial && parts.isOn) {
    const words = "a trial window is open, as overhead.trial asks for: nothing is traced until it closes";
    return { ...explanation, ratio: 0, steps: [...explanation.steps, words] };
  }
  const { restraint } = parts.sampling;
  const { ratio, decidedBy, steps } = explanation;
  if (restraint === undefined) return explanation;
  const { isTotal, isOff } = restraint;
  const metrics = explanation.metrics && !isOff;
  // A trusted caller's yes stays one, unless a rule ignores callers.
  const isSpared = facts.parent?.sampled === true && decidedBy !== "rule" && !isTotal;
  if (ratio === 0 || isSpared) return { ...explanation, metrics };
  const lowered = restraint.ratioOf(ratio ?? 1);
  const of = ratio === undefined && !isTotal ? " of those that it samples" : "";
  return {
    ...explanation,
    metrics,
    ratio: of === "" ? lowered : undefined,
    steps: [...steps, `restrained, as overhead() says: ${percent(lowered)}${of} are sampled`],
  };
}

function unrestrainedExplanation(facts: SamplingFacts, parts: ExplainParts): Explanation {
  const { sampling, isOn, traceProbes } = parts;
  const tree = parentTree(sampling.sampler);
  const rule = sampling.rules?.match(facts)?.rule;
  const steps: string[] = [];
  const answer = (decidedBy: Explanation["decidedBy"], ratio: number | undefined, by?: CompiledRule): Explanation => ({
    decidedBy,
    rule: by?.name,
    ruleIndex: by?.index,
    ratio,
    keep: isOn ? keepOf(facts, rule, sampling) : undefined,
    lane: rule?.lane,
    metrics: rule?.metrics !== false,
    steps,
  });
  const byRule = (found: CompiledRule): Explanation => {
    const chance = found.chance(facts, tree.root);
    const { index, name, minPerMinute } = found;
    const floor = minPerMinute === 0 ? "" : `, and the first ${minPerMinute} of each minute and route`;
    steps.push(`rules[${index}] "${name}" matches: ${percent(chance)} are sampled${floor}`);
    if (!found.isExplicit && isHeldBackProbe()) return asProbe();
    return answer("rule", chance, found);
  };
  const byDefault = (): Explanation => {
    const chance = tree.chance(facts);
    steps.push(`${sampling.sampler.description} decides: ${percent(chance)} are sampled`);
    return answer("default", chance);
  };
  const isHeldBackProbe = (): boolean => !traceProbes && isProbe(facts.header("user-agent"));
  const asProbe = (): Explanation => {
    steps.push("its user agent is a health check's: not sampled, unless a rule for more than everything matches");
    return answer("probe", 0);
  };

  if (!isOn) {
    steps.push("tracing is switched off");
    return answer("switched-off", 0);
  }
  if (parts.tickets !== undefined && parts.tickets.areBrought(facts, parts.ticketHeader)) {
    steps.push("it brings a ticket for such requests: sampled, as often as the ticket says");
    return answer("ticket", 1);
  }
  if (rule?.ignoreParent === true) return byRule(rule);
  if (facts.parent !== undefined) {
    steps.push(`its caller decided: ${facts.parent.sampled ? "sampled" : "not sampled"}`);
    if (tree.branchOf(facts.parent) === undefined) return answer("parent", tree.chance(facts));
    return byDefault();
  }
  steps.push("no caller decided");
  const { trace, ratio } = facts.route?.options ?? {};
  if (trace === false || ratio !== undefined) {
    steps.push(trace === false ? "the route itself says trace: false" : `the route itself says ratio: ${ratio}`);
    return answer("route", trace === false ? 0 : ratio);
  }
  if (rule !== undefined) return byRule(rule);
  if (sampling.rules !== undefined) steps.push("no rule matches");
  return isHeldBackProbe() ? asProbe() : byDefault();
}

function factsOf(request: ExplainRequest, clock: Clock): SamplingFacts {
  // From JavaScript it may be anything, and what is no text is not there.
  const given: Partial<Record<keyof ExplainRequest, unknown>> = typeof request === "object" ? (request ?? {}) : {};
  const [method = "GET", path, route, label] = [given.method, given.path, given.route, given.operation].map(asText);
  const headers = new Map(
    Object.entries(given.headers ?? {}).flatMap(([name, value]): [string, string][] =>
      isHeader(value) ? [[name.toLowerCase(), String(value)]] : [],
    ),
  );
  const { routeOptions } = given;
  const options: RouteOptions = typeof routeOptions === "object" ? (routeOptions ?? {}) : {};
  const caller = headers.get("traceparent");
  const words = caller === undefined ? undefined : parseTraceparent(caller);
  // Without a number it leaves no trace in what is remembered by route.
  const matched: Route | undefined =
    route === undefined && label === undefined
      ? undefined
      : {
          id: -1,
          template: route ?? "",
          options,
          operation: label === undefined ? undefined : { label, spanName: label, attributes: {} },
        };
  return {
    randomHigh: 0,
    randomLow: 0,
    startMs: clock.now(),
    parent: words === undefined ? undefined : { sampled: (words.flags & 1) === 1, remote: true },
    route: matched,
    routePending: false,
    method,
    kind: spanKind.server,
    name: route === undefined ? method : `${method} ${route}`,
    path: path === undefined ? undefined : splitTarget(path).path,
    header: (name) => headers.get(name),
    attribute: () => undefined,
  };
}

/** Sent several times it is a list, which is told as one text with commas. */
function isHeader(value: unknown): value is string | readonly string[] {
  return typeof value === "string" || (Array.isArray(value) && value.every((part) => typeof part === "string"));
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function keepOf(facts: SamplingFacts, rule: CompiledRule | undefined, { keep }: LiveSampling): Explanation["keep"] {
  const terms: KeepTerms = rule?.keep ?? keep.terms;
  if (!keep.couldKeep(facts.route, terms)) return undefined;
  const { errors, aborted, slow, slowerThanMs, trace } = terms;
  return { errors, aborted, slow, slowerThanMs, trace };
}

function percent(chance: number | undefined): string {
  return chance === undefined ? "a share that only the sampler knows" : `${Number((chance * 100).toPrecision(4))} %`;
}
