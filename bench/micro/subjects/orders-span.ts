import { SpanKind, type Attributes, type Span, type Tracer } from "@opentelemetry/api";

export type AttributeCount = 0 | 8 | 64;
/** `8 new`: each value is another than in the span before, which leaves nothing to be written as it was the last time. */
export type SpanAttributes = AttributeCount | "8 new";

const paths = Array.from({ length: 1000 }, (_, i) => `/orders/${1000 + i}`);
const spansATurn = 512;

/**
 * Starts and ends that many root spans through the API of OpenTelemetry, the same code for every tracer, and lets the event loop go round
 * after each 512.
 */
export async function makeSpans(tracer: Tracer, attributes: SpanAttributes, times: number): Promise<void> {
  for (let made = 0; made < times;) {
    const until = Math.min(times, made + spansATurn);
    for (; made < until; made++) startOrdersSpan(tracer, attributes, made).end();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A server span of the n-th order, which is one of a thousand. */
export function startOrdersSpan(tracer: Tracer, attributes: SpanAttributes, order: number): Span {
  const kind = SpanKind.SERVER;
  return tracer.startSpan(
    "GET /orders/:id",
    attributes === 0 ? { kind } : { kind, attributes: attributesOf(attributes, order % paths.length) },
  );
}

function attributesOf(attributes: Exclude<SpanAttributes, 0>, place: number): Attributes {
  if (attributes === "8 new") return eightNew(place);
  const path = paths[place]!;
  return attributes === 8 ? eight(path) : sixtyFour(path);
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

const texts = (word: string): readonly string[] => paths.map((_, i) => `${word}-${(i * 7919) % 100_003}`);
const carts = texts("cart");
const users = texts("user");
const cities = texts("city");
const payments = texts("payment");
const coupons = texts("coupon");

/** What a service says of one order. */
function eightNew(place: number): Attributes {
  return {
    "url.path": paths[place]!,
    "cart.id": carts[place]!,
    "user.id": users[place]!,
    "order.city": cities[place]!,
    "payment.id": payments[place]!,
    "order.coupon": coupons[place]!,
    "order.items": place,
    "order.price": place + 0.25,
  };
}

/** Names and values that a service adds to them, half of the values text. */
const facts: readonly (readonly [string, string | number])[] = Array.from(
  { length: 56 },
  (_, i) => [`order.fact.${i}`, i % 2 === 0 ? `value ${i}` : i] as const,
);

function sixtyFour(path: string): Attributes {
  const attributes = eight(path);
  for (const [key, value] of facts) attributes[key] = value;
  return attributes;
}
