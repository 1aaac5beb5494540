import { AsyncLocalStorage } from "node:async_hooks";
import type { Context, Tracer } from "@opentelemetry/api";
import type { LimitSettings } from "../limits/span-limits.ts";
import { type HandClock, handClock } from "../metrics/testing/test-metrics.ts";
import type { Decision } from "../model/sampling/decision.ts";
import { RandomPool, type RandomSource } from "../model/random.ts";
import type { SamplingFacts } from "../model/sampling/sampler.ts";
import type { SpanData } from "../model/span-data.ts";
import { spanData } from "./span-data.ts";
import { Tally } from "../tally/tally.ts";
import { AsyncContextManager } from "../tracing/context/async-context-manager.ts";
import { EngineTracerProvider } from "../tracing/tracer-provider.ts";
import { spanBytes } from "../tracing/span/span-bytes.ts";
import { HeldSpans } from "../tracing/span/held-spans.ts";
import { Tracing, type TracingSettings } from "../tracing/span/tracing.ts";

export const testLimits: LimitSettings = {
  valueLength: 1_024,
  truncateMarker: "...",
  arrayItems: 100,
  attributes: 64,
  events: 128,
  links: 32,
  eventAttributes: 64,
  linkAttributes: 64,
  names: undefined,
};

/** Room for so many finished spans without attributes. */
export function roomFor(spans: number): HeldSpans {
  return new HeldSpans(spans * spanBytes(spanData({ attributes: [] })));
}

/** The same bits in every run. */
export function seededRandom(seed = 1): RandomSource {
  let state = seed;
  return (target) => {
    for (let i = 0; i < target.length; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
      target[i] = state ^ (state >>> 15);
    }
  };
}

export interface TestTracing {
  readonly tracing: Tracing;
  readonly provider: EngineTracerProvider;
  readonly tracer: Tracer;
  readonly contexts: AsyncContextManager;
  readonly storage: AsyncLocalStorage<Context>;
  readonly clock: HandClock;
  readonly random: RandomPool;
  /** Finished spans that are kept, in the order they ended. */
  readonly written: SpanData[];
  /** The lane of each, where it has one. */
  readonly lanes: (string | undefined)[];
  readonly drops: Tally;
  /** What the engine said. */
  readonly lines: string[];
}

export type TestTracingSettings = Partial<Omit<TracingSettings, "limits">> & {
  readonly limits?: Partial<LimitSettings>;
};

const always: Decision = { sampled: true, reason: "always-on" };

/** A tracing room that samples all, on a clock that stands still. */
export function testTracing({ limits, ...settings }: TestTracingSettings = {}): TestTracing {
  const clock = handClock();
  const random = new RandomPool(seededRandom());
  const written: SpanData[] = [];
  const lanes: (string | undefined)[] = [];
  const drops = new Tally();
  const lines: string[] = [];
  const storage = new AsyncLocalStorage<Context>();
  const contexts = new AsyncContextManager(storage);
  const tracing = new Tracing({
    clock,
    random,
    limits: { ...testLimits, ...limits },
    maxSpansPerRequest: 1_000,
    maxSpanAgeMs: 600_000,
    maxLiveSpans: 1_000,
    held: new HeldSpans(),
    sink: {
      write(span, lane) {
        written.push(span);
        lanes.push(lane);
      },
    },
    decide: (_facts: SamplingFacts) => always,
    drops,
    faults: new Tally(),
    diagnostics: { info: (line) => lines.push(line), warn: (line) => lines.push(line) },
    ...settings,
  });
  const provider = new EngineTracerProvider(tracing, contexts, () => Promise.resolve());
  return {
    tracing,
    provider,
    tracer: provider.getTracer("shop", "1.2.3"),
    contexts,
    storage,
    clock,
    random,
    written,
    lanes,
    drops,
    lines,
  };
}
