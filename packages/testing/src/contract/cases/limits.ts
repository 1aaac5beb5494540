import assert from "node:assert/strict";
import type { ContractCase } from "../contract-case.ts";

/** What a request may cost. */
export const limitCases: readonly ContractCase[] = [
  {
    title: "spans per request are limited, and those beyond the limit are counted (R-I9)",
    telemetry: { maxSpansPerRequest: 10 },
    async run({ send, settle, telemetry }) {
      await send("/children/25");
      const { spans, requests } = await settle(1);
      assert.equal(requests.length, 1);
      assert.ok(spans.length <= 11, `${spans.length} spans`);
      assert.ok(spans.length >= 10, `${spans.length} spans`);
      assert.equal(telemetry.status().spans.drops["trace-full"], 26 - spans.length);
    },
  },
  {
    title: "the limit on spans applies to each request separately (R-I9)",
    telemetry: { maxSpansPerRequest: 3 },
    async run({ send, settle, telemetry }) {
      await send("/children/2");
      await send("/children/2");
      assert.equal((await settle(2)).spans.length, 6);
      assert.equal(telemetry.status().spans.drops["trace-full"], undefined);
    },
  },
  {
    title: "a span that is never ended stays visible as open and does not delay its request (R-I9)",
    async run({ send, settle, telemetry }) {
      await send("/leak");
      const { spans } = await settle(1);
      assert.deepEqual(
        spans.map(({ name }) => name),
        ["GET /leak"],
      );
      assert.equal(telemetry.status().spans.live, 1);
    },
  },
  {
    title: "a request found to be unsampled at its end remembers 16 attributes (R-S12)",
    telemetry: { sampleRatio: 0 },
    async run({ send, settle }) {
      await send("/annotated/much");
      const { requests } = await settle(1);
      const kept = Object.keys(requests[0]?.attributes ?? {}).filter((key) => key.startsWith("note."));
      assert.equal(kept.length, 16);
      assert.equal(requests[0]?.droppedAttributesCount, 24);
    },
  },
  {
    title: "a request that knows it is unsampled remembers 16 attributes (R-S12)",
    telemetry: { sampleRatio: 0 },
    async run({ send, settle }) {
      await send("/annotated/decided");
      const { requests } = await settle(1);
      const kept = Object.keys(requests[0]?.attributes ?? {}).filter((key) => key.startsWith("note."));
      assert.equal(kept.length, 16);
      assert.equal(requests[0]?.droppedAttributesCount, 24);
    },
  },
  {
    title: "attributes per span are limited, and the span says how many were dropped (R-L1)",
    telemetry: { limits: { attributes: 30 } },
    async run({ send, settle }) {
      await send("/annotated/much");
      const { requests } = await settle(1);
      const span = requests[0] ?? assert.fail();
      const count = Object.keys(span.attributes).length;
      assert.ok(count <= 30, `${count} attributes`);
      assert.ok(span.droppedAttributesCount >= 40 - 30);
    },
  },
  {
    title: "long values are truncated and marked (R-L1)",
    telemetry: { limits: { valueLength: 32 } },
    async run({ send, settle }) {
      await send({ path: `/items/${"x".repeat(500)}`, headers: { "user-agent": "y".repeat(500) } });
      const { requests } = await settle(1);
      const { attributes } = requests[0] ?? assert.fail();
      for (const key of ["url.path", "user_agent.original"]) {
        assert.equal(String(attributes[key]).length, 32);
        assert.match(String(attributes[key]), /\.\.\.$/);
      }
    },
  },
  {
    title: "series are limited; further ones share an overflow series, and the totals stay exact (R-L5)",
    telemetry: { maxSeries: 3 },
    async run({ send, settle }) {
      for (const path of ["/", "/items", "/items/1", "/empty", "/moved", "/health", "/nowhere"]) await send(path);
      const { durations } = await settle(7);
      assert.equal(durations.length, 4);
      assert.equal(durations.filter(({ attributes }) => attributes["otel.metric.overflow"] === true).length, 1);
    },
  },
  {
    title: "status names the instrument with the most series and the attribute that causes them (R-L5)",
    async run({ send, settle, telemetry }) {
      for (const path of ["/", "/items", "/empty"]) await send(path);
      await settle(3);
      assert.deepEqual(telemetry.status().metrics.growing, {
        instrument: "http.server.request.duration",
        attribute: "http.route",
        values: 3,
      });
    },
  },
];
