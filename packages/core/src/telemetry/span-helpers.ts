import type { Attributes, Span, Tracer } from "@opentelemetry/api";
import type { RunsContexts } from "../exchange/incoming/joined-span.ts";
import { limitedRecord, type LimitSettings } from "../limits/span-limits.ts";
import type { FrameworkStep } from "../model/request/request-exchange.ts";
import type { Tally } from "../tally/tally.ts";
import { withSpan } from "../tracing/context/with-span.ts";
import { limitedEnding } from "../tracing/otel-api/guest-tracer.ts";
import type { ErrorTypeOf } from "../tracing/span/error-categories.ts";
import { type EndingSpan, runInSpan } from "../tracing/span/run-in-span.ts";
import { StepSpan } from "../tracing/step-span.ts";
import type { FrameworkStepOptions, SpanHelperOptions } from "./telemetry.ts";

/** What the span helpers of one engine share. */
export interface SpanHelpersHost {
  readonly tracer: Tracer;
  readonly contexts: RunsContexts;
  /** For what we put on the spans of a provider that we are a guest of; undefined for our own spans, which know them. */
  readonly guestLimits: LimitSettings | undefined;
  readonly errorTypeOf: ErrorTypeOf;
  /** Takes `span-options` and `annotate`. */
  readonly faults: Tally;
}

const noSpanOptions: SpanHelperOptions = Object.freeze({});

/** Runs functions inside spans of their own, and annotates spans, whatever untyped code hands in. */
export class SpanHelpers {
  readonly #host: SpanHelpersHost;

  constructor(host: SpanHelpersHost) {
    this.#host = host;
  }

  /** `telemetry.span`. */
  span<T>(name: string, rest: readonly [(span: Span) => T] | readonly [SpanHelperOptions, (span: Span) => T]): T {
    const { contexts, tracer, errorTypeOf } = this.#host;
    const fn = rest.at(-1);
    if (typeof fn !== "function") return this.#noFunction();
    const { attributes, parent, ...options } = rest.length > 1 ? this.#spanOptions(rest[0]) : noSpanOptions;
    const active = contexts.active();
    const context = parent === undefined ? active : withSpan(active, parent);
    const span = tracer.startSpan(name, options, context);
    if (attributes !== undefined && span.isRecording()) this.annotate(span, attributes);
    return contexts.with(withSpan(context, span), () => runInSpan(this.#limited(span), () => fn(span), errorTypeOf));
  }

  /** `telemetry.step`, where steps have spans. */
  step<T>(name: string, { attributes, parent }: FrameworkStepOptions, fn: (step: FrameworkStep) => T): T {
    const { contexts, tracer, errorTypeOf } = this.#host;
    const before = contexts.active();
    const context = parent === undefined ? before : withSpan(before, parent);
    const span = tracer.startSpan(name, {}, context);
    if (attributes !== undefined && span.isRecording()) this.annotate(span, attributes);
    const within = withSpan(context, span);
    return new StepSpan({ span: this.#limited(span), within, before, contexts, errorTypeOf }).run(fn);
  }

  annotate(span: Span, attributes: Attributes | (() => Attributes)): void {
    const { guestLimits, faults } = this.#host;
    try {
      const given = typeof attributes === "function" ? attributes() : attributes;
      // Attributes are noted at once or not at all. A promise of some is nobody's to handle but ours.
      if (given instanceof Promise) {
        given.catch(() => {});
        faults.add("annotate");
        return;
      }
      span.setAttributes(guestLimits === undefined ? given : limitedRecord(given, guestLimits));
    } catch {
      faults.add("annotate");
    }
  }

  /** A call from untyped code. There is nothing to run, and so nothing to measure. */
  #noFunction(): never {
    this.#host.faults.add("span-options");
    return undefined as never;
  }

  /** The function runs whatever its options are: those that cannot be read are none. */
  #spanOptions(given: unknown): SpanHelperOptions {
    try {
      return { ...(given as SpanHelperOptions | null | undefined) };
    } catch {
      this.#host.faults.add("span-options");
      return noSpanOptions;
    }
  }

  /** As a guest we end spans of somebody else's, who does not know our limits. */
  #limited(span: Span): EndingSpan {
    const limits = this.#host.guestLimits;
    return limits === undefined ? span : limitedEnding(span, limits);
  }
}
