import { trace } from "@opentelemetry/api";
import { afterEach, describe, expect, test } from "vitest";
import type { RequestLine } from "../../logging/request-line.ts";
import type { TelemetryOptions } from "../../options/declare/telemetry-options.ts";
import { ratio } from "../../sampling/samplers/ratio.ts";
import { type FakeRequest, fakeReader } from "../../testing/test-exchange.ts";
import { OptionError } from "../../model/checks/option-error.ts";
import { createTelemetry, resetTelemetry } from "../create-telemetry.ts";
import { processTelemetry } from "../process-telemetry.ts";
import type { TelemetryEngine } from "../telemetry.ts";

afterEach(() => resetTelemetry());

const done = { statusCode: 200, completed: true };

function engine(options: TelemetryOptions = {}): TelemetryEngine {
  return createTelemetry({
    serviceName: "logged",
    sampleRatio: 1,
    exporter: "none",
    diagnostics: "none",
    shutdown: { signals: false },
    ...options,
  } as TelemetryOptions<never>);
}

describe("flags for log lines", () => {
  test("they are read where that takes nothing away (R-G1)", () => {
    const telemetry = engine();
    const exchange = telemetry.begin({}, fakeReader);
    exchange.run(() => expect(telemetry.logging.identify(trace.getActiveSpan()!)?.traceFlags).toBe(3));
    exchange.end(done);
  });

  test("while sampling waits for the route they stay unread, and the route's own rule holds (R-G1)", () => {
    const telemetry = engine();
    const waiting = { ...fakeReader, routeOptionsInUse: { sampling: true, stream: false } };
    const request: FakeRequest = {};
    const exchange = telemetry.begin(request, waiting);
    exchange.run(() => {
      expect(trace.getActiveSpan()?.spanContext().traceId).toMatch(/^[\da-f]{32}$/);
      expect(telemetry.logging.identify(trace.getActiveSpan()!)?.traceFlags).toBeUndefined();
      request.route = telemetry.routes.get("/quiet", { trace: false });
      expect(telemetry.logging.identify(trace.getActiveSpan()!)?.traceFlags).toBe(2);
    });
    exchange.end(done);
    expect(telemetry.status().sampling.decisions).toEqual({ "route-options:unsampled": 1 });
  });

  test("asked for always, they decide without the route (R-G1)", () => {
    const telemetry = engine();
    const exchange = telemetry.begin({}, { ...fakeReader, routeOptionsInUse: { sampling: true, stream: false } });
    exchange.run(() =>
      expect(telemetry.logging.identify(trace.getActiveSpan()!, "always")?.traceFlags).toBeTypeOf("number"),
    );
    exchange.end(done);
    expect(Object.keys(telemetry.status().sampling.decisions)[0]).not.toContain("route-options");
  });
});

test("ids are those of the span's context; a span of another provider is told too, one that is none is not (R-G1)", () => {
  const telemetry = engine();
  telemetry.begin({}, fakeReader).run(() => {
    const { traceId, spanId } = trace.getActiveSpan()!.spanContext();
    expect(telemetry.logging.identify(trace.getActiveSpan()!, "never")).toEqual({
      traceId,
      spanId,
      traceFlags: undefined,
    });
  });
  const foreign = { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1 };
  expect(telemetry.logging.identify(trace.wrapSpanContext(foreign))).toEqual(foreign);
  expect(telemetry.logging.identify(trace.wrapSpanContext({ ...foreign, traceId: "0".repeat(32) }))).toBeUndefined();
});

describe("levels", () => {
  test("production and unknown environments log warnings, all others infos (R-G3)", async () => {
    for (const [environment, level] of [
      ["production", "warn"],
      ["moon", "warn"],
      ["staging", "info"],
      ["development", "info"],
      ["test", "info"],
    ] as const) {
      expect(engine({ environment }).logging.level).toBe(level);
      await resetTelemetry();
    }
  });

  test("DEBUG=true is debug, other values of it are none of ours, and code wins (R-G3)", async () => {
    const levels: string[] = [];
    for (const [value, options] of [
      ["true", {}],
      ["express:*", {}],
      ["true", { logLevel: "error" }],
    ] as const) {
      process.env["DEBUG"] = value;
      levels.push(engine({ environment: "production", ...options }).logging.level);
      await resetTelemetry();
    }
    delete process.env["DEBUG"];
    expect(levels).toEqual(["debug", "warn", "error"]);
  });
});

describe("destinations", () => {
  test("flush and shutdown wait for them, up to the deadline (R-G4)", async () => {
    const telemetry = engine();
    const asked: string[] = [];
    telemetry.logging.flushes({
      flush: async () => {
        asked.push("flush");
      },
      close: async () => {},
    });
    expect(await telemetry.flush()).toBe(true);
    await telemetry.shutdown();
    expect(asked).toEqual(["flush", "flush"]);
  });

  test("one that never answers delays nobody beyond the deadline, one that fails is counted (R-G4)", async () => {
    const telemetry = engine();
    telemetry.logging.flushes({ flush: () => new Promise(() => {}), close: async () => {} });
    expect(await telemetry.flush(20)).toBe(false);
    telemetry.logging.flushes({ flush: () => Promise.reject(new Error("EIO")), close: async () => {} });
    expect(await telemetry.flush(20)).toBe(false);
    expect(telemetry.status().faults).toEqual({ "log-destination": 1 });
    await telemetry.shutdown(20);
  });
});

describe("what is handed over to be called later", () => {
  const shy = new Proxy(
    {},
    {
      get() {
        throw new Error("do not look");
      },
    },
  );
  const junk: readonly unknown[] = [undefined, null, 7, "text", {}, [], { write: 1, flush: 1, close: 1 }, shy];

  test.for(["before the engine", "with it"])(
    "that cannot be called is an OptionError at the call, %s; nothing of it is kept, and what is handed over after it works (R-C3, R-I1)",
    (when) => {
      if (when === "with it") engine();
      const { logging } = processTelemetry;
      for (const wrong of junk as readonly never[]) {
        expect(() => logging.logRequests(wrong)).toThrow(OptionError);
        expect(() => logging.flushes(wrong)).toThrow(OptionError);
        expect(() => logging.watchRecords(wrong)).toThrow(OptionError);
        expect(() => logging.started(wrong)).toThrow(OptionError);
      }
      expect(() => logging.logRequests(undefined as never)).toThrow(
        'Option "logging.logRequests" must be an object with write(), got undefined.',
      );
      const lines: RequestLine[] = [];
      logging.logRequests({ write: (line) => lines.push(line) });
      const telemetry = engine();
      telemetry.begin({}, fakeReader).end(done);
      expect([lines.length, telemetry.status().faults]).toEqual([1, {}]);
    },
  );

  test("a sink whose wantsPath throws is counted, and later ones have their lines (R-I1)", () => {
    const telemetry = engine();
    const lines: RequestLine[] = [];
    const write = (line: RequestLine): unknown => lines.push(line);
    telemetry.logging.logRequests({
      write,
      get wantsPath(): boolean {
        throw new Error("do not look");
      },
    });
    telemetry.logging.logRequests({ write });
    telemetry.begin({}, fakeReader).end(done);
    expect(lines).toHaveLength(2);
    expect(telemetry.status().faults).toEqual({ "request-line": 2 });
  });

  test("explain answers for a request that throws at whoever looks, as for one of which nothing is told (R-I1)", () => {
    const telemetry = engine();
    expect(telemetry.explain(shy)).toEqual(telemetry.explain({}));
    expect(telemetry.status().faults).toEqual({ explain: 1 });
  });
});

describe("errors", () => {
  test("the hook's word is on span, metric and line (R-G7)", () => {
    const telemetry = engine({ categorizeError: () => "declined" });
    const lines: RequestLine[] = [];
    telemetry.logging.logRequests({ write: (line) => lines.push(line) });
    const exchange = telemetry.begin({}, fakeReader);
    exchange.failed(new Error("card"));
    exchange.end({ statusCode: 500, completed: true });
    expect(lines).toMatchObject([{ errorType: "declined" }]);
    expect(telemetry.status().logs).toMatchObject({ requestLines: 1, drops: {}, records: { written: 0 } });
  });

  test("requestLine: false turns lines off for good (R-G2)", () => {
    const telemetry = engine({ requestLine: false });
    const lines: RequestLine[] = [];
    telemetry.logging.logRequests({ write: (line) => lines.push(line) });
    telemetry.begin({}, fakeReader).end({ statusCode: 500, completed: true });
    expect(lines).toEqual([]);
  });

  test("a sampler that looks at routes makes lines wait as well (R-G1)", () => {
    const sampler = Object.assign(ratio(1), { usesRoute: true });
    const telemetry = createTelemetry({
      sampler,
      exporter: "none",
      diagnostics: "none",
      shutdown: { signals: false },
    } as TelemetryOptions<never>);
    telemetry.begin({}, fakeReader).run(() => {
      expect(telemetry.logging.identify(trace.getActiveSpan()!)?.traceFlags).toBeUndefined();
    });
  });
});
