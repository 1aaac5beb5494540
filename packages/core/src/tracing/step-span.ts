import type { Context, Span } from "@opentelemetry/api";
import type { FrameworkStep } from "../model/request/request-exchange.ts";
import { spanKey } from "./context/context-keys.ts";
import type { ErrorTypeOf } from "./span/error-categories.ts";
import { endFailed, endUnseen, type EndingSpan, isPromise } from "./span/run-in-span.ts";
import { watchPromise } from "./span/watch-promise.ts";

/** What a step is made of. */
export interface StepParts {
  readonly span: EndingSpan;
  /** The context that the step's function runs in. */
  readonly within: Context;
  /** The one that was active before. */
  readonly before: Context;
  readonly contexts: { active(): Context; with<T>(context: Context, fn: () => T): T };
  readonly errorTypeOf: ErrorTypeOf;
}

/** A span around one step of a framework, ended by what the framework's adapter learns of it. */
export class StepSpan implements FrameworkStep {
  readonly #parts: StepParts;
  #isOver = false;

  constructor(parts: StepParts) {
    this.#parts = parts;
  }

  /** Runs the step's function. What it throws ends the step, and passes unchanged. */
  run<T>(fn: (step: FrameworkStep) => T): T {
    const { contexts, within } = this.#parts;
    return contexts.with(within, () => {
      try {
        return fn(this);
      } catch (error) {
        this.failed(error);
        throw error;
      }
    });
  }

  end(): void {
    if (this.#close()) this.#parts.span.end();
  }

  failed(error: unknown): void {
    if (this.#close()) endFailed(this.#parts.span, error, this.#parts.errorTypeOf);
  }

  follow(result: unknown, untilFailed?: "untilFailed"): boolean {
    if (!isPromise(result)) return false;
    watchPromise(result, {
      fulfilled: () => {
        if (untilFailed === undefined) this.end();
      },
      rejected: (error) => this.failed(error),
      rejectedUnseen: (className) => {
        if (this.#close()) endUnseen(this.#parts.span, className);
      },
    });
    return true;
  }

  leave<T>(next: () => T): T {
    const { contexts, within, before } = this.#parts;
    const active = contexts.active();
    const span = active.getValue(spanKey) as Span | undefined;
    // One that was lost on the way is found again.
    if (active === within || span === undefined) return contexts.with(before, next);
    if (span !== within.getValue(spanKey)) return next();
    return contexts.with(active.setValue(spanKey, before.getValue(spanKey)), next);
  }

  #close(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    return true;
  }
}
