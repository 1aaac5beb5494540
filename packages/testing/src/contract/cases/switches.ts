import assert from "node:assert/strict";
import { createTelemetry } from "@gossamer/core";
import type { ContractCase } from "../contract-case.ts";

/** What can be switched off. */
export const switchCases: readonly ContractCase[] = [
  {
    title: "with telemetry switched off, every request passes and nothing is sent, counted or given ids (R-I7)",
    telemetry: { enabled: false },
    async run({ send, telemetry, receiver }) {
      assert.equal((await send("/items/1")).status, 200);
      assert.equal((await send("/throw/sync")).status, 500);
      assert.deepEqual((await send("/identity")).json(), { traceId: "", spanId: "", baggage: [] });
      await telemetry.flush();
      assert.deepEqual([receiver.totals.requests, telemetry.status().state], [0, "disabled"]);
    },
  },
  {
    title: "without traces, every request is still counted (R-I7)",
    telemetry: { traces: false },
    async run({ send, settle }) {
      await send("/items/1");
      await send("/status/500");
      const { spans, counted } = await settle(2);
      assert.deepEqual([spans.length, counted], [0, 2]);
    },
  },
  {
    title: "without metrics, requests are still traced (R-I7)",
    telemetry: { metrics: false },
    async run({ send, telemetry, receiver }) {
      await send("/items/1");
      const deadline = Date.now() + 3_000;
      while (receiver.spans.length === 0 && Date.now() < deadline) await telemetry.flush();
      assert.deepEqual(
        receiver.spans.map(({ name }) => name),
        ["GET /items/:id"],
      );
      assert.equal(receiver.metrics.size, 0);
    },
  },
  {
    title: "after shutdown, the service goes on without telemetry (R-P9)",
    async run({ send, telemetry, receiver }) {
      await send("/items/1");
      await telemetry.shutdown();
      const { requests } = receiver.totals;
      assert.equal((await send("/items/2")).status, 200);
      assert.equal((await send("/throw/sync")).status, 500);
      await telemetry.flush();
      assert.equal(receiver.totals.requests, requests);
    },
  },
  {
    title: "OTEL_SDK_DISABLED switches telemetry off (R-I7)",
    environment: { OTEL_SDK_DISABLED: "true" },
    async run({ send, telemetry, receiver }) {
      assert.equal((await send("/items/1")).status, 200);
      await telemetry.flush();
      assert.deepEqual([receiver.totals.requests, telemetry.status().state], [0, "disabled"]);
    },
  },
  {
    title: "creating telemetry again returns the existing engine, with a log line if the options differ (R-I10)",
    async run({ send, settle, telemetry, lines }) {
      assert.equal(
        createTelemetry({ sampleRatio: 0, log: (line: string) => (lines as string[]).push(line) }),
        telemetry,
      );
      await send("/items/1");
      assert.equal((await settle(1)).requests.length, 1);
      assert.equal(lines.filter((line) => line.includes("was given other options")).length, 1);
    },
  },
];
