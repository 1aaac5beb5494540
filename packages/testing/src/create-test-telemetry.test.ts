import { createServer, get } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createTelemetry } from "@gossamer/core";
import { nodeOutcome, nodeReader } from "@gossamer/core/adapter";
import { afterEach, expect, test } from "vitest";
import { createTestTelemetry, type TestTelemetry } from "./create-test-telemetry.ts";

let made: TestTelemetry | undefined;
afterEach(() => made?.stop());

test("a test reads the spans, metrics and lines of a service from memory (R-A6)", async () => {
  made = createTestTelemetry({ serviceName: "shop" });
  const { telemetry } = made;
  const server = createServer((request, response) => {
    const exchange = telemetry.begin(request, { ...nodeReader, route: () => telemetry.routes.get("/orders/:id") });
    response.on("close", () => exchange.end(nodeOutcome(response)));
    exchange.run(() => {
      telemetry.annotate({ "user.id": "u-7" });
      telemetry.span("charge", (span) => span.addEvent("charged", { cents: 990 }));
      response.writeHead(500).end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const [response] = await once(get({ port: (server.address() as AddressInfo).port, path: "/orders/1" }), "response");
  response.resume();
  await once(server.close(), "close");

  expect(made.spans.map(({ name }) => name)).toEqual(["charge", "GET /orders/:id"]);
  expect(made.span("GET /orders/:id")).toMatchObject({
    kind: "server",
    status: "error",
    parentSpanId: undefined,
    attributes: { "user.id": "u-7", "http.response.status_code": 500 },
  });
  const { parentSpanId, traceId, events } = made.span("charge");
  expect([parentSpanId, traceId]).toEqual([made.spans[1]?.spanId, made.spans[1]?.traceId]);
  expect(events).toEqual([{ name: "charged", attributes: { cents: 990 } }]);
  expect(await made.points("http.server.request.duration")).toMatchObject([
    { attributes: { "http.route": "/orders/:id", "error.type": "500" }, count: 1 },
  ]);
  expect(await made.points("http.server.active_requests")).toMatchObject([{ value: 0, count: undefined }]);
  expect(await made.points("no.such.metric")).toEqual([]);
  expect(telemetry.status()).toMatchObject({ traceExport: undefined, metricExport: undefined });
});

test("the service's own createTelemetry gives the engine of the test (R-A6)", () => {
  made = createTestTelemetry();
  expect(createTelemetry()).toBe(made.telemetry);
});

test("a span that is asked for by name must be there once, or the error names what is there (R-A6)", () => {
  made = createTestTelemetry();
  const { telemetry, span } = made;
  for (const name of ["one", "two", "two"]) telemetry.span(name, () => {});
  expect(span("one").kind).toBe("internal");
  expect(() => span("two")).toThrow('There must be one span "two", got 2 among: one, two, two.');
  made.clear();
  expect(() => span("one")).toThrow("got 0");
});

test("a second engine in one process is an error, and after stop there is room again (R-A6)", async () => {
  made = createTestTelemetry();
  expect(() => createTestTelemetry()).toThrow("stop()");
  await made.stop();
  made = createTestTelemetry({ sampleRatio: 0 });
  made.telemetry.span("unsampled", () => {});
  expect(made.spans).toEqual([]);
});

test("options of the test win, and its own processors and log are told too (R-A6)", () => {
  const seen: string[] = [];
  made = createTestTelemetry({
    sampler: () => true,
    log: (line) => seen.push(line),
    spanProcessors: [
      {
        onStart: () => {},
        onEnd: ({ name }) => void seen.push(name),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  });
  seen.length = 0;
  made.telemetry.span("step", () => {});
  expect(seen).toEqual(["step"]);
});
