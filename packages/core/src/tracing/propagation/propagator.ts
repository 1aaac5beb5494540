import {
  type Context,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from "@opentelemetry/api";
import type { Propagator } from "../../model/choices.ts";
import type { RandomPool } from "../../model/random.ts";
import type { Tally } from "../../tally/tally.ts";
import type { BaggageLimits } from "./baggage.ts";
import { spanKey } from "../context/context-keys.ts";
import { createBaggagePropagator } from "./baggage-propagator.ts";
import { isHeaderValue, isToken } from "./header-text.ts";
import { createTicketPropagator } from "./ticket-propagator.ts";
import { traceContextPropagator } from "./trace-context-propagator.ts";

export interface PropagationParts {
  /** Takes what is dropped on purpose: `baggage-…`, and `header` for one that Node would refuse. */
  readonly drops: Tally;
  /** Takes, as `propagator`, one that threw. */
  readonly faults: Tally;
  /** For the span ids that outgoing calls of unsampled requests carry. */
  readonly random: RandomPool;
  /** @default what W3C asks everyone to pass on */
  readonly baggage?: BaggageLimits | undefined;
  /** The header of tickets, which go where trace context goes; undefined where there are none. */
  readonly ticketHeader?: string | undefined;
}

/**
 * One propagator of the named ones, in their order, and no others. One that throws does not keep the rest from running.
 *
 * @throws RangeError for a name that is none.
 */
export function createPropagator(propagators: readonly Propagator[], parts: PropagationParts): TextMapPropagator {
  return new CompositePropagator(
    propagators.flatMap((propagator) => partOf(propagator, parts)),
    parts,
  );
}

function partOf(propagator: Propagator, { drops, baggage, ticketHeader }: PropagationParts): TextMapPropagator[] {
  switch (propagator) {
    case "tracecontext":
      return ticketHeader === undefined
        ? [traceContextPropagator]
        : [traceContextPropagator, createTicketPropagator(ticketHeader)];
    case "baggage":
      return [createBaggagePropagator(drops, baggage)];
    case "none":
      return [];
    default:
      if (typeof propagator === "string")
        throw new RangeError(`A propagator must be tracecontext, baggage or none, got '${String(propagator)}'.`);
      return [new CheckedPropagator(propagator, drops)];
  }
}

class CompositePropagator implements TextMapPropagator {
  readonly #parts: readonly TextMapPropagator[];
  readonly #faults: Tally;
  readonly #random: RandomPool;

  constructor(parts: readonly TextMapPropagator[], { faults, random }: Pick<PropagationParts, "faults" | "random">) {
    this.#parts = parts;
    this.#faults = faults;
    this.#random = random;
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const sent = this.#sent(context);
    if (sent === undefined) return;
    for (const part of this.#parts) {
      try {
        part.inject(sent, carrier, setter);
      } catch {
        this.#faults.add("propagator");
      }
    }
  }

  /** The context with the id that all parts tell; undefined for what is no context. */
  #sent(context: Context): Context | undefined {
    try {
      const span = context.getValue(spanKey);
      return isShared(span) ? trace.setSpanContext(context, span.sentContext(this.#random)) : context;
    } catch {
      this.#faults.add("propagator");
      return undefined;
    }
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    let result = context;
    for (const part of this.#parts) {
      try {
        result = part.extract(result, carrier, getter) ?? result;
      } catch {
        this.#faults.add("propagator");
      }
    }
    return result;
  }

  fields(): string[] {
    const fields = new Set<string>();
    for (const part of this.#parts) {
      try {
        for (const field of part.fields()) fields.add(field);
      } catch {
        this.#faults.add("propagator");
      }
    }
    return [...fields];
  }
}

/** A span that stands for many, and tells each message an id of its own. */
export interface SharedSpan {
  sentContext(random: RandomPool): SpanContext;
}

function isShared(span: unknown): span is SharedSpan {
  return typeof span === "object" && span !== null && "sentContext" in span;
}

/** A user's propagator, whose headers are checked before the carrier sees them. */
class CheckedPropagator implements TextMapPropagator {
  readonly #inner: TextMapPropagator;
  readonly #drops: Tally;

  constructor(inner: TextMapPropagator, drops: Tally) {
    this.#inner = inner;
    this.#drops = drops;
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    this.#inner.inject(context, carrier, {
      set: (target, key, value) => {
        if (isToken(key) && isHeaderValue(value)) setter.set(target, key, value);
        else this.#drops.add("header");
      },
    });
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    return this.#inner.extract(context, carrier, getter);
  }

  fields(): string[] {
    return this.#inner.fields();
  }
}
