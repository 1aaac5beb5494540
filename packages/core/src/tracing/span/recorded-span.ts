import type { SpanContext, SpanOptions, TimeInput } from "@opentelemetry/api";
import { nameText } from "../../limits/name-text.ts";
import type { LimitSettings } from "../../limits/span-limits.ts";
import type { Clock } from "../../model/clock.ts";
import type { Decision } from "../../model/sampling/decision.ts";
import type { SpanFate } from "../../model/exemplar-span.ts";
import type { Scope } from "../../model/scope.ts";
import { type SpanData, spanKind } from "../../model/span-data.ts";
import type { Tally } from "../../tally/tally.ts";
import type { LiveSpan } from "./live-spans.ts";
import { NotedSpan } from "./noted-span.ts";
import { decidedSpanContext, lazySpanContext } from "./span-context-of.ts";
import { monotonicTime } from "./time-input.ts";
import type { TraceRoot } from "./trace-root.ts";
import type { Tracing } from "./tracing.ts";

/** What a span is born with. */
export interface SpanStart {
  readonly name: string;
  readonly scope: Scope;
  readonly options: SpanOptions;
  /** The span id of the parent, zeros for a root. */
  readonly p0: number;
  readonly p1: number;
  readonly parentIsRemote: boolean;
  /** Whether the decision on the trace is still open, or is no and may still turn into a keep. */
  readonly held: boolean;
  /** How many spans of this process are above it. */
  readonly depth: number;
  /** Its own decision, where children are decided one by one. */
  readonly decision?: Decision | undefined;
}

const sampledFlag = 1;
const remoteParentFlag = 512;

/** JavaScript may give anything; on the wire it has to be one of five. */
function kindOf(kind: unknown): number {
  return kind === 1 || kind === 2 || kind === 3 || kind === 4 ? kind : spanKind.internal;
}

/** A span that is recorded, open from its making on. It ends once, and what is set after its end is ignored. */
export class RecordedSpan extends NotedSpan implements SpanData, LiveSpan {
  readonly trace: TraceRoot;
  readonly s0: number;
  readonly s1: number;
  readonly p0: number;
  readonly p1: number;
  readonly kind: number;
  readonly scope: Scope;
  readonly depth: number;
  readonly routeBlock = undefined;
  readonly peerBlock = undefined;
  readonly startMs: number;
  name: string;
  endMs = 0;
  older: LiveSpan | undefined = undefined;
  newer: LiveSpan | undefined = undefined;
  readonly #tracing: Tracing;
  readonly #held: boolean;
  readonly #decision: Decision | undefined;
  readonly #parentFlag: number;
  /** Set where the start time was given. */
  #openedMs: number | undefined = undefined;
  #ended = false;
  #spanContext: SpanContext | undefined = undefined;

  constructor(tracing: Tracing, trace: TraceRoot, start: SpanStart) {
    super();
    this.#tracing = tracing;
    this.trace = trace;
    this.s0 = tracing.random.take();
    this.s1 = tracing.random.take() || 1;
    this.p0 = start.p0;
    this.p1 = start.p1;
    this.#parentFlag = start.parentIsRemote ? remoteParentFlag : 0;
    this.name = start.name;
    this.kind = kindOf(start.options.kind);
    this.scope = start.scope;
    this.depth = start.depth;
    this.#decision = start.decision;
    this.#held = start.held;
    const openedMs = tracing.clock.now();
    const { startTime, attributes, links } = start.options;
    if (startTime === undefined) {
      this.startMs = openedMs;
    } else {
      this.startMs = monotonicTime(startTime, tracing.clock);
      this.#openedMs = openedMs;
    }
    if (attributes !== undefined) this.setAttributes(attributes);
    if (links !== undefined) this.addLinks(links);
    tracing.started++;
    tracing.live.add(this);
  }

  get fate(): SpanFate {
    return this.#held ? this.trace.fate : "written";
  }

  get openedMs(): number {
    return this.#openedMs ?? this.startMs;
  }
  get t0(): number {
    return this.trace.t0;
  }
  get t1(): number {
    return this.trace.t1;
  }
  get t2(): number {
    return this.trace.t2;
  }
  get t3(): number {
    return this.trace.t3;
  }
  get traceState(): string {
    return this.#decision === undefined ? this.trace.traceState : this.trace.stateWith(this.#decision.threshold);
  }
  /** What is written is sampled, whatever its trace said while it was held. */
  get flags(): number {
    return this.trace.flags | sampledFlag | this.#parentFlag;
  }

  spanContext(): SpanContext {
    return (this.#spanContext ??= this.#held
      ? lazySpanContext(this.trace, this.s0, this.s1)
      : decidedSpanContext(this.trace, this.s0, this.s1));
  }

  updateName(name: string): this {
    if (!this.#ended) this.name = nameText(name);
    return this;
  }

  isRecording(): boolean {
    return !this.#ended;
  }

  end(endTime?: TimeInput): void {
    if (this.#ended) return;
    const { clock, live } = this.#tracing;
    this.#ended = true;
    this.endMs = Math.max(this.startMs, endTime === undefined ? clock.now() : monotonicTime(endTime, clock));
    this.lastException = undefined;
    live.remove(this);
    this.trace.finish(this);
  }

  protected limits(): LimitSettings | undefined {
    return this.#ended ? undefined : this.#tracing.limits;
  }

  protected get clock(): Clock {
    return this.#tracing.clock;
  }

  protected get faults(): Tally {
    return this.#tracing.faults;
  }
}
