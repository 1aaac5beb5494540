import { context, propagation } from "@opentelemetry/api";
import { createTestTelemetry, type TestTelemetry } from "@gossamer/testing";
import { afterEach, expect, test } from "vitest";
import { handClock } from "../../metrics/testing/test-metrics.ts";
import type { TelemetryOptions } from "../../options/declare/telemetry-options.ts";
import { type FakeRequest, fakeReader } from "../../testing/test-exchange.ts";
import type { Engine } from "../engine.ts";

const secret = "a secret that only the services know";
const done = { statusCode: 200, completed: true };
let made: TestTelemetry | undefined;
afterEach(() => made?.stop());

function start(options: TelemetryOptions): { engine: Engine; made: TestTelemetry } {
  made = createTestTelemetry({ sampleRatio: 0, ...options });
  return { engine: made.telemetry as unknown as Engine, made };
}

/** Handles one request, with a span of the service's own and one of a step of the framework. */
function handle(engine: Engine, headers: Record<string, string>, route?: string): void {
  const request: FakeRequest = { headers, route: route === undefined ? undefined : engine.routes.get(route) };
  const exchange = engine.begin<FakeRequest>(request, fakeReader);
  exchange.run(() => {
    engine.span("load", () => {});
    engine.step("step", {}, (step) => step.end());
  });
  exchange.end(done);
}

test.each(["children", "ratio", "roots", "metrics"] as const)(
  "at the governor's step %s a ticketed request is whole, and another one is not (R-S20)",
  (step) => {
    const { engine, made: telemetry } = start({ sampleRatio: 1, tickets: { secret } });
    engine.governor.set(step);
    handle(engine, {});
    const names = (): string[] => telemetry.spans.map(({ name }) => name);
    expect(names()).not.toContain("step");
    telemetry.clear();
    handle(engine, { "gossamer-ticket": engine.sampling.ticket() });
    handle(engine, { "gossamer-ticket": engine.sampling.ticket({ route: "GET /users/:id" }) }, "/users/:id");
    expect(names().toSorted()).toEqual(["GET", "GET /users/:id", "load", "load", "step", "step"]);
  },
);

test.each(["gossamer-ticket", "x-trace-me"])("a captured ticket in %s is told to nobody (R-S20, D4)", (header) => {
  const { engine, made: telemetry } = start({
    tickets: { secret, header },
    captureRequestHeaders: [header, "x-tenant"],
    captureResponseHeaders: [header],
  });
  handle(engine, { [header]: engine.sampling.ticket(), "x-tenant": "blue" });
  expect(telemetry.span("GET").attributes).toMatchObject({
    [`http.request.header.${header}`]: ["REDACTED"],
    "http.request.header.x-tenant": ["blue"],
  });
});

test.each([
  "traceparent",
  "TraceState",
  "baggage",
  "b3",
  "X-B3-TraceId",
  "host",
  "content-length",
  "authorization",
  "cookie",
  "accept",
  "x-forwarded-for",
])("a ticket cannot come in %s, which means something else (R-S20, R-C3)", (header) => {
  const wrong = (): unknown => start({ tickets: { secret, header } });
  expect(wrong).toThrow(expect.objectContaining({ name: "OptionError" }));
  expect(wrong).toThrow(
    `Option "tickets.header" must be the name of a header that has no meaning of its own, got '${header.toLowerCase()}'.`,
  );
});

test("where no secret is set, whoever asks for a ticket is told what to set (R-S20, R-C3)", () => {
  const { engine } = start({ tickets: { secret: undefined } as never });
  expect(() => engine.sampling.ticket()).toThrow(/"tickets\.secret" is unset.*set it, or GOSSAMER_TICKET_SECRET/s);
});

test.each(["Get*", "x:y", "graphql:query Get", "graphql:a.b", "rpc:a b", "GraphQL:Get", "get", "graphql", "rpc:a:b"])(
  "a rule for the operation %j, which none can be, is an error at start that says the form (R-S4, R-C3)",
  (operation) => {
    const wrong = (): unknown => start({ rules: [{ match: { operation }, ratio: 1 }] });
    expect(wrong).toThrow(expect.objectContaining({ name: "OptionError" }));
    expect(wrong).toThrow("for operations by kind and name, such as 'graphql:Get*', 'rpc:user.byId' or '*:Get*'");
  },
);

test.each([
  "*",
  "graphql:",
  "graphql:*",
  "graphql:Get*",
  "graphql:_x",
  "rpc:user.byId",
  "rpc:shop.v1.*/Get",
  "*:Get",
  "*Get*",
  "graphql*",
  "rpc*Get",
])("a rule may be for the operation %j (R-S4)", (operation) => {
  expect(() => start({ rules: [{ match: { operation }, ratio: 1 }] })).not.toThrow();
});

test("a name that says nothing opens no second series beside the route's own (R-I13)", async () => {
  const { engine, made: telemetry } = start({});
  for (const kind of ["rpc", "graphql", undefined] as const) {
    const exchange = engine.begin<FakeRequest>({ route: engine.routes.get("/api") }, fakeReader);
    if (kind !== undefined) exchange.run(() => engine.operation({ kind }));
    exchange.end(done);
  }
  const points = await telemetry.points("http.server.request.duration");
  expect(points.map(({ count }) => count)).toEqual([3]);
});

test("calls of a ticketed request carry a ticket that is good, or none once it is over (R-S20)", () => {
  const clock = handClock();
  const { engine } = start({ tickets: { secret }, clock } as TelemetryOptions);
  const called = (exchange: { run<T>(fn: () => T): T }): Record<string, string> =>
    exchange.run(() => {
      const carrier: Record<string, string> = {};
      propagation.inject(context.active(), carrier);
      return carrier;
    });
  const first = engine.begin<FakeRequest>(
    { headers: { "gossamer-ticket": engine.sampling.ticket({ forMs: 300_000 }) } },
    fakeReader,
  );
  const atOnce = called(first);
  const second = engine.begin<FakeRequest>({ headers: atOnce }, fakeReader);
  expect(called(second)["gossamer-ticket"]).toBeDefined();
  clock.wait(90_000);
  const later = called(first);
  expect(later["gossamer-ticket"]).not.toBe(atOnce["gossamer-ticket"]);
  const third = engine.begin<FakeRequest>({ headers: later }, fakeReader);
  third.end(done);
  // What it was shown was good for a minute.
  expect(called(second)).not.toHaveProperty("gossamer-ticket");
  expect(called(second)).toHaveProperty("traceparent");
  clock.wait(300_000);
  expect(called(first)).not.toHaveProperty("gossamer-ticket");
  expect(engine.status().sampling.tickets).toEqual({ used: 3 });
});
