import assert from "node:assert/strict";
import { test } from "node:test";
import { countElastic } from "./count-elastic.ts";

const lines = (...events: object[]): Buffer =>
  Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(""));

const metadata = { metadata: { service: { name: "orders" }, system: {} } };
const context = { request: { method: "GET", url: { full: "http://a/b" } }, response: { status_code: 200 } };
const transaction = { id: "1", type: "request", sampled: true, context };

test("transactions, spans and calls are counted, and the leaves of the context", () => {
  const body = lines(
    metadata,
    { transaction },
    { span: { type: "external", subtype: "http" } },
    { span: { type: "db", subtype: "pg" } },
    { transaction: { ...transaction, type: "custom" } },
    { metricset: { samples: {} } },
  );
  assert.deepEqual(
    [...countElastic(body)],
    [["orders", { spans: 4, serverSpans: 1, clientSpans: 1, serverAttributes: 3, requests: undefined }]],
  );
});

test("a transaction that is not sampled is no span", () => {
  const body = lines(metadata, { transaction: { ...transaction, sampled: false } });
  assert.equal(countElastic(body).get("orders")?.spans, 0);
});

test("events without metadata, or that are cut, are an error, not a smaller count", () => {
  assert.throws(() => countElastic(lines({ transaction })), /No metadata/);
  assert.throws(() => countElastic(lines(metadata, { transaction }).subarray(0, -5)), SyntaxError);
});
