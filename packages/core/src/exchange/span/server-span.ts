import type { SpanContext } from "@opentelemetry/api";
import { nameText } from "../../limits/name-text.ts";
import type { LimitSettings } from "../../limits/span-limits.ts";
import type { AttributeValue } from "../../model/attributes.ts";
import type { Clock } from "../../model/clock.ts";
import type { Tally } from "../../tally/tally.ts";
import type { SpanFate } from "../../model/exemplar-span.ts";
import { NotedSpan } from "../../tracing/span/noted-span.ts";
import { lazySpanContext } from "../../tracing/span/span-context-of.ts";
import type { TraceRoot } from "../../tracing/span/trace-root.ts";
import type { ExchangeHost } from "../host/exchange-host.ts";

/** The trace of a request, as its server span sees it: the exchange itself. */
export interface ServerTrace extends TraceRoot {
  readonly s0: number;
  readonly s1: number;
  readonly ended: boolean;
  readonly isRecording: boolean;
  /** What the span still takes: some notes while it is not sampled and a keep rule could apply, nothing when none could. */
  readonly remembers: "all" | "some" | "nothing";
}

/** What an unsampled request remembers, of each kind, in case it is kept. */
const maxNotes = 16;

/**
 * The server span as handlers see it, sampled or not: ids on demand, and notes that are written only if the request is sampled or kept.
 *
 * It ends with its request; `end` called by a handler changes nothing.
 */
export class ServerSpan extends NotedSpan {
  readonly trace: ServerTrace;
  /** The name a handler gave it. */
  givenName: string | undefined = undefined;
  readonly depth = 0;
  readonly #host: ExchangeHost;
  #spanContext: SpanContext | undefined = undefined;

  constructor(trace: ServerTrace, host: ExchangeHost) {
    super();
    this.trace = trace;
    this.#host = host;
  }

  get fate(): SpanFate {
    return this.trace.fate;
  }
  get s0(): number {
    return this.trace.s0;
  }
  get s1(): number {
    return this.trace.s1;
  }

  spanContext(): SpanContext {
    return (this.#spanContext ??= lazySpanContext(this.trace, this.s0, this.s1));
  }

  override get isBlank(): boolean {
    return this.givenName === undefined && super.isBlank;
  }

  updateName(name: string): this {
    if (!this.trace.ended) this.givenName = nameText(name);
    return this;
  }

  isRecording(): boolean {
    return this.trace.isRecording;
  }

  end(): void {}

  /** The request is over: what was thrown, which often leads to it, is let go. */
  forget(): void {
    this.lastException = undefined;
  }

  attribute(key: string): AttributeValue | undefined {
    for (let i = 0; i < this.attributes.length; i += 2) if (this.attributes[i] === key) return this.attributes[i + 1];
    return undefined;
  }

  /** Leaves the notes that an unsampled request may remember: the first attributes and links, the last events. */
  trimNotes(): void {
    const { attributes, events, links } = this.#host.noteLimits;
    this.droppedAttributesCount += Math.max(0, this.attributes.length / 2 - attributes);
    this.attributes.splice(attributes * 2);
    this.droppedEventsCount += this.events?.splice(0, Math.max(0, this.events.length - events)).length ?? 0;
    this.droppedLinksCount += this.links?.splice(links).length ?? 0;
  }

  protected limits(): LimitSettings | undefined {
    switch (this.trace.remembers) {
      case "all":
        return this.#host.limits;
      case "some":
        return this.#host.noteLimits;
      default:
        return undefined;
    }
  }

  protected get clock(): Clock {
    return this.#host.clock;
  }

  protected get faults(): Tally {
    return this.#host.faults;
  }
}

/** The limits of a span that may or may not be kept. */
export function noteLimits(limits: LimitSettings): LimitSettings {
  return {
    ...limits,
    attributes: Math.min(limits.attributes, maxNotes),
    events: Math.min(limits.events, maxNotes),
    links: Math.min(limits.links, maxNotes),
  };
}
