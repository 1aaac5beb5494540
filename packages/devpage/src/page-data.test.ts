import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { createLogger } from "@gossamer/pino";
import { resetTelemetry } from "@gossamer/core";
import { logs } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pageOf } from "./engine-page.ts";
import {
  type Explained,
  type Heatmap,
  type LogPage,
  openDevPage,
  type OpenPage,
  type PageState,
  type TraceDetail,
  type TraceSummary,
} from "./index.ts";
import { version } from "./process-pages.ts";
import { ask, json, listenTo, post } from "./testing/page-client.ts";
import { type Shop, startShop } from "./testing/shop.ts";

let shop: Shop;
let page: OpenPage;

beforeEach(async () => {
  shop = await startShop();
  const opened = await openDevPage(shop.engine, { port: 0, log() {} });
  if (opened === undefined) expect.fail("it is open");
  page = opened;
});

afterEach(async () => {
  await page.close();
  pageOf(shop.engine).data.close();
  await shop.close();
  await resetTelemetry();
});

const state = (): Promise<PageState> => json<PageState>(`${page.url}api/state`);
async function send(...paths: readonly string[]): Promise<void> {
  for (const path of paths) await ask(shop.url + path);
}

test("every request is shown as it ends, with why it has a trace or none, and its route's exact figures (R-D3)", async () => {
  await state();
  shop.engine.sampling.update({ rules: [{ name: "items", match: "/items/:id", ratio: 0 }] });
  await send("/items/1?token=secret", "/items/2", "/fails", "/nothing");
  await expect.poll(async () => (await state()).snapshot.routes).toHaveLength(3);
  const { requests, snapshot } = await state();
  expect(requests).toMatchObject([
    {
      id: 1,
      method: "GET",
      route: "/items/:id",
      path: "/items/1",
      statusCode: 200,
      fate: "none",
      reason: "rule",
      rule: "items",
    },
    { id: 2, path: "/items/2", fate: "none" },
    { id: 3, route: "/fails", statusCode: 500, fate: "sampled", reason: "ratio", ratio: 1, errorType: "500" },
    { id: 4, path: "/nothing", statusCode: 404, fate: "sampled" },
  ]);
  expect(JSON.stringify(requests)).not.toContain("secret");
  const items = snapshot.routes.find(({ route }) => route === "/items/:id");
  expect(items?.total).toMatchObject({ count: 2, byStatus: { "2xx": 2, "5xx": 0 }, aborted: 0 });
  expect(items?.lastMinute.count).toBe(2);
  expect(items?.total.p50Ms).toBeGreaterThan(0);
  await expect
    .poll(async () => (await state()).snapshot.routes.map(({ keptShare }) => keptShare).toSorted())
    .toEqual([0, 1, 1]);
});

test("a trace of more spans than a request may have says how many were dropped, on the page and in both copies (R-D3)", async () => {
  await state();
  shop.engine.span("job", () => {
    for (let i = 0; i < 1_010; i++) shop.engine.span("step", () => {});
  });
  const { traces } = await json<{ traces: TraceSummary[] }>(`${page.url}api/traces`);
  expect(traces).toMatchObject([{ name: "job", spans: 1_001, dropped: 10 }]);
  const url = `${page.url}api/traces/${traces[0]?.traceId}`;
  expect(await json<TraceDetail>(url)).toMatchObject({ summary: { dropped: 10 }, left: 0 });
  expect((await ask(`${url}?format=markdown`)).text).toContain("10 spans of this trace were dropped");
  expect((await ask(`${url}?format=otlp`)).text).toContain(
    '"name":"10 spans of this trace were dropped","attributes":[{"key":"spans.dropped","value":{"intValue":"10"}}]',
  );
});

test("a trace has its spans as a waterfall, its own times, its lines, and is copied as OTLP and Markdown (R-D3)", async () => {
  const lines: string[] = [];
  const logger = createLogger(shop.engine, { destination: { write: (text: string) => void lines.push(text) } });
  await state();
  shop.engine.span("job", () => {
    logger.warn({ step: 1 }, "in the <b>job</b>");
    shop.engine.span("step `x`", (span) => span.recordException(new Error("no")));
  });
  const { traces } = await json<{ traces: TraceSummary[] }>(`${page.url}api/traces`);
  const id = traces[0]?.traceId ?? "";
  expect(traces).toMatchObject([{ name: "job", spans: 2, logs: 1, hasRoot: true }]);
  const trace = await json<TraceDetail>(`${page.url}api/traces/${id}`);
  expect(trace.spans).toMatchObject([
    { name: "job", depth: 0, isOrphan: false, service: "shop" },
    { name: "step `x`", depth: 1, parentSpanId: trace.spans[0]?.spanId, events: [{ name: "exception" }] },
  ]);
  expect(trace.spans[0]?.selfMs).toBeCloseTo((trace.spans[0]?.durationMs ?? 0) - (trace.spans[1]?.durationMs ?? 0), 3);
  expect(trace.logs).toMatchObject([
    { level: "warn", message: "in the <b>job</b>", traceId: id, attributes: { step: 1 } },
  ]);
  const otlp = await json<{ resourceSpans: { scopeSpans: { spans: unknown[] }[] }[] }>(
    `${page.url}api/traces/${id}?format=otlp`,
  );
  expect(otlp.resourceSpans[0]?.scopeSpans[0]?.spans).toMatchObject([
    { traceId: id, name: "job" },
    { name: "step `x`" },
  ]);
  const markdown = await ask(`${page.url}api/traces/${id}?format=markdown`);
  expect(markdown.text).toContain("### `job`");
  expect(markdown.text).toContain(`Trace \`${id}\``);
  expect((await ask(`${page.url}api/traces/${"0".repeat(32)}`)).status).toBe(404);
});

test("lines are found by text, level and trace, page by page, and a level is raised for a while (R-D3)", async () => {
  const logger = createLogger(shop.engine, { destination: { write() {} }, level: "info" });
  await state();
  for (let i = 0; i < 5; i++) logger.info({ at: `place ${i}` }, "Arrived");
  logger.error("Broken");
  logger.debug("quiet");
  const find = (query: string): Promise<LogPage> => json<LogPage>(`${page.url}api/logs?${query}`);
  expect((await find("limit=2")).lines.map(({ message }) => message)).toEqual(["Broken", "Arrived"]);
  const first = await find("text=ARRIVED&limit=2");
  expect(first.hasMore).toBe(true);
  const rest = await find(`text=arrived&before=${first.lines.at(-1)?.id}`);
  expect([rest.lines.length, rest.hasMore]).toEqual([3, false]);
  expect((await find("level=error")).lines.map(({ message }) => message)).toEqual(["Broken"]);
  expect((await find("text=place 3")).lines).toHaveLength(1);
  const { body } = await post(page.url, "api/log-level", { level: "debug", forMs: 60_000 });
  expect(body).toEqual([{ logger: "logger", level: "debug" }]);
  logger.debug("loud");
  expect((await find("text=loud")).lines).toHaveLength(1);
  expect((await post(page.url, "api/log-level", { level: "shout" })).body).toMatchObject({ option: "level" });
});

test("records of the logs API are lines too, with their trace, and those of a logger stand there once (R-D3)", async () => {
  const lines = createLogger(shop.engine, { destination: { write() {} }, otlp: true });
  const records = shop.engine.loggerProvider.getLogger("jobs", "1.0.0");
  expect(records.enabled({ severityNumber: 17 })).toBe(false);
  await state();
  shop.engine.span("job", () => {
    records.emit({
      severityNumber: 17,
      body: { step: "<b>pack</b>", of: [1, new Uint8Array([1, 2])] },
      attributes: { "job.id": 7, list: ["a"] },
    });
    lines.warn("in the job");
  });
  records.emit({ eventName: "idle", attributes: {} });
  logs.getLogger("library").emit({ severityNumber: 5, body: "by the API" });
  const { lines: shown } = await json<LogPage>(`${page.url}api/logs`);
  const { traces } = await json<{ traces: TraceSummary[] }>(`${page.url}api/traces`);
  const traceId = traces[0]?.traceId;
  expect(shown).toMatchObject([
    { level: "debug", logger: "library", message: "by the API" },
    { level: "info", logger: "jobs", message: "idle" },
    { level: "warn", message: "in the job", traceId },
    {
      level: "error",
      logger: "jobs",
      message: '{"step":"<b>pack</b>","of":[1,"AQI="]}',
      traceId,
      attributes: { "job.id": 7, list: ["a"] },
    },
  ]);
  expect((await json<LogPage>(`${page.url}api/logs?text=PACK`)).lines).toHaveLength(1);
  pageOf(shop.engine).data.close();
  expect(records.enabled({ severityNumber: 17 })).toBe(false);
  expect(shop.engine.status().logs.records.written).toBe(0);
});

test("rules are checked as at start, applied, and taken back to exactly what held (R-D3)", async () => {
  const before = shop.engine.sampling.current();
  const wrong = { rules: [{ match: "/a" }, { match: "/items/:id", ratio: 7 }] };
  for (const path of ["api/validate", "api/sampling"]) {
    const { status, body } = await post(page.url, path, wrong);
    expect([status, body]).toMatchObject([422, { option: "rules[1].ratio", code: "GSM_OPTION_RANGE" }]);
  }
  const draft = { sampleRatio: 0.25, rules: [{ name: "none", match: "/items/:id", ratio: 0 }] };
  expect((await post(page.url, "api/validate", draft)).body).toMatchObject({ current: draft });
  expect(shop.engine.sampling.current()).toEqual(before);
  expect((await post(page.url, "api/sampling", draft)).body).toMatchObject({ current: draft, undoable: 1 });
  expect(shop.engine.sampling.current()).toMatchObject(draft);
  const undone = await post(page.url, "api/undo", {});
  expect(undone.body).toMatchObject({ current: { sampleRatio: 1, rules: [] }, undoable: 0 });
  expect(await post(page.url, "api/undo", {})).toEqual({
    status: 409,
    body: { error: "There is no change of this page to take back." },
  });
  expect((await post(page.url, "api/sampling", { enabled: false })).status).toBe(422);
});

test("rules on trial are compared with those that hold on the same requests, and the spans that they would save (R-D3)", async () => {
  await post(page.url, "api/dry-run", { rules: [{ match: "/items/:id", ratio: 0 }] });
  await send(...Array.from({ length: 6 }, (_, i) => `/items/${i}`), "/fails", "/nothing");
  await expect
    .poll(async () => (await state()).snapshot.dryRun?.report)
    .toMatchObject({ both: 2, onlyLive: 6, onlyDryRun: 0, neither: 0 });
  const { dryRun } = (await state()).snapshot;
  // Six requests of two spans, two of one.
  const { live = 0, saved = 0 } = dryRun?.spansPerSecond ?? {};
  expect(saved / live).toBeCloseTo(6 / 8, 5);
  expect(dryRun?.sampledPerSecond.live).toBeGreaterThan(dryRun?.sampledPerSecond.dryRun ?? 0);
  await post(page.url, "api/dry-run", { rules: [] });
  expect((await state()).snapshot.dryRun).toBeUndefined();
  expect((await post(page.url, "api/dry-run", { rules: [{ match: "/a", ratio: -1 }] })).status).toBe(422);
});

test("a body that is wrong is refused by the checks of start, with what is wrong, and changes nothing (R-D3)", async () => {
  createLogger(shop.engine, { destination: { write() {} }, level: "info" });
  const trial = [{ name: "tried", match: "/items/:id", ratio: 0 }];
  await post(page.url, "api/dry-run", { rules: trial });
  await send("/items/1");
  const before = await state();
  expect(before.snapshot.dryRun?.report.onlyLive).toBe(1);
  for (const [path, body, option] of [
    ["api/validate", { sampleRate: 1 }, "sampleRate"],
    ["api/validate", { dryRun: [] }, "dryRun"],
    ["api/sampling", { enabled: false }, "enabled"],
    ["api/sampling", { sampler: "always_on" }, "sampler"],
    ["api/sampling", { sampleRatio: null }, "sampleRatio"],
    ["api/sampling", { keep: { slower: 1 } }, "keep.slower"],
    ["api/dry-run", {}, "rules"],
    ["api/dry-run", { rules: null }, "rules"],
    ["api/dry-run", { rules: [], for: 1 }, "for"],
    ["api/dry-run", { rules: [{ match: "/a" }, { match: "/b", ratio: -1 }] }, "rules[1].ratio"],
    ["api/dry-run", { rules: [{ match: "*" }, { match: "/b" }] }, "rules[1]"],
    ["api/undo", { all: true }, "all"],
    ["api/governor", {}, "step"],
    ["api/governor", { step: "none" }, "step"],
    ["api/governor", { step: "roots", forMs: 0 }, "forMs"],
    ["api/governor", { step: null, until: 1 }, "until"],
    ["api/log-level", {}, "level"],
    ["api/log-level", { level: "debug", forMs: "1" }, "forMs"],
    ["api/log-level", { level: "debug", logger: "none" }, "logger"],
    ["api/log-level", { level: "debug", for: 1 }, "for"],
  ] as const) {
    const answer = await post(page.url, path, body);
    expect([answer.status, answer.body], `${path} ${JSON.stringify(body)}`).toMatchObject([422, { option }]);
  }
  const after = await state();
  expect([after.rules, after.changes, after.logLevels]).toEqual([before.rules, before.changes, before.logLevels]);
  expect(after.snapshot.dryRun).toMatchObject({ rules: trial, report: { onlyLive: 1 } });
  expect(shop.engine.overhead()?.step).toBe("full");
});

test("a change is not taken back over one that somebody else has made since (R-D3)", async () => {
  await post(page.url, "api/sampling", { sampleRatio: 0.5 });
  await post(page.url, "api/sampling", { rules: [{ match: "/a", ratio: 0 }] });
  shop.engine.sampling.update({ sampleRatio: 0.1, keep: { slowerThanMs: 7 } });
  // Of rules nobody has said anything.
  const undone = await post(page.url, "api/undo", {});
  expect(undone).toMatchObject({ status: 200, body: { current: { sampleRatio: 0.1, rules: [] }, undoable: 1 } });
  shop.engine.sampling.update({ sampleRatio: 0.2 });
  expect(await post(page.url, "api/undo", {})).toEqual({
    status: 409,
    body: {
      error:
        "This was changed by somebody else since, and taking it back would undo that too: apply what you want instead.",
    },
  });
  expect(shop.engine.sampling.current()).toMatchObject({ sampleRatio: 0.2, keep: { slowerThanMs: 7 } });
  await post(page.url, "api/sampling", { sampleRatio: 0.3 });
  expect(await post(page.url, "api/undo", {})).toMatchObject({ status: 200, body: { current: { sampleRatio: 0.2 } } });
});

test("what holds already is no change, and a change of the page says that it is one (R-D3)", async () => {
  const { rules } = await state();
  for (const same of [{}, { sampleRatio: 1 }, { rules: [] }, { keep: rules?.current.keep }])
    expect((await post(page.url, "api/sampling", same)).body).toEqual(rules);
  expect((await post(page.url, "api/dry-run", { rules: [] })).body).toEqual(rules);
  expect((await state()).changes).toEqual([]);
  const applied = await post(page.url, "api/sampling", { keep: { slowerThanMs: 7 } });
  expect(applied.body).toMatchObject({ undoable: 1, current: { revision: 1, changedBy: "page" } });
  expect((await post(page.url, "api/undo", {})).body).toMatchObject({ current: { revision: 2, changedBy: "page" } });
  shop.engine.sampling.update({ sampleRatio: 0.5 });
  await state();
  await expect
    .poll(async () => (await state()).changes.map(({ text }) => text))
    .toEqual([
      "sampling was changed by the page: change 1",
      "sampling was changed by the page: change 2",
      "sampling was changed by code: change 3",
    ]);
  // As it would be: what the draft leaves out stays.
  const draft = { keep: { slowerThanMs: 9 } };
  expect((await post(page.url, "api/validate", draft)).body).toMatchObject({
    current: { sampleRatio: 0.5, keep: { ...rules?.current.keep, slowerThanMs: 9 } },
  });
});

test("a request is explained step by step, one that was seen by its number (R-D3)", async () => {
  await state();
  shop.engine.sampling.update({
    rules: [{ name: "vip", match: "/items/:id", headers: { "x-vip": true }, ratio: 0.5 }],
  });
  await send("/items/1");
  const explained = await json<Explained>(`${page.url}api/explain?id=1`);
  expect(explained.request).toMatchObject({ path: "/items/1" });
  expect(explained.now.decidedBy).toBe("default");
  const vip = await json<Explained>(`${page.url}api/explain?method=GET&route=/items/:id&header.x-vip=1`);
  expect(vip.now).toMatchObject({ decidedBy: "rule", rule: "vip", ratio: 0.5 });
  expect(vip.now.steps.length).toBeGreaterThan(0);
  expect((await ask(`${page.url}api/explain?id=99`)).status).toBe(404);
});

test("the stream tells requests, traces, lines, changes and a snapshot a second (R-D3)", async () => {
  const stream = listenTo(page.url);
  try {
    expect(await stream.status).toBe(200);
    const logger = createLogger(shop.engine, { destination: { write() {} } });
    await send("/items/1");
    await post(page.url, "api/governor", { step: "roots" });
    await expect.poll(() => stream.events.filter(({ name }) => name === "snapshot").length).toBeGreaterThan(1);
    logger.info("a line");
    await expect
      .poll(() => [...new Set(stream.events.map(({ name }) => name))].toSorted())
      .toEqual(["change", "logs", "requests", "snapshot", "traces"]);
    const changes = stream.events.flatMap((event) => (event.name === "change" ? [event.data] : []));
    expect(changes).toMatchObject([{ kind: "governor", text: "full → roots, for manual" }]);
    await post(page.url, "api/governor", { step: null });
    expect(shop.engine.overhead()?.step).toBe("full");
  } finally {
    stream.close();
  }
});

test("more than 200 requests a second are counted, not sent (R-D3)", async () => {
  const stream = listenTo(page.url);
  try {
    await stream.status;
    const { data } = pageOf(shop.engine);
    for (let i = 0; i < 500; i++) {
      data.addRequest({
        at: i,
        service: "shop",
        method: "GET",
        durationMs: 1,
        aborted: false,
        fate: "none",
        reason: "ratio",
      });
    }
    data.tick();
    await expect.poll(() => stream.events.some(({ name }) => name === "requests")).toBe(true);
    const [sent] = stream.events.flatMap((event) => (event.name === "requests" ? [event.data] : []));
    expect([sent?.entries.length, sent?.left, sent?.entries.at(-1)?.id]).toEqual([50, 450, 500]);
  } finally {
    stream.close();
  }
});

test("five pages listen at once; one more is told so, and is counted (R-D3)", async () => {
  const streams = Array.from({ length: 5 }, () => listenTo(page.url));
  expect(await Promise.all(streams.map(({ status }) => status))).toEqual([200, 200, 200, 200, 200]);
  const more = listenTo(page.url);
  expect(await more.status).toBe(503);
  expect((await state()).snapshot.rings.clients).toMatchObject({ count: 5, max: 5, refused: 1 });
  for (const { close } of [...streams, more]) close();
  await expect.poll(async () => (await state()).snapshot.rings.clients.count).toBe(0);
});

test("the heatmap of a route has exemplars that lead to its traces (R-D3)", async () => {
  await state();
  await send("/items/1", "/fails");
  await expect
    .poll(
      async () => (await json<Heatmap>(`${page.url}api/heatmap`)).columns.flatMap(({ exemplars }) => exemplars).length,
    )
    .toBe(2);
  const key = (await state()).snapshot.routes.find(({ route }) => route === "/items/:id")?.key ?? "";
  const { columns, boundsMs } = await json<Heatmap>(`${page.url}api/heatmap?route=${encodeURIComponent(key)}`);
  expect(columns.reduce((sum, { counts }) => sum + counts.reduce((a, b) => a + b, 0), 0)).toBe(1);
  expect(columns[0]?.counts).toHaveLength(boundsMs.length + 1);
  const [exemplar] = columns[0]?.exemplars ?? [];
  expect((await json<TraceDetail>(`${page.url}api/traces/${exemplar?.traceId}`)).summary.route).toBe("/items/:id");
});

test("what nobody looks at costs nothing: a minute after the last one has left nothing is listened to or held (R-D3)", async () => {
  const { data } = pageOf(shop.engine);
  expect(data.isOpen).toBe(false);
  await send("/items/1");
  expect((await state()).requests).toEqual([]);
  await send("/items/1");
  await expect.poll(async () => (await state()).requests.length).toBe(1);
  data.close();
  expect([data.isOpen, data.requests.view().count, data.traces.view().count]).toEqual([false, 0, 0]);
  await send("/items/1");
  expect(data.requests.view().count).toBe(0);
});

test("who opens the page again gets the one that is open; with options of its own, or once that is closed, another (R-D3)", async () => {
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  expect((await openDevPage(shop.engine, { log }))?.url).toBe(page.url);
  expect(lines).toEqual([]);
  const other = await openDevPage(shop.engine, { port: 0, log });
  expect(other?.url).not.toBe(page.url);
  await other?.close();
  expect((await openDevPage(shop.engine, { log }))?.url).toBe(page.url);
  await page.close();
  const anew = await openDevPage(shop.engine, { log });
  expect(lines.at(-1)).toBe(`gossamer: see shop at ${anew?.url}`);
  await anew?.close();
});

test("where no port is free one line says which were tried and what to do (R-D3)", async () => {
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const taken: Server[] = [];
  let first = 0;
  try {
    // A row of 21 that was free just now.
    while (taken.length < 21) {
      const server = createServer();
      const at = taken.length === 0 ? 0 : first + taken.length;
      const isFree = await new Promise<boolean>((resolve) => {
        server.once("error", () => resolve(false));
        server.listen(at, "127.0.0.1", () => resolve(true));
      });
      // Whoever else has it: to the page that is the same.
      taken.push(server);
      if (at === 0 && isFree) first = (server.address() as AddressInfo).port;
    }
    expect(await openDevPage(shop.engine, { port: first, log })).toBeUndefined();
    expect(lines).toEqual([
      `gossamer: the page is not opened: ports ${first} to ${first + 20} are all in use: stop what listens there, or open it from code: openDevPage(telemetry, { port: 0 }) takes any that is free`,
    ]);
    expect(await openDevPage(shop.engine, { host: "192.0.2.1", log })).toBeUndefined();
    expect(lines.at(-1)).toBe(
      "gossamer: the page is not opened: this machine has no address 192.0.2.1: choose host 127.0.0.1",
    );
  } finally {
    for (const server of taken) server.close();
  }
});

test("the version by which copies of the package know each other is that of the package (R-A8)", () => {
  const manifest = readFileSync(join(import.meta.dirname, "../package.json"), "utf8");
  expect(version).toBe((JSON.parse(manifest) as { version: string }).version);
});
