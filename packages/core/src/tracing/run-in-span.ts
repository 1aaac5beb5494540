import { type Span, SpanStatusCode } from "@opentelemetry/api";
import { errorMessageOf } from "./exception-attributes.ts";

/** Runs `fn` and ends the span with it: at its return or throw, or when the promise that it gave settles. The value and the error pass unchanged. */
export function runInSpan<T>(span: Span, fn: (span: Span) => T): T {
  let result: T;
  try {
    result = fn(span);
  } catch (error) {
    endFailed(span, error);
    throw error;
  }
  if (!isThenable(result)) {
    span.end();
    return result;
  }
  // The promise itself is handed back, so that the caller gets the very object that `fn` made.
  result.then(
    () => span.end(),
    (error: unknown) => endFailed(span, error),
  );
  return result;
}

function endFailed(span: Span, error: unknown): void {
  if (span.isRecording()) {
    span.recordException(error as Error);
    span.setStatus({ code: SpanStatusCode.ERROR, message: errorMessageOf(error) ?? "" });
  }
  span.end();
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
