import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TelemetryOptions, TelemetryStatus } from "@gossamer/core";
import { expect, it } from "vitest";
import type { FaultService } from "./fault-service.ts";
import { startGrpcCollector } from "./grpc-collector.ts";
import { record } from "./record.ts";
import { slowness } from "../setup/slowness.ts";
import { atEnd, receive, serve } from "./world.ts";
import { freePort } from "../../packages/core/src/testing/free-port.ts";

type LogExport = NonNullable<TelemetryStatus["logExport"]>;

/** A service that logs by OTLP, and traces nothing. */
function serveLogs(endpoint: string, options: TelemetryOptions = {}, env: Record<string, string> = {}) {
  return serve(endpoint, {
    logs: true,
    env,
    options: { traces: false, requestLine: false, logsLane: { delayMs: 50 }, ...options },
  });
}

/** The accounts of log records, which must be in balance. */
async function logAccounts(service: FaultService): Promise<LogExport> {
  const { logExport } = await service.ask<TelemetryStatus>("status");
  if (logExport === undefined) throw new Error("The service exports no log records.");
  const { accepted, exported, queued, inFlight, spooled, dropped, uncertain } = logExport;
  expect(exported + queued + inFlight + spooled + dropped + uncertain).toBe(accepted);
  return logExport;
}

async function settleLogs(service: FaultService, expected: Partial<LogExport>): Promise<LogExport> {
  let last = await logAccounts(service);
  await expect.poll(async () => (last = await logAccounts(service)), { interval: 50 }).toMatchObject(expected);
  return last;
}

it("a collector that is away and comes back gets every log record up to the bound, once (R-G6)", async () => {
  const port = await freePort();
  const service = await serveLogs(`http://127.0.0.1:${port}`);
  await service.ask("log", { count: 1_000 });
  await expect.poll(async () => (await logAccounts(service)).collector).toBe("unreachable");
  const receiver = await receive({ port });
  await settleLogs(service, { accepted: 1_000, exported: 1_000, dropped: 0 });
  expect(new Set(receiver.logs.map(({ attributes }) => attributes["i"])).size).toBe(1_000);
  expect(receiver.totals.logs).toBe(1_000);
  record({
    order: 60,
    fault: "log records: collector unreachable, then back",
    seen: "log lines are written as usual",
    lost: "0 of 1,000 records",
    lines: service.lines.length,
  });
});

it("in a full lane the oldest go and errors outlive the rest; every one is in the accounts (R-G6)", async () => {
  const port = await freePort();
  const service = await serveLogs(`http://127.0.0.1:${port}`, { logsLane: { maxRecords: 500, batchRecords: 50 } });
  await service.ask("log", { count: 100, level: "error" });
  await service.ask("log", { count: 2_000, level: "info" });
  await service.ask("flush", { deadlineMs: 300 });
  const full = await logAccounts(service);
  expect(full.queued + full.inFlight).toBeLessThanOrEqual(550);
  const receiver = await receive({ port });
  await expect.poll(async () => (await logAccounts(service)).queued).toBe(0);
  const { dropped, drops } = await settleLogs(service, { inFlight: 0 });
  expect(drops).toEqual({ "queue-full": dropped });
  const bySeverity = (severity: number): number =>
    receiver.logs.filter(({ severityNumber }) => severityNumber === severity).length;
  expect(bySeverity(17)).toBe(100);
  expect(bySeverity(9) + dropped).toBe(2_000);
  // A batch that was on its way while nobody answered arrives again, maybe as the last: what counts is which have arrived.
  const arrived = new Set(
    receiver.logs.filter(({ severityNumber }) => severityNumber === 9).map(({ attributes }) => attributes["i"]),
  );
  const newest = Array.from({ length: 350 }, (_, i) => 1_999 - i);
  expect(newest.filter((i) => !arrived.has(i))).toEqual([]);
});

it("with the fallback `file`, kill -9 and a new start deliver what was in the spool, as log records (R-G6, R-P8)", async () => {
  const directory = mkdtempSync(join(tmpdir(), "gossamer-faults-"));
  atEnd(() => rmSync(directory, { recursive: true, force: true }));
  const port = await freePort();
  const options: TelemetryOptions = {
    traces: true,
    fallback: "file",
    spool: { directory },
    breaker: { failures: 1, openMs: 300, goodTrials: 1 },
  };
  const killed = await serveLogs(`http://127.0.0.1:${port}`, options);
  await killed.ask("log", { count: 200 });
  await killed.load(20);
  await settleLogs(killed, { spooled: 200, dropped: 0 });
  await expect.poll(async () => (await killed.traces()).spooled).toBe(20);
  killed.process.kill("SIGKILL");
  await killed.ended;
  const receiver = await receive({ port });
  const service = await serveLogs(receiver.url, options);
  await service.ask("log", { count: 1 });
  await settleLogs(service, { exported: 201, spooled: 0, dropped: 0 });
  await receiver.waitFor(() => receiver.totals.spans >= 20);
  expect(receiver.totals).toMatchObject({ logs: 201, spans: 20, malformedRequests: 0 });
});

it("kill -9 while logging loses the records of the last delay and those on their way, and no others (R-G6)", async () => {
  const receiver = await receive();
  const delayMs = 200;
  const service = await serveLogs(receiver.url, { logsLane: { delayMs } });
  await service.ask("logOn");
  await receiver.waitFor(() => receiver.logs.length > 300);
  const killedMs = Date.now();
  service.process.kill("SIGKILL");
  await service.ended;
  const numbers = receiver.logs.map(({ attributes }) => Number(attributes["i"])).toSorted((a, b) => a - b);
  expect(numbers).toEqual(numbers.map((_, i) => i));
  const last = Math.max(...receiver.logs.map(({ timeUnixNano }) => Number(timeUnixNano) / 1e6));
  // A delay, and what the way of a batch takes.
  expect(killedMs - last).toBeLessThan(delayMs + 1_000 * slowness());
  record({
    order: 61,
    fault: "log records: `kill -9` while logging",
    seen: "–",
    lost: "records of the last `logsLane.delayMs` and records being sent",
    lines: 0,
  });
});

it("SIGTERM while logging: every record that was written is delivered (R-G6, R-P9)", async () => {
  const receiver = await receive();
  const service = await serveLogs(receiver.url, { logsLane: { delayMs: 60_000 } });
  await service.ask("log", { count: 700 });
  expect(receiver.logs.length).toBeLessThan(700);
  service.process.kill("SIGTERM");
  expect(await service.ended).toEqual({ code: null, signal: "SIGTERM" });
  expect(receiver.totals.logs).toBe(700);
});

it("process.exit with records that wait says in one line how many are lost (R-G6, R-P9)", async () => {
  const receiver = await receive();
  const service = await serveLogs(receiver.url, { logsLane: { delayMs: 60_000 } });
  await service.ask("log", { count: 70 });
  service.tell("exit", { code: 5 });
  expect(await service.ended).toEqual({ code: 5, signal: null });
  const said = service.lines.filter((line) => !line.includes("[GSM_START]"));
  expect(said).toEqual([expect.stringMatching(/\b70 spans and log records\b/)]);
});

it("a gRPC collector of another make gets log records, gzipped (R-G6, R-P14)", async () => {
  const collector = await startGrpcCollector();
  atEnd(() => collector.stop());
  const service = await serveLogs(collector.url, {}, { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" });
  await service.ask("log", { count: 50 });
  expect(await service.flush(30_000)).toBe(true);
  expect(collector.logs).toHaveLength(50);
  expect(collector.logs[7]).toMatchObject({
    body: "info",
    attributes: { i: 7 },
    resource: { "service.name": "faults" },
  });
});

it("OTEL_LOGS_EXPORTER=none sends none, and a record too large for a batch is a counted drop (R-G6)", async () => {
  const receiver = await receive();
  const silent = await serveLogs(receiver.url, {}, { OTEL_LOGS_EXPORTER: "none" });
  await silent.ask("log", { count: 5 });
  expect((await silent.ask<TelemetryStatus>("status")).logExport).toBeUndefined();
  const service = await serveLogs(receiver.url, { batch: { maxBytes: 4_096 }, limits: { valueLength: 100_000 } });
  await service.ask("log", { count: 1, size: 50_000 });
  await service.ask("log", { count: 1 });
  expect(await service.flush(30_000)).toBe(true);
  expect(receiver.totals.logs).toBe(1);
  expect((await service.ask<TelemetryStatus>("status")).logs.records.drops).toEqual({ "too-large": 1 });
});
