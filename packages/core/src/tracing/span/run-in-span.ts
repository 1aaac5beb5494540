import { type Span, SpanStatusCode } from "@opentelemetry/api";
import { builtin } from "../../model/builtin.ts";
import type { ErrorTypeOf } from "./error-categories.ts";
import { errorMessageOf, errorTypeOf as classOf } from "../../model/foreign/exception-attributes.ts";
import { watchPromise } from "./watch-promise.ts";

/** What is done to a span as it ends. */
export type EndingSpan = Pick<Span, "isRecording" | "setAttribute" | "setStatus" | "end">;

/**
 * Runs `fn` and ends the span with it: at its return or throw, or when the promise that it gave settles. What it gave is handed back, the same object,
 * and the error passes unchanged.
 *
 * A thenable that is no promise, such as a query builder, may only begin its work when it is asked: it is not touched, and the span ends with the
 * call. An error is on the span once, as `error.type` and as the message of its status: no event, and no stack, which is for logs.
 */
export function runInSpan<T, S extends EndingSpan>(span: S, fn: (span: S) => T, errorTypeOf: ErrorTypeOf = classOf): T {
  let result: T;
  try {
    result = fn(span);
  } catch (error) {
    endFailed(span, error, errorTypeOf);
    throw error;
  }
  if (!isPromise(result)) span.end();
  else {
    watchPromise(result, {
      fulfilled: () => span.end(),
      rejected: (error) => endFailed(span, error, errorTypeOf),
      rejectedUnseen: (className) => endUnseen(span, className),
    });
  }
  return result;
}

/** Ends a span with the error that its work ended with. */
export function endFailed(span: EndingSpan, error: unknown, errorTypeOf: ErrorTypeOf): void {
  if (span.isRecording()) {
    span.setAttribute("error.type", errorTypeOf(error));
    span.setStatus({ code: SpanStatusCode.ERROR, message: errorMessageOf(error) ?? "" });
  }
  span.end();
}

/** Ends a span whose work failed: the convention's word for an error of which nothing is known. */
export function endUnseen(span: EndingSpan, className = "_OTHER"): void {
  if (span.isRecording()) {
    span.setAttribute("error.type", className);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

/** Of this realm or another. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && (types ??= builtin("node:util").types).isPromise(value);
}

let types: typeof import("node:util").types | undefined;
