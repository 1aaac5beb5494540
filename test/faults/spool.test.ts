import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TelemetryOptions } from "@gossamer/core";
import { beforeEach, expect, it } from "vitest";
import type { FaultService } from "./fault-service.ts";
import { record } from "./record.ts";
import { accounts, atEnd, distinct, receive, serve, settle } from "./world.ts";
import { freePort } from "../../packages/core/src/testing/free-port.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "gossamer-faults-"));
  atEnd(() => rmSync(directory, { recursive: true, force: true }));
});

/** Opens at the first failure, and puts away what it holds. */
function spooling(options: TelemetryOptions = {}): TelemetryOptions {
  return {
    fallback: "file",
    spool: { directory },
    breaker: { failures: 1, openMs: 300, goodTrials: 1 },
    ...options,
  };
}

/** The files of the spool that hold telemetry, largest first. */
function files(): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile() && statSync(path).size > 100)
    .sort((a, b) => statSync(b).size - statSync(a).size);
}

async function spoolHundred(port: number, options: TelemetryOptions = {}): Promise<FaultService> {
  const service = await serve(`http://127.0.0.1:${port}`, { options: spooling(options) });
  expect((await service.load(100)).errors).toBe(0);
  await settle(service, { accepted: 100, spooled: 100, dropped: 0 });
  return service;
}

it("what is in the spool is sent, in order, when the collector is back (R-P8)", async () => {
  const port = await freePort();
  const service = await spoolHundred(port);
  const receiver = await receive({ port });
  await settle(service, { exported: 100, spooled: 0, dropped: 0 });
  expect(distinct(receiver)).toBe(100);
  record({
    order: 40,
    fault: "fallback `file`: collector unreachable, then back",
    seen: "100 of 100 answered",
    lost: "0 of 100; written to the spool, then sent",
    lines: service.lines.length,
  });
});

it("kill -9 and a new start: what was in the spool is delivered (R-P8)", async () => {
  const port = await freePort();
  const killed = await spoolHundred(port);
  killed.process.kill("SIGKILL");
  await killed.ended;
  const receiver = await receive({ port });
  const service = await serve(receiver.url, { options: spooling() });
  await settle(service, { accepted: 100, exported: 100, spooled: 0, dropped: 0 });
  expect(distinct(receiver)).toBe(100);
  record({
    order: 41,
    fault: "fallback `file`: `kill -9` with 100 spans in the spool, then restart",
    seen: "100 of 100 answered",
    lost: `0 of 100; ${receiver.spans.length - 100} arrived twice`,
    lines: service.lines.length,
  });
});

it("kill -9 while the spool is being sent: what was on its way is sent again, and counted as uncertain (R-P8)", async () => {
  const port = await freePort();
  const killed = await spoolHundred(port);
  const silent = await receive({ port, respond: () => ({ kind: "silence" }) });
  await expect.poll(async () => (await accounts(killed)).inFlight).toBeGreaterThan(0);
  killed.process.kill("SIGKILL");
  await killed.ended;
  await silent.close();
  const receiver = await receive({ port });
  const service = await serve(receiver.url, { options: spooling() });
  await expect.poll(() => distinct(receiver)).toBe(100);
  const { uncertain, exported } = await settle(service, { writing: 0, queued: 0, inFlight: 0, spooled: 0, dropped: 0 });
  expect(uncertain).toBeGreaterThan(0);
  expect(exported + uncertain).toBeGreaterThanOrEqual(100);
  expect(distinct(receiver)).toBe(100);
  record({
    order: 42,
    fault: "fallback `file`: `kill -9` while the spool is being sent, then restart",
    seen: "100 of 100 answered",
    lost: `0 of 100; ${uncertain} may have arrived twice, counted as \`uncertain\``,
    lines: service.lines.length,
  });
});

it("a spool that is torn or corrupt: what is whole is delivered, the rest is skipped, and the service starts (R-P8)", async () => {
  const port = await freePort();
  const killed = await spoolHundred(port, { batch: { delayMs: 50, maxSpans: 10 } });
  killed.process.kill("SIGKILL");
  await killed.ended;
  const [file = ""] = files();
  const bytes = readFileSync(file);
  truncateSync(file, bytes.length - 7);
  writeFileSync(join(directory, "not-a-spool"), "garbage");
  const receiver = await receive({ port });
  const service = await serve(receiver.url, { options: spooling() });
  const seen = await service.load(20);
  // All but one record, which holds a batch of ten at most.
  await expect.poll(() => distinct(receiver)).toBeGreaterThanOrEqual(110);
  const { exported } = await settle(service, { writing: 0, queued: 0, inFlight: 0, spooled: 0 });
  expect(distinct(receiver)).toBe(exported);
  expect(exported).toBeLessThan(120);
  expect(seen.errors).toBe(0);
  record({
    order: 43,
    fault: "fallback `file`: last record incomplete, a foreign file in the directory",
    seen: `${seen.answers} of 20 answered`,
    lost: `${120 - exported} of 120: the incomplete record; all others delivered`,
    lines: service.lines.length,
  });
});

it("a bit that flipped in the spool: the record it is in is never sent, and the service starts and answers (R-P8)", async () => {
  const port = await freePort();
  const killed = await spoolHundred(port, { batch: { delayMs: 50, maxSpans: 10 } });
  killed.process.kill("SIGKILL");
  await killed.ended;
  const [file = ""] = files();
  const bytes = readFileSync(file);
  const inABody = bytes.indexOf("hello", bytes.length >> 1);
  bytes[inABody] = (bytes[inABody] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  const receiver = await receive({ port });
  const service = await serve(receiver.url, { options: spooling() });
  const seen = await service.load(20);
  // All but one record, which holds a batch of ten at most.
  await expect.poll(() => distinct(receiver)).toBeGreaterThanOrEqual(110);
  const { exported } = await settle(service, { writing: 0, queued: 0, inFlight: 0, spooled: 0 });
  expect(distinct(receiver)).toBe(exported);
  expect([receiver.totals.malformedRequests, seen.errors]).toEqual([0, 0]);
  expect(exported).toBeLessThan(120);
  record({
    order: 44,
    fault: "fallback `file`: one bit flipped in the middle of a file",
    seen: `${seen.answers} of 20 answered`,
    lost: `${120 - exported} of 120; nothing malformed was sent`,
    lines: service.lines.length,
  });
});

it("a spool in which nothing can be written: one line, spans wait in memory, requests are answered (R-P8)", async () => {
  const file = join(directory, "a-file");
  writeFileSync(file, "");
  const port = await freePort();
  const options = spooling({ spool: { directory: join(file, "spool") } });
  const service = await serve(`http://127.0.0.1:${port}`, { options });
  let errors = (await service.load(50)).errors;
  await service.flush(500);
  errors += (await service.load(50)).errors;
  await service.flush(500);
  expect(await accounts(service)).toMatchObject({ accepted: 100, spooled: 0, dropped: 0 });
  const aboutSpool = service.lines.filter((line) => line.startsWith("cannot write to the spool"));
  expect([aboutSpool.length, errors]).toEqual([1, 0]);
  const receiver = await receive({ port });
  await settle(service, { exported: 100, dropped: 0 });
  expect(distinct(receiver)).toBe(100);
  record({
    order: 46,
    fault: "fallback `file`: directory not writable",
    seen: "100 of 100 answered",
    lost: "0 of 100; kept in memory up to the queue's limit",
    lines: service.lines.length,
  });
});

it("a disk that takes no more: what does not fit waits in memory or is counted, requests are answered (R-P8)", async () => {
  const port = await freePort();
  // 64 KiB a file: writes fail as on a full disk.
  const service = await serve(`http://127.0.0.1:${port}`, { options: spooling(), maxFileKiB: 64 });
  let errors = 0;
  for (let round = 0; round < 6; round++) {
    errors += (await service.load(100)).errors;
    await service.flush(200);
  }
  const away = await accounts(service);
  expect(away.accepted).toBe(600);
  const receiver = await receive({ port });
  const { exported, dropped, uncertain } = await settle(
    service,
    { writing: 0, queued: 0, inFlight: 0, spooled: 0 },
    20_000,
  );
  expect(exported + dropped + uncertain).toBe(600);
  expect(distinct(receiver)).toBe(exported);
  expect(errors).toBe(0);
  record({
    order: 47,
    fault: "fallback `file`: disk full",
    seen: "600 of 600 answered",
    lost: `${dropped} of 600; ${away.spooled} in the spool, the rest in memory`,
    lines: service.lines.length,
  });
});

it.each([
  ["process.exit()", { deed: "exit", parts: { code: 5 } }, 5],
  ["an uncaught throw", { deed: "throw", parts: {} }, 1],
])(
  "%s with 100 spans queued: they are in the spool before the process is gone, and the next one sends them (R-P8, R-P9)",
  async (_how, { deed, parts }, code) => {
    const receiver = await receive();
    const options = spooling({ batch: { delayMs: 60_000 } });
    const ending = await serve(receiver.url, { options });
    await ending.load(100);
    ending.tell(deed, parts);
    expect(await ending.ended).toEqual({ code, signal: null });
    expect(distinct(receiver)).toBe(0);
    expect(ending.lines).toHaveLength(1);
    if (deed === "throw") expect(ending.otherLines).toContain("Error: the service's own error");
    const next = await serve(receiver.url, { options });
    await settle(next, { accepted: 100, exported: 100, spooled: 0 });
    expect(distinct(receiver)).toBe(100);
    record({
      order: 48,
      fault: "`process.exit()` or uncaught error, fallback `file`",
      seen: "100 of 100 answered; exit code and printed error unchanged",
      lost: "0 of 100; written before the process ends, sent by the next process",
      lines: ending.lines.length,
    });
  },
);

it("the files are their owner's alone (R-P8)", async () => {
  await spoolHundred(await freePort());
  for (const path of files()) expect(statSync(path).mode & 0o077).toBe(0);
  expect(files().length).toBeGreaterThan(0);
});
