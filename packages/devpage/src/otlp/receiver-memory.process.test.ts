import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { PageState } from "../protocol.ts";
import { json } from "../testing/page-client.ts";

const folder = join(import.meta.dirname, "../..");
const mebibyte = 1024 * 1024;
/** Of this process only where programs are, and what Node has compiled before. */
const { PATH, NODE_COMPILE_CACHE } = process.env;
const env = { PATH, NODE_COMPILE_CACHE };

interface Held {
  readonly liveBytes: number;
  readonly maxRssBytes: number;
}

let child: ChildProcess;
let says: AsyncIterator<string>;
let otlpUrl: string;
let url: string;

beforeEach(async () => {
  child = spawn(process.execPath, ["--expose-gc", join(folder, "fixtures/receiver.mjs")], {
    cwd: folder,
    env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  if (child.stdout === null) expect.fail("it says something");
  says = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  ({ otlpUrl, url } = (await said()) as { otlpUrl: string; url: string });
});
afterEach(() => void child.kill("SIGKILL"));

async function said(): Promise<unknown> {
  const next = await says.next();
  return JSON.parse(String(next.value));
}

async function held(): Promise<Held> {
  child.stdin?.write("\n");
  return (await said()) as Held;
}

async function send(
  body: string | Buffer,
  { signal = "traces", ...headers }: Record<string, string> = {},
): Promise<number> {
  const { status, body: answer } = await fetch(`${otlpUrl}/v1/${signal}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: body as BodyInit,
  });
  await answer?.cancel();
  return status;
}

function spans(count: number, attribute: (i: number) => string, from = 0): string {
  const list = Array.from({ length: count }, (_, i) => ({
    traceId: String(from + i).padStart(32, "1"),
    spanId: String(from + i).padStart(16, "1"),
    name: "GET /things",
    kind: 2,
    startTimeUnixNano: "1700000000000000000",
    endTimeUnixNano: "1700000000010000000",
    attributes: Array.from({ length: 8 }, (__, k) => ({ key: `key.${k}`, value: { stringValue: attribute(k) } })),
  }));
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: list }] }] });
}

test("bombs and bodies of 20,000 spans, at once and one by one, leave nothing behind and never take much (R-D3)", async () => {
  const start = await held();
  const bomb = gzipSync(Buffer.alloc(200 * mebibyte, " "));
  const bombed = await Promise.all(Array.from({ length: 9 }, () => send(bomb, { "content-encoding": "gzip" })));
  for (const status of bombed) expect([413, 503]).toContain(status);
  const body = spans(20_000, (k) => `value of ${k}`);
  for (let i = 0; i < 9; i++) expect(await send(body)).toBe(200);
  const packed = gzipSync(body);
  const atOnce = await Promise.all(Array.from({ length: 9 }, () => send(packed, { "content-encoding": "gzip" })));
  for (const status of atOnce) expect([200, 503]).toContain(status);
  const end = await held();
  expect(end.liveBytes - start.liveBytes).toBeLessThan(24 * mebibyte);
  expect(end.maxRssBytes).toBeLessThan(640 * mebibyte);
  const { rings, received } = (await json<PageState>(`${url}api/state`)).snapshot;
  expect(received?.refused["too-large"]).toBe(bombed.filter((status) => status === 413).length);
  expect(received?.refused.busy).toBe([...bombed, ...atOnce].filter((status) => status === 503).length);
  expect(received?.reading.bytes).toBe(0);
  expect(rings.traces.count).toBeLessThanOrEqual(500);
}, 120_000);

test("what is kept of long texts is as long as it is shown, and no more than the rings hold (R-D3)", async () => {
  const start = await held();
  const long = "x".repeat(mebibyte);
  for (let i = 0; i < 60; i++) {
    expect(await send(spans(1, (k) => (k === 0 ? long : ""), i))).toBe(200);
    const line = { body: { stringValue: long }, attributes: [{ key: long, value: { stringValue: long } }] };
    const lines = { resourceLogs: [{ scopeLogs: [{ logRecords: [line] }] }] };
    expect(await send(JSON.stringify(lines), { signal: "logs" })).toBe(200);
    const attributes = [{ key: "http.route", value: { stringValue: `${i}${long}` } }];
    const histogram = {
      aggregationTemporality: 2,
      dataPoints: [{ attributes, bucketCounts: ["1"], explicitBounds: [] }],
    };
    const metrics = [{ name: "http.server.request.duration", unit: "s", histogram }];
    const measured = { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] };
    expect(await send(JSON.stringify(measured), { signal: "metrics" })).toBe(200);
  }
  const end = await held();
  expect(end.liveBytes - start.liveBytes).toBeLessThan(32 * mebibyte);
}, 120_000);
