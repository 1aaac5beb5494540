import assert from "node:assert/strict";
import { test } from "node:test";
import { countDatadog } from "./count-datadog.ts";

/** As dd-trace writes: heads of 32 bits for arrays and maps, ids and starts of 64 bits. */
function pack(value: unknown): Buffer {
  if (typeof value === "string")
    return Buffer.concat([Buffer.from([0xdb]), head(Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === "bigint") {
    const bytes = Buffer.alloc(9, 0xcf);
    bytes.writeBigUInt64BE(value, 1);
    return bytes;
  }
  if (typeof value === "number") {
    const bytes = Buffer.alloc(9, 0xcb);
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }
  if (Array.isArray(value)) return Buffer.concat([Buffer.from([0xdd]), head(value.length), ...value.map(pack)]);
  const entries = Object.entries(value as object);
  return Buffer.concat([Buffer.from([0xdf]), head(entries.length), ...entries.flatMap((entry) => entry.map(pack))]);
}

function head(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return bytes;
}

function span(kind: string, more: object = {}): object {
  return {
    trace_id: 1n,
    type: kind === "internal" ? "web" : "http",
    service: "orders",
    error: 0,
    meta: { "span.kind": kind, a: "b" },
    metrics: {},
    ...more,
  };
}

const priority = (value: number): object => ({ metrics: { _sampling_priority_v1: value } });

test("kept spans are counted by kind, and every server span as a request, kept or not", () => {
  const body = pack([
    [span("server", priority(2)), span("internal"), span("client")],
    [span("server", priority(-1)), span("client")],
    [span("server", priority(1))],
  ]);
  assert.deepEqual(
    [...countDatadog(body)],
    [["orders", { spans: 4, serverSpans: 2, clientSpans: 1, serverAttributes: 6, requests: 3 }]],
  );
});

test("a connection that a call opens is not a call", () => {
  const body = pack([[span("server", priority(1)), span("client", { type: "tcp" })]]);
  assert.equal(countDatadog(body).get("orders")?.clientSpans, 0);
});

test("a trace belongs to the service of its first span", () => {
  const body = pack([[span("server", priority(1)), span("client", { service: "stock" })]]);
  assert.deepEqual([...countDatadog(body).keys()], ["orders"]);
});

test("a message that is cut, or goes on, is an error, not a smaller count", () => {
  const body = pack([[span("server", priority(1))]]);
  assert.throws(() => countDatadog(body.subarray(0, -3)), /ends 3 bytes early/);
  assert.throws(() => countDatadog(Buffer.concat([body, body])), /follow the last trace/);
});
