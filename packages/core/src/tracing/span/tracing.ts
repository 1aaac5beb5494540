import type { LimitSettings } from "../../limits/span-limits.ts";
import type { Clock } from "../../model/clock.ts";
import type { TraceWords } from "../../model/ids.ts";
import type { Decision } from "../../model/sampling/decision.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import type { RandomPool } from "../../model/random.ts";
import type { SpanData } from "../../model/span-data.ts";
import { writeThreshold } from "../../sampling/threshold/tracestate.ts";
import type { ChildSampling } from "../../sampling/samplers/child-sampling.ts";
import type { TokenBucket } from "../../sampling/threshold/token-bucket.ts";
import type { Tally } from "../../tally/tally.ts";
import type { HeldSpans } from "./held-spans.ts";
import { type LiveSpan, LiveSpans } from "./live-spans.ts";
import type { SpanStarts, SpanSink } from "./span-sink.ts";
import type { SamplingFacts } from "../../model/sampling/sampler.ts";

export interface TracingSettings {
  readonly clock: Clock;
  readonly random: RandomPool;
  readonly limits: LimitSettings;
  readonly maxSpansPerRequest: number;
  readonly maxSpanAgeMs: number;
  readonly maxLiveSpans: number;
  /** The finished spans that wait for the end of their job or request. */
  readonly held: HeldSpans;
  /** The bound over all spans, when there is one. */
  readonly spanLimit?: TokenBucket | undefined;
  readonly sink: SpanSink;
  /** Decides on child spans one by one, where the sampler does. Read for each. */
  readonly tiers?: { readonly inForce: ChildSampling | undefined } | undefined;
  /** Told of recorded spans as they begin; undefined when nobody listens. */
  readonly starts?: SpanStarts | undefined;
  /** Decides on a root span that no request made. Never throws. */
  readonly decide: (facts: SamplingFacts) => Decision;
  /** Takes the drops: `trace-full`, `span-limit`, `restrained`. */
  readonly drops: Tally;
  /** Counts what was given to the API and cannot be used, by place. */
  readonly faults: Tally;
  readonly diagnostics: Diagnostics;
}

/** What all spans of a process share: settings, the open ones, and the way out. */
export class Tracing {
  readonly clock: Clock;
  readonly random: RandomPool;
  readonly limits: LimitSettings;
  readonly live: LiveSpans;
  readonly held: HeldSpans;
  readonly faults: Tally;
  readonly decide: (facts: SamplingFacts) => Decision;
  readonly starts: SpanStarts | undefined;
  /** Where spans go that no request made; another one while somebody looks on. */
  sink: SpanSink;
  /** Spans that were started and recorded, since the process began. */
  started = 0;
  /** Those of them that are roots of jobs, which were decided on as requests are. */
  startedRoots = 0;
  /** Spans that were open too long and ended in their owner's place. */
  leaked = 0;
  /** While there is less telemetry: spans of one trace; undefined otherwise. */
  restrainedSpans: number | undefined = undefined;
  /** Told of each child span that is dropped before it is written, by the words of its trace; undefined while nobody looks on. */
  dropped: ((trace: TraceWords) => void) | undefined = undefined;
  readonly #settings: TracingSettings;
  #lastDecision: Decision | undefined = undefined;
  #lastState = "";
  readonly #named = new Set<string>();

  constructor(settings: TracingSettings) {
    this.#settings = settings;
    this.clock = settings.clock;
    this.random = settings.random;
    this.limits = settings.limits;
    this.held = settings.held;
    this.faults = settings.faults;
    this.decide = settings.decide;
    this.starts = settings.starts;
    this.sink = settings.sink;
    this.live = new LiveSpans({
      maxSpanAgeMs: settings.maxSpanAgeMs,
      maxLiveSpans: settings.maxLiveSpans,
      leaked: (span) => this.#tellLeak(span),
    });
  }

  /** Decides on child spans one by one; undefined where they follow their root. */
  get tiers(): ChildSampling | undefined {
    return this.#settings.tiers?.inForce;
  }

  /** The tracestate of a trace that begins here by a decision. Most decisions are the one before. */
  rootState(decision: Decision): string {
    if (decision !== this.#lastDecision) {
      this.#lastDecision = decision;
      this.#lastState = writeThreshold("", decision.sampled ? decision.threshold : undefined);
    }
    return this.#lastState;
  }

  /** Whether a trace that holds `spans` child spans may have one more. What somebody asked for by a ticket is whole while all else is less. */
  takePlace(spans: number, held = false, isWhole = false): boolean {
    const { maxSpansPerRequest, drops } = this.#settings;
    if (spans >= maxSpansPerRequest) {
      drops.add("trace-full");
      return false;
    }
    if (!isWhole && this.restrainedSpans !== undefined && spans >= this.restrainedSpans) {
      drops.add("restrained");
      return false;
    }
    return held || this.admit();
  }

  /** Whether the bound over all spans lets one more through. What is held asks when it is kept. */
  admit(): boolean {
    const { spanLimit, drops } = this.#settings;
    if (spanLimit === undefined || spanLimit.take(1, this.clock.now())) return true;
    drops.add("span-limit");
    return false;
  }

  write(span: SpanData, lane?: string): void {
    this.sink.write(span, lane);
  }

  #tellLeak(span: LiveSpan): void {
    this.leaked++;
    // Each name once, and not more names than an operator would read.
    if (this.#named.has(span.name) || this.#named.size >= 20) return;
    this.#named.add(span.name);
    this.#settings.diagnostics.warn(
      `span "${span.name.slice(0, 100)}" was never ended; it was ended after ${this.#settings.maxSpanAgeMs} ms or with more than ${this.#settings.maxLiveSpans} spans open`,
      "GSM_SPAN_LEAKED",
    );
  }
}
