import type { EventEmitter } from "node:events";
import type { Exchange, SpanHelperOptions, Telemetry, TelemetryStatus } from "@gossamer/core";
import { Inject, Injectable } from "@nestjs/common";
import type { Attributes, Span, Tracer } from "@opentelemetry/api";
import { TELEMETRY } from "./telemetry-token.ts";

/** What a service says to its telemetry, injectable everywhere the module is imported. */
@Injectable()
export class TelemetryService {
  /** The engine itself, for all that is not here. */
  readonly engine: Telemetry;

  constructor(@Inject(TELEMETRY) engine: Telemetry) {
    this.engine = engine;
  }

  /** Spans for the service's own code, under its own name. */
  get tracer(): Tracer {
    return this.engine.tracer;
  }

  /** Runs a step as a span, which is active meanwhile and ends with it: at its return, or when its promise settles. What it throws is thrown on. */
  span<T>(name: string, fn: (span: Span) => T): T;
  span<T>(name: string, options: SpanHelperOptions, fn: (span: Span) => T): T;
  span<T>(name: string, ...rest: [(span: Span) => T] | [SpanHelperOptions, (span: Span) => T]): T {
    return rest.length === 1 ? this.engine.span(name, rest[0]) : this.engine.span(name, rest[0], rest[1]);
  }

  /** Puts attributes on the span of the active request; as a function they are only made if it can still matter. */
  annotate(attributes: Attributes | (() => Attributes)): void {
    this.engine.annotate(attributes);
  }

  /** The active trace's id, of a request that is not sampled too; asking decides nothing. Undefined outside. */
  traceId(): string | undefined {
    return this.engine.traceId();
  }

  /** The active request, until it has ended. */
  current(): Exchange | undefined {
    return this.engine.current();
  }

  /** Ties a function, or every listener of an emitter, to the context that is active now. */
  bind<T extends EventEmitter | ((...args: never[]) => unknown)>(target: T): T {
    return this.engine.bind(target);
  }

  /** What happened so far: decisions, spans, exports, drops by reason. */
  status(): TelemetryStatus {
    return this.engine.status();
  }

  /** Sends all that is there now. False when the deadline came first. @default 5000 */
  flush(deadlineMs?: number): Promise<boolean> {
    return this.engine.flush(deadlineMs);
  }
}
