import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import { afterEach, describe, expect, test } from "vitest";
import { done } from "../testing/ruled-host.ts";
import { fakeReader } from "../testing/test-exchange.ts";
import { clusterPrometheus } from "./cluster-prometheus.part.ts";
import { createTelemetry, engineOf, isTelemetry, resetTelemetry } from "./create-telemetry.ts";
import { carryTelemetry, processTelemetry } from "./process-telemetry.ts";
import type { Telemetry, TelemetryEngine } from "./telemetry.ts";

const quiet = { exporter: "none", diagnostics: "none", shutdown: { signals: false }, sampleRatio: 1 } as const;

/** What an adapter exports. */
const telemetry = carryTelemetry(function middleware(options?: object): TelemetryEngine {
  return engineOf(options, middleware);
});

afterEach(() => resetTelemetry());

describe("before there is an engine", () => {
  test("a step runs as it is: what it answers is answered, what it throws is thrown (R-A7)", async () => {
    expect(telemetry.span("step", (span) => [span.isRecording(), 7])).toEqual([false, 7]);
    expect(telemetry.span("step", { attributes: { a: 1 } }, () => 8)).toBe(8);
    await expect(telemetry.span("step", async () => Promise.resolve(9))).resolves.toBe(9);
    expect(() => telemetry.span("step", () => JSON.parse("{") as unknown)).toThrow(SyntaxError);
    expect(telemetry.tracer.startActiveSpan("step", (span) => span.isRecording())).toBe(false);
  });

  test("each function does the harmless thing, and status and check say why nothing is seen (R-A7)", async () => {
    const listener = (): void => {};
    telemetry.annotate(() => {
      throw new Error("nobody asks for them");
    });
    expect([telemetry.traceId(), telemetry.current(), telemetry.bind(listener), telemetry.enabled]).toEqual([
      undefined,
      undefined,
      listener,
      false,
    ]);
    expect(telemetry.status()).toMatchObject({ state: "not-started", sampling: { decisions: {} } });
    expect(telemetry.check()).toMatchObject([{ id: "not-started", severity: "error" }]);
    expect(telemetry.explain({ path: "/x" }).steps.join()).toContain("not been started");
    expect(telemetry.sampling.update({ sampleRatio: 0.5 })).toBe(telemetry.sampling.current());
    expect(telemetry.instrumentationOptions().undici.ignoreRequestHook({ origin: "http://x" })).toBe(false);
    expect(telemetry.propagator.extract(ROOT_CONTEXT, {}, { keys: () => [], get: () => undefined })).toBe(ROOT_CONTEXT);
    await expect(telemetry.metricProducer().collect()).resolves.toMatchObject({ errors: [] });
    await expect(Promise.all([telemetry.flush(), telemetry.shutdown(), telemetry.emergencyFlush()])).resolves.toEqual([
      true,
      undefined,
      true,
    ]);
  });
});

describe("once there is an engine", () => {
  test("the same functions are the engine's, also those that were taken out before (R-A7)", () => {
    const { span, annotate, traceId, current, status, tracer, tracerProvider, sampling } = telemetry;
    const early = tracerProvider.getTracer("library");
    const engine = createTelemetry(quiet);
    const exchange = engine.begin({}, fakeReader);
    exchange.run(() => {
      expect(current()).toBe(exchange);
      expect(traceId()).toMatch(/^[0-9a-f]{32}$/);
      annotate({ "app.a": 1 });
      for (const make of [tracer, early]) make.startActiveSpan("own", (made) => made.end());
      expect(span("step", (made) => made.isRecording())).toBe(true);
    });
    exchange.end(done);
    expect(status()).toEqual(engine.status());
    expect(status()).toMatchObject({ state: "running", spans: { started: 3 } });
    expect(sampling.update({ sampleRatio: 0.5 }).sampleRatio).toBe(0.5);
    expect(engine.sampling.current().sampleRatio).toBe(0.5);
  });

  test("a wrong change of sampling is an OptionError, as the engine's is (R-A7, R-C3)", () => {
    createTelemetry(quiet);
    expect(() => telemetry.sampling.update({ sampleRatio: 2 })).toThrow("sampleRatio");
  });

  test("what was called by the name of the middleware goes to its engine, whichever way it was made (R-A7)", () => {
    const made = telemetry(quiet);
    expect(telemetry.status().state).toBe("running");
    expect([telemetry(), telemetry(made), telemetry(telemetry)]).toEqual([made, made, made]);
    expect(telemetry.name).toBe("middleware");
  });

  test("a wrong option is an OptionError that begins at the line that gave it, not at one of the adapter's (R-A7, R-C3)", () => {
    const wrong = { sampleRatio: 2 };
    expect(() => telemetry(wrong)).toThrow(
      expect.objectContaining({ stack: expect.not.stringMatching(/at (?:middleware|engineOf)/) as string }),
    );
  });

  test("after a reset it is as before the first (R-A7)", async () => {
    createTelemetry(quiet);
    await resetTelemetry();
    expect(telemetry.status().state).toBe("not-started");
    createTelemetry(quiet);
    expect(telemetry.status().state).toBe("running");
  });

  test("a logger that was made before it has the lines of its requests, unless it was stopped (R-A7, R-G2)", () => {
    const [lines, stopped]: [string[], string[]] = [[], []];
    telemetry.logging.logRequests({ write: ({ method }) => lines.push(method) });
    telemetry.logging.logRequests({ write: ({ method }) => stopped.push(method) })();
    const engine = createTelemetry(quiet);
    engine.begin({}, fakeReader).end(done);
    expect([lines, stopped]).toEqual([["GET"], []]);
  });
});

test("a Prometheus handler refuses a wrong option where it is mounted, before there is an engine and after (R-C3, D1)", () => {
  const wrong = (): unknown => telemetry.prometheus({ allow: "everybody" } as never);
  expect(wrong).toThrow("prometheus.allow");
  expect(() => telemetry.prometheus({ alow: "any" } as never)).toThrow('Did you mean "prometheus.allow"?');
  const engine = createTelemetry(quiet);
  expect(wrong).toThrow("prometheus.allow");
  expect(() => engine.prometheus({ allow: 7 } as never)).toThrow("prometheus.allow");
  expect(() => clusterPrometheus({ allow: "loop" } as never)).toThrow("clusterPrometheus.allow");
});

test("a Prometheus handler that is mounted first answers a valid page without metrics, and the metrics once there are some (R-A7)", async () => {
  const handler = telemetry.prometheus();
  const server = createServer((request: IncomingMessage, response: ServerResponse) => handler(request, response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const ask = async (): Promise<[number, string]> => {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return [answer.status, await answer.text()];
  };
  const [status, page] = await ask();
  expect([status, page.replaceAll(/^#.*$/gm, "").trim()]).toEqual([200, "target_info 1"]);
  createTelemetry(quiet).begin({}, fakeReader).end(done);
  expect((await ask())[1]).toContain("http_server_request_duration_seconds_count");
  server.close();
});

test("everything that telemetry promises is carried, and nothing that is an adapter's (R-A7)", () => {
  const engine = createTelemetry(quiet);
  const forAdapters = ["begin", "routes", "guard", "admission", "internalSpans", "step"];
  const carried = Object.keys(processTelemetry);
  const promised: readonly (keyof Telemetry)[] = carried as (keyof Telemetry)[];
  for (const name of promised) expect(typeof telemetry[name], name).toBe(typeof engine[name]);
  expect(forAdapters.filter((name) => name in telemetry)).toEqual([]);
  expect([telemetry, engine, {}, () => {}, null].map(isTelemetry)).toEqual([true, true, false, false, false]);
});
