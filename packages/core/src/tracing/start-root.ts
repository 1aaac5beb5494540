import type { Attributes, Span, SpanContext, SpanOptions } from "@opentelemetry/api";
import type { AttributeValue } from "../model/attributes.ts";
import { word32 } from "../model/ids.ts";
import type { Scope } from "../model/scope.ts";
import type { ParentFacts, SamplingFacts } from "../sampling/sampler.ts";
import { readOtelState, writeThreshold } from "../sampling/tracestate.ts";
import { LocalTrace } from "./local-trace.ts";
import { openSpan } from "./open-span.ts";
import type { Tracing } from "./tracing.ts";

const sampledFlag = 1;
const randomFlag = 2;

/** Starts a span that no request of ours is the parent of: a root, or the continuation of a trace that came with a message. */
export function startRoot(tracing: Tracing, scope: Scope, name: string, options: SpanOptions, parent: SpanContext | undefined): Span {
  const incoming = parent?.traceState?.serialize() ?? "";
  const start = new RootStart(tracing, name, options, parent, incoming);
  const decision = tracing.decide(start);
  const random = parent === undefined ? randomFlag : parent.traceFlags & randomFlag;
  const identity = {
    t0: start.t0,
    t1: start.t1,
    t2: start.t2,
    t3: start.t3,
    flags: random | (decision.sampled ? sampledFlag : 0),
    traceState: writeThreshold(incoming, decision.sampled ? decision.threshold : undefined),
  };
  const up = { s0: start.p0, s1: start.p1, remote: parent?.isRemote === true };
  if (decision.sampled) return openSpan(tracing, new LocalTrace(tracing, identity, 0, 0), scope, name, options, up, false);
  // Not recorded, but a place in the trace all the same: what is called from here carries these ids on.
  return new LocalTrace(tracing, identity, tracing.random.take(), tracing.random.take() || 1).unsampledChild;
}

/** The facts a sampler may ask for, read from the span's options. */
class RootStart implements SamplingFacts {
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
  readonly p0: number;
  readonly p1: number;
  readonly randomHigh: number;
  readonly randomLow: number;
  readonly parent: ParentFacts | undefined;
  readonly route = undefined;
  readonly method = "";
  readonly kind: number;
  readonly name: string;
  readonly #attributes: Attributes | undefined;

  constructor(tracing: Tracing, name: string, options: SpanOptions, parent: SpanContext | undefined, traceState: string) {
    this.name = name;
    this.kind = options.kind ?? 0;
    this.#attributes = options.attributes;
    const state = readOtelState(traceState);
    this.t0 = parent === undefined ? tracing.random.take() : word32(parent.traceId, 0);
    this.t1 = parent === undefined ? tracing.random.take() : word32(parent.traceId, 8);
    this.t2 = parent === undefined ? tracing.random.take() : word32(parent.traceId, 16);
    this.t3 = parent === undefined ? tracing.random.take() : word32(parent.traceId, 24);
    this.p0 = parent === undefined ? 0 : word32(parent.spanId, 0);
    this.p1 = parent === undefined ? 0 : word32(parent.spanId, 8);
    this.randomHigh = state?.randomHigh ?? this.t2 & 0xff_ffff;
    this.randomLow = state?.randomLow ?? this.t3;
    this.parent =
      parent === undefined
        ? undefined
        : { sampled: (parent.traceFlags & sampledFlag) === sampledFlag, remote: parent.isRemote === true, threshold: state?.threshold };
  }

  header(): undefined {
    return undefined;
  }

  attribute(key: string): AttributeValue | undefined {
    return this.#attributes?.[key] as AttributeValue | undefined;
  }
}
