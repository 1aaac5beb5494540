import type { Tracer } from "@opentelemetry/api";
import { startOrdersSpan } from "./orders-span.ts";

export type Compression = "gzip" | "none";

/** What a service with 5,000 requests a second has after a second, where it samples one in a hundred. */
export const batchSpans = 50;

let order = 0;

export function makeBatch(tracer: Tracer): void {
  for (let i = 0; i < batchSpans; i++) startOrdersSpan(tracer, 8, order++).end();
}
