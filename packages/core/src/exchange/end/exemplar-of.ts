import type { OfferedExemplar } from "../../metrics/cells/exemplar-slots.ts";
import type { SpanWords } from "../../model/ids.ts";
import { durationOf, type FinishedRequest, type RequestEnd } from "../span/finished-request.ts";

/** A request as the example of its duration. Failed and slow ones are worth more than others. */
export function exemplarOf(
  span: SpanWords,
  request: Pick<FinishedRequest, "startMs">,
  end: RequestEnd,
): OfferedExemplar {
  const { host, errorType, route, rule } = end;
  const durationMs = durationOf(request, end);
  return {
    value: durationMs / 1000,
    timeMs: host.clock.epochMs(request.startMs + durationMs),
    span,
    isNotable: errorType !== undefined || host.keep.isSlow(durationMs, route, rule?.keep),
  };
}
