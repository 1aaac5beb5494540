import type { LineEnding } from "../logging/request-log.ts";
import type { Decision } from "../model/decision.ts";
import type { FinishedRequest, SpanEnd } from "./finished-request.ts";

/** How a request ended, for whoever keeps it, for its span and for its log line. Made only where one of them asks. */
export interface RequestEnd extends SpanEnd, LineEnding {
  /** When the head of a stream left, on the monotonic clock; undefined where the response was none. */
  readonly headMs: number | undefined;
  /** The request's own; once it is kept that of the rule for it. `joined` where somebody else's span stands for the request. */
  decision: Decision;
  /** Whether it is sampled, or kept by now. */
  traced: boolean;
}

/** The duration that is measured; of a stream the time to its head. */
export function durationOf({ startMs }: Pick<FinishedRequest, "startMs">, { headMs, endMs }: RequestEnd): number {
  return (headMs ?? endMs) - startMs;
}
