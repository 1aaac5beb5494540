import type { Exchange } from "../exchange/exchange.ts";
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startOtlpReceiver } from "@gossamer/testing";
import { context, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { afterEach, describe, expect, test } from "vitest";
import type { TelemetryOptions } from "../options/declare/telemetry-options.ts";
import { type FakeRequest, fakeReader } from "../testing/test-exchange.ts";
import { seededRandom } from "../testing/test-tracing.ts";
import { createTelemetry, resetTelemetry } from "./create-telemetry.ts";
import type { Engine } from "./engine.ts";

afterEach(() => resetTelemetry());

const done = { statusCode: 200, completed: true };

function engine(options: TelemetryOptions = {}): Engine {
  return createTelemetry({
    sampleRatio: 1,
    exporter: "none",
    diagnostics: "none",
    shutdown: { signals: false },
    random: seededRandom(),
    ...options,
  } as TelemetryOptions<never>) as Engine;
}

describe("span", () => {
  test("runs a step in its own active span, with or without options (R-I2)", () => {
    const telemetry = engine();
    const exchange = telemetry.begin<FakeRequest>({}, fakeReader) as Exchange;
    exchange.run(() => {
      const result = telemetry.span("outer", (outer) => {
        expect(trace.getActiveSpan()).toBe(outer);
        return telemetry.span("inner", { attributes: { a: 1 } }, (inner) => {
          expect(inner.spanContext().traceId).toBe(outer.spanContext().traceId);
          return "value";
        });
      });
      expect(result).toBe("value");
      expect(trace.getActiveSpan()).toBe(exchange.span);
    });
    expect(telemetry.status().spans).toMatchObject({ started: 2, live: 0 });
  });

  test("ends with its promise and on a throw, and passes both on (R-I2)", async () => {
    const telemetry = engine();
    const error = new Error("no");
    expect(() =>
      telemetry.span("sync", () => {
        throw error;
      }),
    ).toThrow(error);
    await expect(telemetry.span("async", async () => Promise.reject(error))).rejects.toBe(error);
    expect(await telemetry.span("fine", async () => 7)).toBe(7);
    expect(telemetry.status().spans).toMatchObject({ started: 3, live: 0 });
  });

  test("computes attributes only for what is recorded; a function that throws is counted (R-I3)", () => {
    let computed = 0;
    const attributes = () => ({ n: ++computed });
    const telemetry = engine({ sampleRatio: 0 });
    telemetry.span("unsampled", { attributes }, () => {});
    expect(computed).toBe(0);
    telemetry.span(
      "broken",
      {
        attributes: () => {
          throw new Error("lazy");
        },
      },
      () => {},
    );
    expect(telemetry.status().faults).toEqual({});
  });

  test("computes them once for what is recorded (R-I3)", () => {
    let computed = 0;
    const telemetry = engine();
    telemetry.span("sampled", { attributes: () => ({ n: ++computed }) }, () => {});
    expect(computed).toBe(1);
    telemetry.span(
      "broken",
      {
        attributes: () => {
          throw new Error("lazy");
        },
      },
      () => {},
    );
    expect(telemetry.status().faults).toEqual({ annotate: 1 });
  });

  test("without a function there is nothing to run: no span, no throw, one fault (R-I2, A15)", () => {
    const telemetry = engine();
    const span = telemetry.span as (...args: unknown[]) => unknown;
    expect([span.call(telemetry, "step"), span.call(telemetry, "step", {}, "no function")]).toEqual([
      undefined,
      undefined,
    ]);
    expect(telemetry.status()).toMatchObject({ faults: { "span-options": 2 }, spans: { started: 0 } });
  });

  test.for<[string, unknown, Record<string, number>]>([
    ["none", undefined, {}],
    ["null", null, {}],
    ["a text", "fast", {}],
    [
      "some whose attributes cannot be read",
      {
        get attributes(): never {
          throw new Error("odd");
        },
      },
      { "span-options": 1 },
    ],
  ])("runs the function whatever its options are: %s (R-I2, A15)", ([, options, faults]) => {
    const telemetry = engine();
    expect(telemetry.span("step", options as never, () => "done")).toBe("done");
    expect(telemetry.status().faults).toEqual(faults);
  });

  test("attributes that come by a promise are a counted fault, and no unhandled rejection (R-I3, A6)", async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on("unhandledRejection", note);
    const telemetry = engine();
    const late = async (): Promise<never> => Promise.reject(new Error("late"));
    telemetry.span("step", { attributes: late as never }, () => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
    expect(telemetry.status().faults).toEqual({ annotate: 1 });
  });

  test("hangs under the parent it is given, for work that lost its context (R-I8)", () => {
    const telemetry = engine();
    const job = telemetry.tracer.startSpan("job");
    telemetry.span("step", { parent: job }, (span) => {
      expect(span.spanContext().traceId).toBe(job.spanContext().traceId);
    });
    job.end();
  });
});

describe("in user code", () => {
  test("annotate puts attributes on the request's span; outside of one it does nothing (R-I8)", () => {
    const telemetry = engine();
    telemetry.annotate({ nowhere: true });
    const exchange = telemetry.begin<FakeRequest>({}, fakeReader) as Exchange;
    exchange.run(() => {
      telemetry.annotate({ tenant: "a" });
      telemetry.span("inner", () => telemetry.annotate(() => ({ user: 7 })));
      telemetry.annotate(() => {
        throw new Error("lazy");
      });
      telemetry.annotate(null as never);
    });
    expect(exchange.span.attributes).toEqual(["tenant", "a", "user", 7]);
    expect(telemetry.status().faults).toEqual({ annotate: 1 });
  });

  test("annotate computes nothing when it cannot matter any more (R-I3)", () => {
    const telemetry = engine({ sampleRatio: 0, keep: { errors: 0, aborted: 0, slow: 0 } });
    const exchange = telemetry.begin<FakeRequest>({}, fakeReader) as Exchange;
    let computed = 0;
    exchange.run(() => {
      expect(exchange.flags & 1).toBe(0);
      telemetry.annotate(() => ({ n: ++computed }));
    });
    expect(computed).toBe(0);
  });

  test("traceId is that of the active trace, of an unsampled request too, and decides nothing (R-I8)", () => {
    const telemetry = engine({ sampleRatio: 0 });
    expect(telemetry.traceId()).toBeUndefined();
    const exchange = telemetry.begin<FakeRequest>({}, fakeReader) as Exchange;
    exchange.run(() => {
      expect(telemetry.traceId()).toMatch(/^[\da-f]{32}$/);
      expect(telemetry.traceId()).toBe(exchange.span.spanContext().traceId);
    });
    expect(telemetry.status().sampling.decisions).toEqual({});
  });

  test("current is the active request, also within spans, until it ends (R-I8)", () => {
    const telemetry = engine();
    expect(telemetry.current()).toBeUndefined();
    const exchange = telemetry.begin<FakeRequest>({}, fakeReader) as Exchange;
    exchange.run(() => {
      expect(telemetry.current()).toBe(exchange);
      telemetry.span("inner", () => expect(telemetry.current()).toBe(exchange));
      context.with(context.active().setValue(Symbol("x"), 1), () => expect(telemetry.current()).toBe(exchange));
      context.with(ROOT_CONTEXT, () => expect(telemetry.current()).toBeUndefined());
      exchange.end(done);
      expect(telemetry.current()).toBeUndefined();
      telemetry.annotate({ late: true });
    });
    expect(exchange.span.attributes).toEqual([]);
  });

  test("bind ties functions and emitters to the request (R-I8)", async () => {
    const telemetry = engine();
    const exchange = telemetry.begin<FakeRequest>({}, fakeReader) as Exchange;
    const emitter = new EventEmitter();
    const bound = exchange.run(() => {
      telemetry.bind(emitter);
      return telemetry.bind(() => telemetry.current());
    });
    expect(bound()).toBe(exchange);
    let seen: unknown;
    emitter.on("data", () => (seen = telemetry.current()));
    emitter.emit("data");
    expect(seen).toBe(exchange);
  });

  test("an outgoing call carries the active request's ids (R-I12)", () => {
    const telemetry = engine();
    const exchange = telemetry.begin<FakeRequest>({}, fakeReader) as Exchange;
    exchange.run(() => {
      const carrier: Record<string, string> = {};
      propagation.inject(context.active(), carrier);
      expect(carrier["traceparent"]).toBe(`00-${telemetry.traceId()}-${exchange.span.spanContext().spanId}-03`);
    });
  });
});

describe("status", () => {
  test("tells what happened, as plain data of a known shape (R-P11)", () => {
    const telemetry = engine({ exporter: "otlp", otlp: { endpoint: "http://127.0.0.1:9" } });
    telemetry.begin<FakeRequest>({}, fakeReader).end(done);
    const status = telemetry.status();
    expect(Object.keys(status)).toEqual([
      "state",
      "sampling",
      "spans",
      "traceExport",
      "metricExport",
      "statsd",
      "logExport",
      "metrics",
      "operations",
      "logs",
      "overhead",
      "settings",
      "faults",
    ]);
    expect(status).toMatchObject({
      state: "running",
      sampling: { decisions: { "ratio:sampled": 1 }, keepDrops: {} },
      spans: { started: 0, live: 0, leaked: 0, drops: {} },
      faults: {},
    });
    expect(status.traceExport).toMatchObject({ writing: 1 });
    expect(() => JSON.stringify(status)).not.toThrow();
  });

  test("a reader that throws at the beginning is counted, and so is its request (R-P5)", () => {
    const telemetry = engine();
    const broken = {
      ...fakeReader,
      method: () => {
        throw new Error("reader");
      },
    };
    const exchange = telemetry.begin({}, broken);
    exchange.run(() => {});
    exchange.end(done);
    telemetry.begin(null as never, fakeReader).end(done);
    expect(telemetry.status().faults["reader"]).toBe(2);
    const counted = telemetry.status().metrics.instruments.find(({ name }) => name === "http.server.request.duration");
    expect(counted?.series).toBe(1);
  });

  test("an adapter's set-up that fails is counted, never thrown (R-P5)", () => {
    const telemetry = engine();
    telemetry.guard(() => {
      throw new Error("adapter");
    });
    expect(telemetry.status().faults).toEqual({ adapter: 1 });
  });
});

test("a disabled engine measures nothing, gives no ids, and runs what it is given (R-I7)", async () => {
  const telemetry = engine({ enabled: false, exporter: "otlp" });
  expect([telemetry.enabled, telemetry.status().state]).toEqual([false, "disabled"]);
  const exchange = telemetry.begin<FakeRequest>({}, fakeReader) as Exchange;
  exchange.end({ statusCode: 500, completed: true });
  expect(
    telemetry.span("x", (span) => [
      span.isRecording(),
      trace.isSpanContextValid(span.spanContext()),
      telemetry.traceId(),
    ]),
  ).toEqual([false, false, undefined]);
  await expect(telemetry.span("x", async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(trace.getTracer("x").startSpan("y").isRecording()).toBe(false);
  expect(telemetry.status()).toMatchObject({
    traceExport: undefined,
    metricExport: undefined,
    metrics: { instruments: [] },
  });
  expect(await telemetry.flush(10)).toBe(true);
  await telemetry.shutdown(10);
});

describe("export", () => {
  test("flush delivers spans and metrics; shutdown delivers the rest, may be called again, and then nothing is sent (R-P9)", async () => {
    const receiver = await startOtlpReceiver();
    try {
      const telemetry = engine({
        exporter: "otlp",
        otlp: { endpoint: receiver.url },
        serviceName: "shop",
        batch: { delayMs: 60_000 },
      });
      telemetry.begin<FakeRequest>({}, fakeReader).end(done);
      expect(await telemetry.flush(30_000)).toBe(true);
      expect(receiver.spans.map(({ name, scope, resource }) => [name, scope.name, resource["service.name"]])).toEqual([
        ["GET", "@gossamer/core", "shop"],
      ]);
      expect(receiver.latestPoints("http.server.request.duration")).toHaveLength(1);
      telemetry.begin<FakeRequest>({}, fakeReader).end({ statusCode: 500, completed: true });
      const stopping = telemetry.shutdown(5_000);
      expect(telemetry.shutdown()).toBe(stopping);
      await stopping;
      expect(receiver.spans).toHaveLength(2);
      expect(telemetry.status().state).toBe("shut-down");
      telemetry.begin<FakeRequest>({}, fakeReader).end(done);
      telemetry.span("late", () => {});
      await telemetry.flush(100);
      expect(receiver.spans).toHaveLength(2);
    } finally {
      await receiver.close();
    }
  });

  test("the Prometheus handler answers what was counted (R-M4)", async () => {
    const telemetry = engine();
    telemetry.begin<FakeRequest>({}, fakeReader).end(done);
    const server = createServer(telemetry.prometheus());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain("http_server_request_duration_seconds_count");
    server.closeAllConnections();
    server.close();
  });

  test("the metrics can be read as a MetricProducer (R-M4)", async () => {
    const telemetry = engine();
    telemetry.begin<FakeRequest>({}, fakeReader).end(done);
    const { resourceMetrics, errors } = await telemetry.metricProducer().collect();
    expect(errors).toEqual([]);
    expect(
      resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics.map(({ descriptor }) => descriptor.name)),
    ).toContain("http.server.request.duration");
  });
});

test("explain answers whatever it is asked about (A15)", () => {
  const telemetry = engine();
  const odd: unknown[] = [
    null,
    undefined,
    7,
    "GET /",
    [],
    { headers: null },
    { headers: { a: 7 }, method: 5, path: {} },
  ];
  for (const asked of [...odd, { route: Symbol("s"), routeOptions: null }, Object.create(null)])
    expect(telemetry.explain(asked as never).steps.length).toBeGreaterThan(0);
});
