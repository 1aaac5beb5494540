import type { IncomingMessage } from "node:http";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { afterEach, expect, test } from "vitest";
import { nodeReader } from "../exchange/node/node-reader.ts";
import { createTelemetry, resetTelemetry } from "./create-telemetry.ts";
import type { TelemetryOptions } from "../options/declare/telemetry-options.ts";
import type { TelemetryEngine } from "./telemetry.ts";

afterEach(() => resetTelemetry());

const times = 1_000;

function busyService(options: Partial<TelemetryOptions> = {}): {
  readonly engine: TelemetryEngine;
  readonly spans: ReadableSpan[];
  serve(times: number): void;
} {
  const spans: ReadableSpan[] = [];
  const engine = createTelemetry({
    serviceName: "busy",
    exporter: {
      export(exported: ReadableSpan[], back: (result: { code: number }) => void) {
        spans.push(...exported);
        back({ code: 0 });
      },
      shutdown: () => Promise.resolve(),
    },
    ...(options.sampler === undefined ? { sampleRatio: 1 } : {}),
    diagnostics: "none",
    register: "never",
    shutdown: { signals: false },
    overhead: { enabled: false },
    ...options,
  } as Parameters<typeof createTelemetry>[0]) as TelemetryEngine;
  return {
    engine,
    spans,
    serve(count) {
      for (let i = 0; i < count; i++) {
        const request = {
          method: "GET",
          url: `/orders/${i}`,
          httpVersion: "1.1",
          rawHeaders: ["Host", "shop.example", "User-Agent", "curl/8"],
          socket: { remoteAddress: "192.0.2.1", remotePort: 4_711 },
        } as unknown as IncomingMessage;
        engine.begin(request, nodeReader).end({ statusCode: 200, completed: true });
      }
    },
  };
}

function counted(engine: TelemetryEngine): number {
  return Object.values(engine.status().sampling.decisions).reduce((sum, count) => sum + count, 0);
}

test("whoever asks a busy service for its status hears of every request that has ended (R-M1)", () => {
  const { engine, serve } = busyService();
  for (let asked = 1; asked <= 5; asked++) {
    serve(times + asked);
    expect(counted(engine)).toBe(asked * times + (asked * (asked + 1)) / 2);
  }
});

test("a collection of metrics finds every request that has ended, and none of them active (R-M1)", async () => {
  const { engine, serve } = busyService();
  const producer = engine.metricProducer();
  for (let asked = 1; asked <= 3; asked++) {
    serve(times + 7);
    const { resourceMetrics } = await producer.collect();
    const told = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
    const points = (name: string): readonly { readonly value: unknown }[] =>
      told.find(({ descriptor }) => descriptor.name === name)!.dataPoints;
    const [duration] = points("http.server.request.duration") as readonly {
      readonly value: { readonly count: number };
    }[];
    expect(duration!.value.count).toBe(asked * (times + 7));
    expect(points("http.server.active_requests").map(({ value }) => value)).toEqual([0]);
  }
});

test.each(["flush", "shutdown", "forceFlush"] as const)(
  "%s sends the spans of all requests that have ended by then, in a busy service too (R-P9)",
  async (how) => {
    const { engine, spans, serve } = busyService();
    serve(609);
    await (how === "forceFlush" ? engine.tracerProvider.forceFlush!() : engine[how]());
    expect(spans).toHaveLength(609);
    expect(new Set(spans.map(({ attributes }) => attributes["url.path"])).size).toBe(609);
  },
);

test("requests that end while it shuts down are counted and sent at once (R-P9)", async () => {
  const { engine, spans, serve } = busyService();
  serve(609);
  const stopped = engine.shutdown();
  serve(3);
  await stopped;
  expect(spans).toHaveLength(612);
});

test("a logger that comes has lines of requests that end from then on, and of none before (R-L2)", () => {
  const { engine, serve } = busyService();
  serve(609);
  const paths: (string | undefined)[] = [];
  engine.logging.logRequests({
    wantsPath: true,
    write(line) {
      paths.push(line.path);
    },
  });
  serve(1);
  engine.status();
  expect(paths).toEqual(["/orders/0"]);
});

test("a change of sampling holds for requests that end from then on, and for none that has ended (R-S15)", () => {
  const { engine, serve } = busyService();
  serve(times + 11);
  engine.sampling.update({ sampleRatio: 0 });
  serve(times + 13);
  engine.sampling.update({ sampleRatio: 1 });
  serve(times + 17);
  const { decisions } = engine.status().sampling;
  expect(Object.values(decisions).toSorted((a, b) => a - b)).toEqual([times + 13, 2 * times + 28]);
});

test("functions of the service that have a say at the end of a request are called at its end (R-S15)", () => {
  const asked: string[] = [];
  const { serve, engine } = busyService({
    sampler: {
      description: "its own",
      decide() {
        asked.push("sampler");
        return { sampled: false, reason: "sampler" };
      },
    },
  } as Partial<TelemetryOptions>);
  for (let i = 1; i <= times; i++) {
    serve(1);
    expect(asked).toHaveLength(i);
  }
  expect(counted(engine)).toBe(times);
});
