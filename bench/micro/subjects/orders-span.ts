import { SpanKind, type Attributes, type Tracer } from "@opentelemetry/api";

export type AttributeCount = 0 | 8;

const paths = Array.from({ length: 1000 }, (_, i) => `/orders/${1000 + i}`);
const spansATurn = 512;

/**
 * Starts and ends that many root spans through the API of OpenTelemetry, the same code for every tracer, and lets the event loop go round
 * after each 512.
 */
export async function makeSpans(tracer: Tracer, attributes: AttributeCount, times: number): Promise<void> {
  for (let made = 0; made < times;) {
    const until = Math.min(times, made + spansATurn);
    for (; made < until; made++) {
      const path = paths[made % paths.length]!;
      tracer
        .startSpan(
          "GET /orders/:id",
          attributes === 8 ? { kind: SpanKind.SERVER, attributes: eight(path) } : { kind: SpanKind.SERVER },
        )
        .end();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What the conventions ask of any server span. */
export function eight(path: string): Attributes {
  return {
    "http.request.method": "GET",
    "url.path": path,
    "url.scheme": "http",
    "http.route": "/orders/:id",
    "http.response.status_code": 200,
    "server.address": "orders.example",
    "server.port": 8080,
    "network.protocol.version": "1.1",
  };
}
