import { expect, test } from "vitest";
import { RequestLog } from "../../logging/request-log.ts";
import { handClock } from "../../metrics/testing/test-metrics.ts";
import type { EncodedChunk } from "../../otlp/encoded-chunk.ts";
import { EndingBudget } from "../../pipeline/ending/ending-budget.ts";
import { ExportPipeline } from "../../pipeline/export-pipeline.ts";
import type { SendResult } from "../../pipeline/transport/sender.ts";
import { keepLines, settings } from "../../pipeline/testing/pipeline-kit.ts";
import { Tally } from "../../tally/tally.ts";
import { resolveOptions } from "../../options/resolve-options.ts";
import { untimedOften } from "../../governor/cost-meter.ts";
import { EngineRecords } from "./engine-records.ts";
import { createLimits } from "./limit-parts.ts";
import { EngineLogging } from "./telemetry-logging.ts";
import { WaysOut } from "./ways-out.ts";

const away: SendResult = { outcome: "retryable", cause: "connection", reason: "ECONNREFUSED" };

function create(endpointGiven = true) {
  const clock = handClock();
  const faults = new Tally();
  const requestLog = new RequestLog("off", faults);
  const records = new EngineRecords({
    settings: resolveOptions({ exporter: "none" }).settings,
    limits: createLimits(resolveOptions().settings).limits,
    active: () => undefined,
    open: undefined,
    timed: untimedOften,
    faults,
  });
  const logging = new EngineLogging({ level: "info", resource: { attributes: {} }, requestLog, faults, records });
  const traces = new ExportPipeline<EncodedChunk>({
    unit: "spans",
    assemble: () => [],
    settings,
    endpointGiven,
    diagnostics: keepLines(),
    sender: {
      destination: "http://test",
      prepare: (parts) => Promise.resolve(parts),
      send: () => Promise.resolve(away),
      close() {},
    },
  });
  const exports = { sink: { write() {} }, traces, metrics: undefined, statsd: undefined, openLogs: undefined };
  const budget = new EndingBudget(5_000, () => clock.now());
  return {
    clock,
    logging,
    traces,
    waysOut: new WaysOut({ exports, plugins: undefined, logging, records, clock, budget }),
  };
}

function addSpans(traces: ExportPipeline<EncodedChunk>, items: number): void {
  traces.add({ payload: {} as EncodedChunk, items, bytes: 1, priority: "healthy" });
}

test("at the end of the process log lines are closed last, in the time that the rest has left (R-P9)", async () => {
  const { clock, logging, waysOut } = create();
  const told: string[] = [];
  logging.flushes({
    flush(deadlineMs) {
      told.push(`flush ${deadlineMs}`);
      clock.wait(300);
      return Promise.resolve();
    },
    close(deadlineMs) {
      told.push(`close ${deadlineMs}`);
      return Promise.resolve();
    },
  });
  expect(waysOut.isShutDown).toBe(false);
  await waysOut.end(1_000);
  expect(told).toEqual(["flush 1000", "close 700"]);
  expect(waysOut.isShutDown).toBe(true);
});

test("a flush is done only when every way out is (R-P9)", async () => {
  const { logging, waysOut } = create();
  await expect(waysOut.flush(30_000)).resolves.toBe(true);
  logging.flushes({ flush: () => Promise.resolve(false), close: () => Promise.resolve() });
  await expect(waysOut.flush(1_000)).resolves.toBe(false);
  await expect(waysOut.flushSpans(1_000)).resolves.toBe(true);
  await waysOut.shutdown(0);
});

test.each([
  { endpointGiven: true, lost: 4, whom: "are lost, and said to be, where somebody waits for them" },
  { endpointGiven: false, lost: 0, whom: "are not spoken of where nobody named a collector and none is there" },
])("spans that are in memory when the process ends $whom (R-P15)", async ({ endpointGiven, lost }) => {
  const { traces, waysOut } = create(endpointGiven);
  addSpans(traces, 4);
  await expect.poll(() => traces.status().failedTries).toBeGreaterThan(0);
  expect(waysOut.leave()).toEqual({ spooled: 0, lost });
  await waysOut.shutdown(0);
});

test("a deadline that no timer can wait is the default one, and no flush rejects for it (R-P9)", async () => {
  const { logging, waysOut } = create();
  const told: number[] = [];
  const tell = (deadlineMs: number): Promise<void> => Promise.resolve(void told.push(deadlineMs));
  logging.flushes({ flush: tell, close: tell });
  const odd: unknown[] = [5n, Symbol("s"), NaN, "5s", null, -1, Infinity, 2 ** 31, {}];
  for (const deadline of odd) {
    expect(await waysOut.flush(deadline as number)).toBe(true);
    expect(await waysOut.emergencyFlush(deadline as number)).toBe(true);
  }
  expect(told).toEqual(odd.map(() => 5_000));
  await waysOut.shutdown("5s" as unknown as number);
  expect(told.slice(odd.length)).toEqual([5_000]);
});
