import {
  type Attributes,
  type Context,
  isSpanContextValid,
  type Span,
  type TraceState,
  trace,
} from "@opentelemetry/api";
import type { AttributeValue } from "../../model/attributes.ts";
import { createClock } from "../../model/clock.ts";
import { callable } from "../../model/checks/checks.ts";
import { readOptions } from "../../model/checks/read-members.ts";
import { word32 } from "../../model/ids.ts";
import { type Route, RouteTable } from "../../model/route.ts";
import type { SamplerLike, SamplingFacts } from "../../model/sampling/sampler.ts";
import { toSampler } from "../../sampling/samplers/to-sampler.ts";
import { childSampling } from "../../sampling/samplers/child-sampling.ts";
import { readOtelState, writeThreshold } from "../../sampling/threshold/tracestate.ts";
import { parseTraceState, traceStateText } from "../propagation/trace-state.ts";
import { headerIn, methodIn, pathIn, textIn } from "../span/http-span-facts.ts";

/** A sampler as the SDKs of OpenTelemetry 2 and 3 take one. */
export interface OtelSampler {
  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: number,
    attributes: Attributes,
    links: unknown[],
  ): OtelSamplingResult;
  toString(): string;
}

export interface OtelSamplingResult {
  /** 0: not recorded, 2: recorded and sampled. */
  readonly decision: 0 | 2;
  readonly attributes?: Readonly<Record<string, string | number>>;
  readonly traceState?: TraceState;
}

export interface OtelSamplerOptions {
  /** Monotonic milliseconds, for samplers that go by time. @default the clock of the process */
  readonly now?: () => number;
}

const notRecorded = 0;
const recordedAndSampled = 2;
/** How deep a span is, told on it so that its children know, where a sampler asks for it. */
const depthKey = "sampling.depth";

/**
 * A sampler of ours, or a function, for an SDK of OpenTelemetry.
 *
 * It is asked for every span, roots and children: wrap it in `parentBased()` to have children follow. R is the `rv` of the tracestate, else the last
 * 56 bits of the trace id; `th` is written when the whole decision was one threshold. Requests are known by the attributes their span starts with:
 * `http.request.method`, `http.route`, `url.path`, `server.address` and `http.request.header.<name>`; the older names of the first four too. Most
 * instrumentations do not know the route yet. A sampler that throws samples nothing. What is no sampler is an `OptionError`, at once.
 */
export function toOtelSampler(like: SamplerLike, options: OtelSamplerOptions = {}): OtelSampler {
  const sampler = toSampler(like);
  const { now = createClock().now } = readOptions<OtelSamplerOptions>(options, "toOtelSampler", { now: callable() });
  const routes = new RouteTable();
  const tellsDepth = childSampling(sampler) !== undefined;
  return {
    shouldSample(context, traceId, spanName, spanKind, attributes) {
      try {
        const facts = new SpanFacts({ context, traceId, name: spanName, kind: spanKind, attributes, routes, now });
        const { sampled, reason, rule, ratio, threshold } = sampler.decide(facts);
        if (!sampled) return { decision: notRecorded, ...stateOf(facts, undefined) };
        return {
          decision: recordedAndSampled,
          attributes: {
            "sampling.reason": reason,
            ...(rule === undefined ? {} : { "sampling.rule": rule }),
            ...(ratio === undefined ? {} : { "sampling.ratio": ratio }),
            ...(tellsDepth ? { [depthKey]: facts.depth } : {}),
          },
          ...stateOf(facts, threshold),
        };
      } catch {
        return { decision: notRecorded };
      }
    },
    toString: () => `Gossamer{${sampler.description}}`,
  };
}

/** The tracestate that goes on, when there is one. An SDK takes the parent's for one that is not there, so an empty one is told as well. */
function stateOf({ callerState }: SpanFacts, threshold: string | undefined): { readonly traceState?: TraceState } {
  const state = writeThreshold(traceStateText(callerState), threshold);
  const traceState = state === "" ? callerState?.unset("ot") : parseTraceState(state);
  return traceState === undefined ? {} : { traceState };
}

interface SpanStart {
  readonly context: Context;
  readonly traceId: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: Attributes;
  readonly routes: RouteTable;
  readonly now: () => number;
}

/** What an SDK tells of a span that is about to start. */
class SpanFacts implements SamplingFacts {
  readonly name: string;
  readonly kind: number;
  readonly callerState: TraceState | undefined;
  readonly parent: SamplingFacts["parent"];
  readonly randomHigh: number;
  readonly randomLow: number;
  readonly #start: SpanStart;
  readonly #parentSpan: Span | undefined;

  constructor(start: SpanStart) {
    this.#start = start;
    this.name = start.name;
    this.kind = start.kind;
    this.#parentSpan = trace.getSpan(start.context);
    const caller = this.#parentSpan?.spanContext();
    const isValid = caller !== undefined && isSpanContextValid(caller);
    this.callerState = isValid ? caller.traceState : undefined;
    const otel = readOtelState(traceStateText(this.callerState));
    this.parent = isValid
      ? { sampled: (caller.traceFlags & 1) === 1, remote: caller.isRemote === true, threshold: otel?.threshold }
      : undefined;
    this.randomHigh = otel?.randomHigh ?? word32(start.traceId, 16) & 0xff_ffff;
    this.randomLow = otel?.randomLow ?? word32(start.traceId, 24);
  }

  get startMs(): number {
    return this.#start.now();
  }

  get depth(): number {
    if (this.parent === undefined || this.parent.remote) return 0;
    const { attributes } = this.#parentSpan as { attributes?: Attributes };
    const above = attributes?.[depthKey];
    return typeof above === "number" ? above + 1 : 1;
  }

  get route(): Route | undefined {
    const template = textIn(this.#start.attributes, "http.route");
    return template === undefined ? undefined : this.#start.routes.get(template);
  }

  get method(): string {
    return methodIn(this.#start.attributes);
  }

  get path(): string | undefined {
    return pathIn(this.#start.attributes);
  }

  header(name: string): string | undefined {
    return headerIn(this.#start.attributes, name);
  }

  attribute(key: string): AttributeValue | undefined {
    return this.#start.attributes[key] as AttributeValue | undefined;
  }
}
