import { AssertionError } from "node:assert";
import { SpanKind } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestTelemetry, type TestTelemetry } from "./create-test-telemetry.ts";
import { expectNoRepeatedCalls } from "./expect-no-repeated-calls.ts";

let made: TestTelemetry;
beforeEach(() => (made = createTestTelemetry()));
afterEach(() => made.stop());

function query(text: string, attributes = {}): void {
  made.telemetry.span(
    "SELECT",
    { kind: SpanKind.CLIENT, attributes: { "db.system.name": "postgresql", "db.query.text": text, ...attributes } },
    () => {},
  );
}

test("a query in a loop fails a test, and the error says which, how often and under which span (R-D7)", () => {
  made.telemetry.span("list orders", () => {
    query("SELECT * FROM orders");
    for (let id = 0; id < 6; id++) query(`SELECT * FROM items WHERE order_id = ${id} AND name = 'it''s ${id}'`);
  });
  expect(() => expectNoRepeatedCalls(made.spans)).toThrow(AssertionError);
  expect(() => expectNoRepeatedCalls(made.spans)).toThrow(
    '6 times under "list orders": postgresql SELECT * FROM items WHERE order_id = ? AND name = ?',
  );
});

test("a few calls, calls of different kinds and calls under different spans are none (R-D7)", () => {
  made.telemetry.span("few", () => {
    for (let id = 0; id < 4; id++) query(`SELECT * FROM items WHERE id = ${id}`);
  });
  made.telemetry.span("different", () => {
    for (const table of ["a", "b", "c", "d", "e", "f"]) query(`SELECT * FROM ${table}`);
  });
  for (let i = 0; i < 6; i++) made.telemetry.span("one each", () => query("SELECT 1"));
  expectNoRepeatedCalls(made.spans);
  expect(() => expectNoRepeatedCalls(made.spans, { min: 4 })).toThrow("4 times");
});

test("requests to one route of a service are one kind, whatever the ids in their paths (R-D7)", () => {
  made.telemetry.span("enrich", () => {
    for (const id of ["1", "22", "0b9d6a5e-4b0a-4f5e-9f6e-0d5a3f1c2b3a", "65f1c0ffee65f1c0ffee65f1", "5"]) {
      const attributes = { "http.request.method": "GET", "url.full": `http://stock:8080/items/${id}?token=${id}` };
      made.telemetry.span("GET", { kind: SpanKind.CLIENT, attributes }, () => {});
    }
  });
  expect(() => expectNoRepeatedCalls(made.spans)).toThrow('5 times under "enrich": GET stock:8080/items/*');
});

test("spans of one's own that a loop repeats fail a test as queries do, unless they are named as meant (R-D7)", () => {
  made.telemetry.span("list orders", () => {
    for (let id = 0; id < 5; id++) made.telemetry.span("load user", { attributes: { "user.id": id } }, () => {});
    for (const topic of ["a", "b", "c", "d", "e"]) {
      const attributes = { "messaging.system": "kafka", "messaging.destination.name": topic };
      made.telemetry.span("send", { kind: SpanKind.PRODUCER, attributes }, () => {});
    }
  });
  expect(() => expectNoRepeatedCalls(made.spans)).toThrow('5 times under "list orders": load user');
  expectNoRepeatedCalls(made.spans, { ignore: ["load user"] });
});

test("jobs, layers of a framework and what came in are no repeated calls (R-D7)", () => {
  for (let i = 0; i < 6; i++) made.telemetry.span("job", () => {});
  made.telemetry.span("request", () => {
    for (let i = 0; i < 6; i++) made.telemetry.span("middleware anonymous", () => {});
    for (let i = 0; i < 6; i++)
      made.telemetry.span("onRequest anonymous", { attributes: { "fastify.type": "hook" } }, () => {});
    for (let i = 0; i < 6; i++) made.telemetry.span("process", { kind: SpanKind.CONSUMER }, () => {});
  });
  expectNoRepeatedCalls(made.spans);
});
