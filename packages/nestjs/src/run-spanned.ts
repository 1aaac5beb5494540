import type { SpanHelperOptions, TelemetryEngine } from "@gossamer/core/adapter";
import { isObservable, Observable, Subscriber } from "rxjs";

/**
 * Runs a step as a span, and hands back what the step gave, the same object.
 *
 * One that answers an Observable has not done its work when it returns: then the span lasts until the first subscription completes, fails or is left,
 * and what runs in the subscription runs in the span. A Subject, or another class of the service's, is no step: its span ends with the call.
 */
export function runSpanned<T>(telemetry: TelemetryEngine, name: string, options: SpanHelperOptions, step: () => T): T {
  let answer!: T;
  const over = telemetry.span(name, options, () => {
    answer = step();
    return isObservable(answer) && isPlain(answer) ? followFirst(telemetry, answer) : answer;
  });
  // The subscriber is told of the failure; the span has it too.
  if (over !== answer) (over as Promise<void>).catch(() => {});
  return answer;
}

/** Whether it is an Observable itself and none of a class derived from it, and takes a property for a while. */
function isPlain(observable: object): boolean {
  const prototype = Object.getPrototypeOf(observable) as object;
  const above = Object.getPrototypeOf(prototype) as object | null;
  return above !== null && Object.getPrototypeOf(above) === null && Object.isExtensible(observable);
}

/** Answers what settles as the first subscription ends. Until that begins the Observable has a `subscribe` of its own. */
function followFirst(telemetry: TelemetryEngine, source: Observable<unknown>): Promise<void> {
  let settle!: { resolve: () => void; reject: (error: unknown) => void };
  const over = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const inSpan = telemetry.bind((subscribe: () => void) => {
    subscribe();
  });
  const followed = new Observable<unknown>((subscriber) => {
    inSpan(() => {
      source.subscribe(new FollowedSubscriber(subscriber, settle.resolve, settle.reject));
    });
  });
  // Another span may wait for the same subscription.
  const before = Object.getOwnPropertyDescriptor(source, "subscribe");
  Object.defineProperty(source, "subscribe", {
    configurable: true,
    writable: true,
    value(...observer: Parameters<Observable<unknown>["subscribe"]>) {
      if (before === undefined) Reflect.deleteProperty(source, "subscribe");
      else Object.defineProperty(source, "subscribe", before);
      return followed.subscribe(...observer);
    },
  });
  return over;
}

/** Hands on what comes, and is closed as soon as the one it hands on to is, so that a source that runs at once can see that. */
class FollowedSubscriber extends Subscriber<unknown> {
  readonly #ended: () => void;
  readonly #failed: (error: unknown) => void;

  constructor(subscriber: Subscriber<unknown>, ended: () => void, failed: (error: unknown) => void) {
    super(subscriber);
    this.#ended = ended;
    this.#failed = failed;
  }

  override error(error: unknown): void {
    this.#failed(error);
    super.error(error);
  }

  override complete(): void {
    this.#ended();
    super.complete();
  }

  override unsubscribe(): void {
    this.#ended();
    super.unsubscribe();
  }
}
