import { expect, it } from "vitest";
import { slowness } from "../setup/slowness.ts";
import { record } from "./record.ts";
import { startService } from "./fault-service.ts";
import { accounts, atEnd, receive, serve, settle } from "./world.ts";
import type { FaultService } from "./fault-service.ts";

async function serveTo(exporter: string): Promise<FaultService> {
  const service = await startService({
    exporter,
    options: {
      metrics: false,
      batch: { delayMs: 50 },
      otlp: { timeoutMs: 200, retry: { attempts: 2, initialMs: 20, maxMs: 50 } },
      breaker: { enabled: false },
    },
  });
  atEnd(() => service.stop());
  return service;
}

it("an exporter that throws: what it was given is lost and counted, and it is not a line a batch (R-P12)", async () => {
  const service = await serveTo("throws");
  let errors = 0;
  for (let round = 0; round < 3; round++) {
    errors += (await service.load(20)).errors;
    await service.flush(1_000);
  }
  const { dropped } = await settle(service, { accepted: 60, exported: 0, queued: 0, inFlight: 0 });
  expect(dropped).toBe(60);
  expect(errors).toBe(0);
  // That it fails, that spans are dropped, and how many they were.
  expect(service.lines.length).toBeLessThanOrEqual(3);
  record({
    order: 60,
    fault: "an exporter that throws",
    seen: "60 of 60 answered",
    lost: "60 of 60, counted",
    lines: service.lines.length,
  });
});

it("an exporter that never calls back: its time is bounded, and so is shutdown (R-P12)", async () => {
  const service = await serveTo("never-calls-back");
  const seen = await service.load(20);
  await settle(service, { accepted: 20, exported: 0, queued: 0, inFlight: 0, dropped: 20 });
  const beganMs = performance.now();
  await service.ask("shutdown", { deadlineMs: 500 });
  expect(performance.now() - beganMs).toBeLessThan(500 + 1_500 * slowness());
  expect(seen.errors).toBe(0);
  // That it fails, that spans are dropped, and how many they were.
  expect(service.lines.length).toBeLessThanOrEqual(3);
  record({
    order: 61,
    fault: "an exporter that never calls back (200 ms deadline)",
    seen: `${seen.answers} of 20 answered`,
    lost: "20 of 20, counted; shutdown bounded",
    lines: service.lines.length,
  });
});

it("an exporter that calls back twice: each span is counted once (R-P12)", async () => {
  const service = await serveTo("calls-back-twice");
  const seen = await service.load(20);
  await settle(service, { exported: 20, dropped: 0 });
  expect(await accounts(service)).toMatchObject({ accepted: 20, exported: 20 });
  expect([seen.errors, service.lines.length]).toEqual([0, 0]);
  record({
    order: 62,
    fault: "an exporter that calls back twice",
    seen: `${seen.answers} of 20 answered`,
    lost: "0 of 20; counted once",
    lines: service.lines.length,
  });
});

it("a list of exporters: the next one gets what the first cannot take while its breaker is open (R-P8)", async () => {
  const receiver = await receive({ respond: () => ({ kind: "status", status: 503 }) });
  const service = await serve(receiver.url, {
    exporter: ["otlp", "whole"],
    options: { breaker: { failures: 2, openMs: 60_000 } },
    otlp: { retry: { attempts: 100, initialMs: 20, maxMs: 50, totalMs: 30_000 } },
  });
  const seen = await service.load(100);
  const { exporters } = await settle(service, { exported: 100, queued: 0, inFlight: 0, dropped: 0 });
  expect(exporters.map(({ breaker, exported }) => [breaker, exported])).toEqual([
    ["open", 0],
    ["closed", 100],
  ]);
  expect([receiver.spans.length, seen.errors]).toEqual([0, 0]);
  record({
    order: 63,
    fault: "503 forever, with a second exporter",
    seen: `${seen.answers} of 100 answered`,
    lost: "0 of 100: the second exporter received them",
    lines: service.lines.length,
  });
});
