import type { Span } from "@opentelemetry/api";
import type { SpanData } from "../model/span-data.ts";
import { type ChildFate, type TraceRoot } from "./trace-root.ts";
import type { Tracing } from "./tracing.ts";
import { UnsampledSpan } from "./unsampled-span.ts";

export interface TraceIdentity {
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
  readonly flags: number;
  readonly traceState: string;
}

/** A trace that no request made: a job, a message, a script. It was decided when its root span started. */
export class LocalTrace implements TraceRoot {
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
  readonly flags: number;
  readonly traceState: string;
  readonly unsampledChild: Span;
  readonly #tracing: Tracing;
  readonly #sampled: boolean;
  #spans = 0;

  constructor(tracing: Tracing, identity: TraceIdentity, s0: number, s1: number) {
    this.t0 = identity.t0;
    this.t1 = identity.t1;
    this.t2 = identity.t2;
    this.t3 = identity.t3;
    this.flags = identity.flags;
    this.traceState = identity.traceState;
    this.#tracing = tracing;
    this.#sampled = (identity.flags & 1) === 1;
    this.unsampledChild = new UnsampledSpan(this, s0, s1);
  }

  childFate(): ChildFate {
    return this.#sampled ? "recorded" : "unsampled";
  }

  takePlace(): boolean {
    return this.#tracing.takePlace(this.#spans++);
  }

  finish(span: SpanData): void {
    this.#tracing.write(span);
  }
}
