import type { SpanHelperOptions, TelemetryEngine } from "@gossamer/core/adapter";
import { isObservable, Observable } from "rxjs";

/**
 * Runs a step as a span. One that answers an Observable has not done its work when it returns: then the span lasts until the first subscription
 * completes, fails or is left, and what runs in the subscription runs in the span.
 */
export function runSpanned<T>(telemetry: TelemetryEngine, name: string, options: SpanHelperOptions, step: () => T): T {
  let answer: T | undefined;
  const result = telemetry.span(name, options, () => {
    const answered = step();
    if (!isObservable(answered)) return answered;
    const { observable, over } = followed(telemetry, answered);
    answer = observable as T;
    return over;
  });
  if (answer === undefined) return result as T;
  // The subscriber is told of the failure; the span has it too.
  (result as Promise<void>).catch(() => {});
  return answer;
}

interface Followed {
  readonly observable: Observable<unknown>;
  /** Settles as the first subscription ends. */
  readonly over: Promise<void>;
}

function followed(telemetry: TelemetryEngine, source: Observable<unknown>): Followed {
  let end!: { resolve: () => void; reject: (error: unknown) => void };
  const over = new Promise<void>((resolve, reject) => {
    end = { resolve, reject };
  });
  const inSpan = telemetry.bind((subscribe: () => void) => {
    subscribe();
  });
  const observable = new Observable<unknown>((subscriber) => {
    inSpan(() => {
      subscriber.add(
        source.subscribe({
          next: (value) => {
            subscriber.next(value);
          },
          error: (error: unknown) => {
            end.reject(error);
            subscriber.error(error);
          },
          complete: () => {
            end.resolve();
            subscriber.complete();
          },
        }),
      );
    });
    return end.resolve;
  });
  return { observable, over };
}
