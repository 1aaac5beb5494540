import { expect, test } from "vitest";
import { handTime } from "../pipeline/testing/hand-time.ts";
import { createPipeline, lines } from "../pipeline/testing/pipeline-kit.ts";
import type { Sender } from "../pipeline/transport/sender.ts";
import { ExportDurations } from "./export-durations.ts";
import { sdkMetrics } from "./sdk-metrics.ts";
import { summaryLine } from "./summary-line.ts";

const sender: Sender = {
  destination: "http://test",
  prepare: (parts) => Promise.resolve(parts),
  send: (body) =>
    Promise.resolve(
      Buffer.concat(body).toString().includes("bad")
        ? { outcome: "refused", reason: "status 400", status: 400 }
        : { outcome: "accepted", rejected: 0 },
    ),
  close: () => {},
};

const noLogs = { written: 0, drops: {}, export: undefined };

test("the engine's own metrics tell queue, drops, exports and failures by lane, reason and kind (R-P11)", async () => {
  const time = handTime();
  const settings = { queue: { maxItems: 4, maxBytes: 1_000 }, batch: { maxItems: 2, maxBytes: 1_000, delayMs: 100 } };
  const pipeline = createPipeline({ sender, settings, now: () => time.nowMs, startTimer: time.startTimer });
  const before = pipeline.status();
  expect(summaryLine(before, before)).toBeUndefined();
  pipeline.add(lines("good", 2));
  await time.runUntil(200);
  pipeline.add(lines("bad", 2));
  await time.runUntil(400);
  pipeline.add(lines("large", 5));
  pipeline.add(lines("waits", 1), time.nowMs);
  const reading = {
    spansStarted: 9,
    spansKept: 2,
    spansLive: 1,
    spanDrops: { "too-large": 3 },
    maxMemoryBytes: 4_096,
    export: pipeline.status(),
    logs: noLogs,
  };
  const points = Object.fromEntries(sdkMetrics(() => reading).map((metric) => [metric.name, [...metric.read(0)]]));
  expect(points).toMatchObject({
    "otel.sdk.span.started": [{ value: 9 }, { value: 2 }],
    "otel.sdk.processor.span.queue.size": [{ attributes: { "gossamer.lane": "http" }, value: 1 }],
    "otel.sdk.processor.span.queue.capacity": [{ value: 4 }],
    "otel.sdk.processor.span.processed": [
      { attributes: {}, value: 2 },
      { attributes: { "error.type": "too-large" }, value: 3 },
      { attributes: { "gossamer.lane": "http", "error.type": "refused" }, value: 2 },
      { attributes: { "gossamer.lane": "http", "error.type": "queue_full" }, value: 5 },
    ],
    "otel.sdk.exporter.span.exported": [{ attributes: { "otel.component.name": "otlp" }, value: 2 }],
    "gossamer.exporter.failures": [{ attributes: { "error.type": "status 400" }, value: 1 }],
    "gossamer.breaker.state": [{ value: 0 }],
    "gossamer.memory.limit": [{ value: 4_096 }],
  });
  expect(summaryLine(before, pipeline.status())).toBe(
    "2 spans exported, 1 waiting, 7 dropped (refused 2, queue-full 5), 1 attempts failed; 0 KiB in memory",
  );
  await pipeline.shutdown(0);
});

test("durations of exports are told by exporter and failure, in a bounded number of series (R-P11)", () => {
  const durations = new ExportDurations();
  expect(
    durations.collect({
      temporality: "cumulative",
      slot: undefined,
      reader: 0,
      deltaReaders: undefined,
      startMs: 0,
      beganMs: 0,
    }),
  ).toBeUndefined();
  durations.tried("otlp", undefined, 0.02);
  for (let i = 0; i < 1_000; i++) durations.tried("otlp", `kind ${i}`, 1);
  const data = durations.collect({
    temporality: "cumulative",
    slot: undefined,
    deltaReaders: undefined,
    startMs: 0,
    beganMs: 0,
    reader: 0,
  });
  expect(data?.points[0]).toMatchObject({ attributes: { "otel.component.name": "otlp" }, count: 1, sum: 0.02 });
  expect(durations.series).toBe(50);
});
