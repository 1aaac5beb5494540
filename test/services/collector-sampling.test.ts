import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { TelemetryOptions } from "@gossamer/core";
import type { ReceivedSpan } from "@gossamer/testing";
import { expect, test } from "vitest";
import type { FaultService } from "../faults/fault-service.ts";
import { type GrpcCollector, startGrpcCollector } from "../faults/grpc-collector.ts";
import { atEnd, serve } from "../faults/world.ts";
import { buildMs, type Collector, startCollector } from "./collector/collector.ts";

// Real services, a real agent and two real gateways; what gateways let through arrives at a backend of each.

const script = join(import.meta.dirname, "collector/chain-service.mjs");
const testMs = buildMs + 120_000;
const kinds = { ok: 3_880, fail: 100, slow: 20 };
const traces = kinds.ok + kinds.fail + kinds.slow;
/** Server and client spans of a request through three services. */
const spansEach = 5;

/** Each of them, with the kind of its span: 2 is a server's, 3 a client's. */
const whole = ["mail 2", "shop 2", "shop 3", "stock 2", "stock 3"];

interface Gateway {
  readonly collector: Collector;
  readonly backend: GrpcCollector;
}

/** As its file has it, but for how long it waits: a test is in a hurry. */
async function startGateway(file: "gateway.yaml" | "gateway-small.yaml" = "gateway.yaml"): Promise<Gateway> {
  const backend = await startGrpcCollector();
  atEnd(() => backend.stop());
  const collector = await startCollector({
    files: [file],
    env: { BACKEND_ENDPOINT: `127.0.0.1:${backend.port}` },
    changes: {
      processors: { tail_sampling: { decision_wait: "5s" } },
      exporters: { otlp_grpc: { sending_queue: { batch: { flush_timeout: "200ms" } } } },
    },
  });
  return { collector, backend };
}

const decisions = "otelcol_processor_tail_sampling_global_count_traces_sampled";

/** How many traces they have decided on. */
async function decided(...gateways: readonly Gateway[]): Promise<number> {
  return sum(await Promise.all(gateways.map(({ collector }) => collector.own(decisions))));
}

/** Waits until their backends have all that they let through: it is decided a while before it leaves. */
async function delivered(gateways: readonly Gateway[], spans: number): Promise<void> {
  for (const { collector } of gateways) {
    const kept = spans * (await collector.own(decisions, 'sampled="true"'));
    await expect.poll(() => collector.own("otelcol_exporter_sent_spans"), { timeout: 30_000 }).toBe(kept);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function byTrace(spans: readonly ReceivedSpan[]): Map<string, ReceivedSpan[]> {
  const found = new Map<string, ReceivedSpan[]>();
  for (const span of spans) found.set(span.traceId, [...(found.get(span.traceId) ?? []), span]);
  return found;
}

/** Whether a trace began with such a request. */
function isOf(kind: string): (spans: readonly ReceivedSpan[]) => boolean {
  return (spans) => spans.some(({ parentSpanId, name }) => parentSpanId === "" && name === `GET /${kind}`);
}

interface ServiceParts {
  readonly endpoint: string;
  readonly options?: TelemetryOptions;
  readonly otlp?: TelemetryOptions["otlp"];
  /** Whom it asks. */
  readonly next?: FaultService;
}

async function startService(name: string, { endpoint, options, otlp, next }: ServiceParts): Promise<FaultService> {
  const env = next === undefined ? {} : { CHAIN_NEXT: next.url };
  return serve(endpoint, { script, env, otlp, options: { serviceName: name, metrics: false, ...options } });
}

test(
  "a trace of three services is whole on one of two gateways, what failed or was slow is all kept, and one in a hundred of the rest (R-D1)",
  { timeout: testMs },
  async () => {
    const gateways = [await startGateway(), await startGateway()];
    const agent = await startCollector({
      files: ["agent.yaml"],
      changes: {
        processors: { resource_detection: { detectors: ["env", "system"] } },
        exporters: {
          load_balancing: {
            resolver: { dns: null, static: { hostnames: gateways.map(({ collector }) => collector.grpc) } },
          },
        },
      },
    });
    const mail = await startService("mail", { endpoint: agent.http });
    const stock = await startService("stock", { endpoint: agent.http, next: mail });
    const shop = await startService("shop", { endpoint: agent.http, next: stock });
    const seen = [
      await shop.load(kinds.ok, "/ok", 20),
      await shop.load(kinds.fail, "/fail", 10),
      await shop.load(kinds.slow, "/slow?ms=5200", kinds.slow),
    ];
    expect(seen.map(({ errors }) => errors)).toEqual([0, 0, 0]);
    for (const service of [shop, stock, mail]) expect(await service.flush(30_000)).toBe(true);

    const accepted = async (): Promise<number[]> =>
      Promise.all(gateways.map(({ collector }) => collector.own("otelcol_receiver_accepted_spans")));
    await expect.poll(async () => sum(await accepted()), { timeout: 60_000 }).toBe(traces * spansEach);
    expect(Math.min(...(await accepted()))).toBeGreaterThan(0.4 * traces * spansEach);

    const arrived = (): Map<string, ReceivedSpan[]>[] => gateways.map(({ backend }) => byTrace(backend.spans));
    const count = (kind: string): number => arrived().flatMap((at) => [...at.values()].filter(isOf(kind))).length;
    await expect.poll(() => [count("fail"), count("slow")], { timeout: 60_000 }).toEqual([kinds.fail, kinds.slow]);
    // What is left out is decided too.
    await expect.poll(() => decided(...gateways), { timeout: 60_000 }).toBe(traces);
    await delivered(gateways, spansEach);
    const [first, second] = arrived();
    expect([...first!.keys()].filter((traceId) => second!.has(traceId))).toEqual([]);
    for (const spans of [...first!.values(), ...second!.values()]) {
      expect(spans.map(({ resource, kind }) => `${String(resource["service.name"])} ${kind}`).toSorted()).toEqual(
        whole,
      );
    }
    // Six standard deviations of a binomial distribution, which chance exceeds once in ten million runs; four it would exceed once in 10,000.
    const expected = 0.01 * kinds.ok;
    const deviation = Math.sqrt(expected * 0.99);
    expect(Math.abs(count("ok") - expected)).toBeLessThan(6 * deviation);
  },
);

test(
  "what a service kept or left of more is not thinned by the gateway a second time (R-D1)",
  { timeout: testMs },
  async () => {
    const gateway = await startGateway();
    const { http, grpc } = gateway.collector;
    const careful = await startService("careful", {
      endpoint: http,
      options: { sampleRatio: 0, keep: { slowerThanMs: 2_000 } },
    });
    const thin = await startService("thin", {
      endpoint: `http://${grpc}`,
      options: { sampleRatio: 0.25 },
      otlp: { protocol: "grpc" },
    });
    await careful.load(20, "/ok");
    await careful.load(5, "/fail");
    await careful.load(5, "/slow?ms=2300");
    await thin.load(800, "/ok");
    await careful.flush(15_000);
    await thin.flush(15_000);
    const { exported } = await thin.traces();
    expect(exported).toBeGreaterThan(120);
    await send(http, tracesOf({ service: "foreign", traceState: "ot=th:c", count: 20 }));
    await send(http, tracesOf({ service: "restrained", traceState: "", count: 20, reason: "restrained" }));
    await send(http, tracesOf({ service: "whole", traceState: "ot=th:0;rv:00000000000001", count: 20 }));

    await expect.poll(() => decided(gateway), { timeout: 60_000 }).toBe(10 + exported + 60);
    await delivered([gateway], 1);
    const of = (service: string): ReceivedSpan[] =>
      gateway.backend.spans.filter(({ resource }) => resource["service.name"] === service);
    expect(of("thin")).toHaveLength(exported);
    expect(of("careful").map(reason).toSorted()).toEqual([
      ...Array<string>(5).fill("error"),
      ...Array<string>(5).fill("slow"),
    ]);
    expect(of("foreign")).toHaveLength(20);
    expect(of("restrained")).toHaveLength(20);
    // One in a hundred: six of twenty are there once in 25 million runs.
    expect(of("whole").length).toBeLessThan(6);
  },
);

function reason({ attributes }: ReceivedSpan): string {
  return String(attributes["sampling.reason"]);
}

test(
  "a small gateway lets through so many spans a second, whatever fails at once, where a rate limit beside the others would add (R-D1)",
  { timeout: testMs },
  async () => {
    const gateway = await startGateway("gateway-small.yaml");
    const count = 4_000;
    await send(gateway.collector.http, tracesOf({ service: "broken", traceState: "", count, statusCode: 2 }));
    await send(gateway.collector.http, tracesOf({ service: "well", traceState: "", count }));
    await expect.poll(() => decided(gateway), { timeout: 60_000, interval: 20 }).toBeGreaterThan(0);
    const firstMs = performance.now();
    await expect.poll(() => decided(gateway), { timeout: 60_000, interval: 20 }).toBe(2 * count);
    // In how many seconds of the clock it may have let some through: those that it took, and one more.
    const seconds = 2 + Math.floor((performance.now() - firstMs) / 1_000);
    await delivered([gateway], 1);
    const of = (service: string): number =>
      gateway.backend.spans.filter(({ resource }) => resource["service.name"] === service).length;
    // Of 1,000 spans a second 400 may have failed and 100 be of the baseline; what came at once is decided in two seconds at most, unless the machine is busy.
    expect(of("broken")).toBeGreaterThanOrEqual(400);
    expect(of("broken")).toBeLessThanOrEqual(seconds * 400);
    expect(of("well")).toBeGreaterThan(50);
    expect(of("well")).toBeLessThanOrEqual(seconds * 100);
  },
);

async function send(http: string, resourceSpans: readonly object[]): Promise<void> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ resourceSpans });
  expect((await fetch(`${http}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);
}

interface ForeignTraces {
  readonly service: string;
  readonly traceState: string;
  readonly count: number;
  /** 2 is an error. */
  readonly statusCode?: number;
  /** The attribute `sampling.reason`. */
  readonly reason?: string;
}

/** Traces of one span each, as an SDK would send them. */
function tracesOf({ service, traceState, count, statusCode = 0, reason: because }: ForeignTraces): object[] {
  const resource = { attributes: [{ key: "service.name", value: { stringValue: service } }] };
  const spans = Array.from({ length: count }, () => ({
    traceId: randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
    traceState,
    name: "work",
    kind: 1,
    startTimeUnixNano: "1790000000000000000",
    endTimeUnixNano: "1790000000001000000",
    status: { code: statusCode },
    attributes: because === undefined ? [] : [{ key: "sampling.reason", value: { stringValue: because } }],
  }));
  return [{ resource, scopeSpans: [{ scope: { name: "test" }, spans }] }];
}
