import { context, trace, type TracerProvider } from "@opentelemetry/api";
import * as sdk3 from "@opentelemetry/sdk-trace";
import * as sdk2 from "sdk-trace2";
import { resetTelemetry, type SpanProcessor } from "@gossamer/core";
import { afterEach, describe, expect, test } from "vitest";
import { pageOf } from "./engine-page.ts";
import { devPageSpanProcessor, openDevPage, type PageState, type TraceDetail, type TraceSummary } from "./index.ts";
import { ask, json } from "./testing/page-client.ts";
import { type Shop, startShop } from "./testing/shop.ts";

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
  await resetTelemetry();
  trace.disable();
});

async function open(shop: Shop): Promise<string> {
  const page = await openDevPage(shop.engine, { port: 0, log() {} });
  if (page === undefined) expect.fail("it is open");
  ending.push(shop.close, page.close, () => Promise.resolve(pageOf(shop.engine).data.close()));
  return page.url;
}

const traces = async (url: string): Promise<TraceSummary[]> =>
  (await json<{ traces: TraceSummary[] }>(`${url}api/traces`)).traces;

describe.each<[string, (processor: SpanProcessor) => TracerProvider]>([
  // Typed as their users have it.
  ["SDK 2", (processor) => new sdk2.BasicTracerProvider({ spanProcessors: [processor] })],
  ["SDK 3", (processor) => new sdk3.TracerProvider({ spanProcessors: [processor] })],
])("beside %s", (_name, providerWith) => {
  test("spans that the SDK makes are on the page, those of requests and those of its own (R-D3)", async () => {
    const provider = providerWith(devPageSpanProcessor());
    trace.setGlobalTracerProvider(provider);
    const shop = await startShop({ register: "never" });
    const url = await open(shop);
    await json(`${url}api/state`);
    const tracer = provider.getTracer("theirs");
    const job = tracer.startSpan("job", { attributes: { "job.id": 7 } });
    tracer.startSpan("step", {}, trace.setSpan(context.active(), job)).end();
    job.end();
    await ask(`${shop.url}/items/1`);
    await expect
      .poll(async () => (await traces(url)).map(({ name }) => name).toSorted())
      .toEqual(["GET /items/:id", "job"]);
    const [ofRequest, ofJob] = (await traces(url)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    expect(ofJob).toMatchObject({ spans: 2, hasRoot: true });
    const { spans } = await json<TraceDetail>(`${url}api/traces/${ofJob?.traceId}`);
    expect(spans).toMatchObject([
      { name: "job", scope: "theirs", service: "shop", attributes: { "job.id": 7 }, depth: 0 },
      { name: "step", depth: 1 },
    ]);
    // Its request leads to its trace.
    expect((await json<PageState>(`${url}api/state`)).requests).toMatchObject([
      { route: "/items/:id", traceId: ofRequest?.traceId, fate: "sampled" },
    ]);
  });
});

test("a closed page takes nothing, a span that is not sampled is not shown, and one that cannot be read harms nobody (R-D3)", async () => {
  const processor = devPageSpanProcessor();
  const provider = new sdk3.TracerProvider({ spanProcessors: [processor] });
  const end = (name: string): void => provider.getTracer("theirs").startSpan(name).end();
  end("before there is telemetry");
  const shop = await startShop();
  end("before there is a page");
  const url = await open(shop);
  end("before somebody looks");
  await json(`${url}api/state`);
  end("shown");
  const hostile = {
    spanContext: () => ({ traceId: "1".repeat(32), spanId: "1".repeat(16), traceFlags: 1 }),
    get status(): never {
      throw new Error("no status");
    },
  };
  for (const span of [{}, hostile, { spanContext: () => ({ traceId: "2".repeat(32), traceFlags: 0 }) }])
    Reflect.apply(processor.onEnd, processor, [span]);
  expect((await traces(url)).map(({ name }) => name)).toEqual(["shown"]);
  await processor.forceFlush();
  await processor.shutdown();
});

test("spans of our own provider are shown once, though the processor sees them too (R-D3)", async () => {
  const shop = await startShop({ spanProcessors: [devPageSpanProcessor()] });
  const url = await open(shop);
  await json(`${url}api/state`);
  await ask(`${shop.url}/items/1`);
  await expect.poll(async () => (await traces(url)).map(({ spans }) => spans)).toEqual([2]);
});
