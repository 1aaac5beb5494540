import { OptionError, resetTelemetry } from "@gossamer/core";
import { fastify } from "fastify";
import { afterEach, expect, test } from "vitest";
import { telemetry } from "./telemetry.ts";

afterEach(() => resetTelemetry());

const quiet = { exporter: "none", diagnostics: "none", shutdown: { signals: false }, sampleRatio: 1 } as const;

test("telemetry is the plugin and says what it says: one import is enough (R-A7)", async () => {
  expect([telemetry.status().state, telemetry.span("before", () => 7)]).toEqual(["not-started", 7]);
  const app = fastify();
  await app.register(telemetry, { ...quiet, serviceName: "one-way-in" });
  app.get("/users/:id", async () => {
    telemetry.annotate({ "app.a": 1 });
    return telemetry.span(
      "compose",
      async () => `${telemetry.current()?.route?.template} ${telemetry.traceId()?.length}`,
    );
  });
  expect((await app.inject("/users/1")).body).toBe("/users/:id 32");
  expect(telemetry.status()).toMatchObject({ state: "running", spans: { started: 1 } });
  await app.close();
});

test("the plugin keeps its name, its version of Fastify and what makes it hold for the whole app (R-A2, R-A7)", async () => {
  const app = fastify();
  await app.register(telemetry, quiet);
  await app.ready();
  expect(app.hasPlugin("@gossamer/fastify")).toBe(true);
  expect(app.printPlugins()).toContain("@gossamer/fastify");
  await app.close();
});

test("telemetry.route says a route's options where the route is, and refuses wrong ones there (R-A7, R-C3)", async () => {
  const app = fastify();
  await app.register(telemetry, quiet);
  app.get("/internal", telemetry.route({ trace: false }), async () => "ok");
  expect((await app.inject("/internal")).body).toBe("ok");
  expect(telemetry.status().spans.started).toBe(0);
  expect(telemetry.status().sampling.decisions).toEqual({ "route-options:unsampled": 1 });
  expect(() => telemetry.route({ steam: true } as never)).toThrow(OptionError);
  await app.close();
});
