import { type Span, SpanStatusCode } from "@opentelemetry/api";
import type { ErrorTypeOf } from "./error-categories.ts";
import { errorMessageOf, errorTypeOf as classOf } from "./exception-attributes.ts";

/** What is done to a span as it ends. */
export type EndingSpan = Pick<Span, "isRecording" | "setAttribute" | "setStatus" | "end">;

/**
 * Runs `fn` and ends the span with it: at its return or throw, or when the promise that it gave settles. The value and the error pass unchanged.
 *
 * An error is on the span once, as `error.type` and as the message of its status: no event, and no stack, which is for logs.
 */
export function runInSpan<T, S extends EndingSpan>(span: S, fn: (span: S) => T, errorTypeOf: ErrorTypeOf = classOf): T {
  let result: T;
  try {
    result = fn(span);
    if (isThenable(result)) return follow(span, result, errorTypeOf) as T;
  } catch (error) {
    endFailed(span, error, errorTypeOf);
    throw error;
  }
  span.end();
  return result;
}

/**
 * The promise that is handed back is the one that was listened to: a rejection nobody handles stays one, and a lazy thenable, such as a
 * query builder, is asked once.
 */
function follow<T>(span: EndingSpan, promise: PromiseLike<T>, errorTypeOf: ErrorTypeOf): PromiseLike<T> {
  return promise.then(
    (value) => {
      span.end();
      return value;
    },
    (error: unknown) => {
      endFailed(span, error, errorTypeOf);
      throw error;
    },
  );
}

function endFailed(span: EndingSpan, error: unknown, errorTypeOf: ErrorTypeOf): void {
  if (span.isRecording()) {
    span.setAttribute("error.type", errorTypeOf(error));
    span.setStatus({ code: SpanStatusCode.ERROR, message: errorMessageOf(error) ?? "" });
  }
  span.end();
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  try {
    return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
  } catch {
    // What cannot even be asked is handed back as it is.
    return false;
  }
}
