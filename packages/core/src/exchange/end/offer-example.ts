import type { SpanContext } from "@opentelemetry/api";
import type { HttpSeries } from "../../metrics/http/http-server-metrics.ts";
import { type SpanWords, spanWords } from "../../model/ids.ts";
import { durationOf, type FinishedRequest, type RequestEnd } from "../span/finished-request.ts";

/**
 * Offers a request as the example of its duration, where one is wanted. Failed and slow ones always are.
 *
 * @param joined of somebody else's span that stands for the request
 */
export function offerExample(
  series: HttpSeries,
  request: Pick<FinishedRequest, "startMs"> & SpanWords,
  end: RequestEnd,
  joined: SpanContext | undefined,
): void {
  const { host, errorType, route, rule } = end;
  const durationMs = durationOf(request, end);
  const value = durationMs / 1000;
  const timeMs = host.clock.epochMs(request.startMs + durationMs);
  const isNotable = errorType !== undefined || host.keep.isSlow(durationMs, route, rule?.keep);
  if (!isNotable && !series.wantsExample(value, timeMs)) return;
  series.offer({ value, timeMs, span: joined === undefined ? request : spanWords(joined), isNotable });
}
