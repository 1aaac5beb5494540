import type { InProcessRequest } from "../harness/in-process-client.ts";

/**
 * What requests are like. `answers`: each is a 200. `errors`: each throws and is answered with a 500 by the service's own error handler.
 * `traceparent`: as `answers`, each part of a trace that began elsewhere. `log`: the handler writes a log line. `call`: the handler calls
 * another service, and answers when that has.
 */
export type Workload = "answers" | "errors" | "traceparent" | "log" | "call";

const headers = [
  ...[
    "Host",
    "orders.example:8080",
    "User-Agent",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
    "Accept",
    "application/json",
  ],
  ...["Accept-Encoding", "gzip, deflate, br", "X-Request-Id", "5f0c2f6e-6b0e-4a5c", "Connection", "keep-alive"],
];

/**
 * A thousand requests of a kind, each for another order.
 *
 * With `traceparent` that share of them comes from sampled traces, evenly spread: whoever follows the parent samples just these.
 */
export function requestsOf(workload: Workload, sampledParents = 1): InProcessRequest[] {
  const tail = workload === "errors" ? "/refund" : "";
  return Array.from({ length: 1000 }, (_, i) => ({
    method: "GET",
    target: `/orders/${1000 + i}${tail}`,
    headers: workload === "traceparent" ? [...headers, "traceparent", traceparent(i, sampledParents)] : headers,
  }));
}

function traceparent(i: number, sampledParents: number): string {
  const isSampled = Math.floor((i + 1) * sampledParents) > Math.floor(i * sampledParents);
  return `00-${hex(i + 1, 32)}-${hex(i + 1, 16)}-${isSampled ? "01" : "00"}`;
}

/** Digits that look like those of an id, the same in each run. */
function hex(seed: number, digits: number): string {
  const mixed = (BigInt(seed) * 0x9e3779b97f4a7c15f39cc0605cedc835n) & ((1n << 128n) - 1n);
  return mixed.toString(16).padStart(32, "0").slice(0, digits);
}
