import assert from "node:assert/strict";
import type { ContractCase } from "../contract-case.ts";

/** What the span of a request says, by the semantic conventions. */
export const spanCases: readonly ContractCase[] = [
  {
    title: "the server span carries what the HTTP conventions require and recommend (R-A1)",
    async run({ send, settle, port }) {
      await send({ path: "/items/5?page=2", headers: { "user-agent": "shopper/1.0" } });
      const { requests } = await settle(1);
      const [{ kind, attributes, parentSpanId, startTimeUnixNano, endTimeUnixNano } = assert.fail()] = requests;
      assert.equal(kind, 2);
      assert.equal(parentSpanId, "");
      assert.ok(endTimeUnixNano >= startTimeUnixNano);
      assert.equal(attributes["http.request.method"], "GET");
      assert.equal(attributes["url.path"], "/items/5");
      assert.equal(attributes["url.query"], "page=2");
      assert.equal(attributes["url.scheme"], "http");
      assert.equal(Number(attributes["http.response.status_code"]), 200);
      assert.equal(attributes["http.route"], "/items/:id");
      assert.equal(attributes["server.address"], "127.0.0.1");
      assert.equal(Number(attributes["server.port"]), port);
      assert.match(String(attributes["client.address"]), /127\.0\.0\.1$/);
      assert.match(String(attributes["network.peer.address"]), /127\.0\.0\.1$/);
      assert.ok(Number(attributes["network.peer.port"]) > 0);
      assert.equal(attributes["network.protocol.version"], "1.1");
      assert.equal(attributes["user_agent.original"], "shopper/1.0");
      assert.equal("error.type" in attributes, false);
    },
  },
  {
    title: "url.path never holds the query, and secrets in the query are REDACTED (R-L6)",
    async run({ send, settle }) {
      await send("/items/5?page=2&token=s3cret&sig=abc&X-Amz-Signature=def&password=hunter2");
      const { requests } = await settle(1);
      const { attributes } = requests[0] ?? assert.fail();
      assert.equal(attributes["url.path"], "/items/5");
      assert.equal(
        attributes["url.query"],
        "page=2&token=REDACTED&sig=REDACTED&X-Amz-Signature=REDACTED&password=REDACTED",
      );
      assert.doesNotMatch(JSON.stringify(attributes, textOf), /s3cret|hunter2|abc|def/);
    },
  },
  {
    title: "parameters the service names are redacted as well (R-L6)",
    telemetry: { redactQueryParameters: ["ssn"] },
    async run({ send, settle }) {
      await send("/items?ssn=078-05-1120&page=1");
      const { requests } = await settle(1);
      assert.equal(requests[0]?.attributes["url.query"], "ssn=REDACTED&page=1");
    },
  },
  {
    title: "headers are on the span only if listed, as lists, in lower case (R-L6)",
    telemetry: { captureRequestHeaders: ["X-Tenant"] },
    async run({ send, settle }) {
      await send({
        path: "/",
        headers: { "X-Tenant": "acme", authorization: "Bearer s3cret", cookie: "session=s3cret" },
      });
      const { requests } = await settle(1);
      const { attributes } = requests[0] ?? assert.fail();
      assert.deepEqual(attributes["http.request.header.x-tenant"], ["acme"]);
      assert.doesNotMatch(JSON.stringify(attributes, textOf), /s3cret/);
    },
  },
  {
    title: "listed response headers are on the span (R-L6)",
    telemetry: { captureResponseHeaders: ["X-First"] },
    async run({ send, settle }) {
      await send("/headers");
      const { requests } = await settle(1);
      assert.deepEqual(requests[0]?.attributes["http.response.header.x-first"], ["1"]);
    },
  },
  {
    title: "the span and the metric have the same duration (R-M1)",
    async run({ send, settle }) {
      await send("/items");
      const { requests, durations } = await settle(1);
      const span = requests[0] ?? assert.fail();
      const seconds = Number(span.endTimeUnixNano - span.startTimeUnixNano) / 1e9;
      assert.ok(Math.abs((durations[0]?.sum ?? 0) - seconds) < 1e-6, `${durations[0]?.sum} against ${seconds}`);
    },
  },
  {
    title: "the metric has the standard name, unit and boundaries, and neither host nor client (R-M1, R-L5)",
    async run({ send, settle }) {
      await send({ path: "/items/5", headers: { host: "evil.example:99", "user-agent": "evil" } });
      const { durations } = await settle(1);
      const [point] = durations;
      assert.equal(point?.unit, "s");
      assert.deepEqual(point?.bounds, [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]);
      assert.deepEqual(point.attributes, {
        "http.request.method": "GET",
        "url.scheme": "http",
        "http.route": "/items/:id",
        "http.response.status_group": "2xx",
      });
    },
  },
  {
    title: "why a request is traced is on its span (R-S1)",
    async run({ send, settle }) {
      await send("/");
      const { requests } = await settle(1);
      assert.equal(requests[0]?.attributes["sampling.reason"], "ratio");
      assert.equal(Number(requests[0]?.attributes["sampling.ratio"]), 1);
    },
  },
  {
    title: "telemetry.span creates a child span of the request, and nested calls nest (R-I2)",
    async run({ send, settle }) {
      await send("/nested");
      const seen = await settle(1);
      const [root, outer, inner] = [seen.request("/nested"), seen.span("outer"), seen.span("inner")];
      assert.equal(outer.parentSpanId, root.spanId);
      assert.equal(inner.parentSpanId, outer.spanId);
      assert.deepEqual(new Set([root.traceId, outer.traceId, inner.traceId]).size, 1);
    },
  },
  {
    title:
      "a function that throws ends its span with the error, reported once and without its stack, and the request goes on (R-I2, R-G7)",
    async run({ send, settle }) {
      const { status, body } = await send("/child-throws");
      assert.deepEqual([status, body], [200, "survived"]);
      const seen = await settle(1);
      const child = seen.span("failing step");
      assert.deepEqual(child.status, { code: 2, message: "too far" });
      assert.equal(child.attributes["error.type"], "RangeError");
      // The stack is for logs.
      assert.equal(child.events.length, 0);
      assert.equal(seen.request("/child-throws").status.code, 0);
      assert.equal("error.type" in seen.request("/child-throws").attributes, false);
    },
  },
  {
    title: "a span ends once, later changes are ignored, and a handler cannot end the request's span (R-I2)",
    async run({ send, settle }) {
      await send("/ends");
      const seen = await settle(1);
      assert.equal("after.end" in seen.span("ended twice").attributes, false);
      assert.equal(seen.requests.length, 1);
      assert.equal(Number(seen.request("/ends").attributes["http.response.status_code"]), 200);
    },
  },
  {
    title: "what a handler annotates is on the span of its request (R-I8)",
    async run({ send, settle }) {
      await send("/identity/41");
      const { requests } = await settle(1);
      assert.equal(requests[0]?.attributes["request.number"], "41");
    },
  },
];

/** Numbers on the wire may be too large for JSON. */
function textOf(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
