import { expect, test } from "vitest";
import { fakeReader, testHost } from "../testing/test-exchange.ts";
import { Exchange } from "./exchange.ts";

const done = { statusCode: 200, completed: true };

/** A reader that must not be asked, of a framework where some route has options. */
const routedFirst = {
  ...fakeReader,
  route: () => {
    throw new Error("asked");
  },
  routeOptionsInUse: { sampling: true, stream: true },
};

const byRoute = { description: "by route", usesRoute: true, decide: () => ({ sampled: true, reason: "custom" }) };

test("a route told at begin is the route to the end, and the framework is not asked for it (R-A2)", () => {
  const { host, routes, written, faults } = testHost({ sampler: byRoute });
  const exchange = new Exchange(host, {}, routedFirst, routes.get("/users/:id"));
  expect(exchange.route?.template).toBe("/users/:id");
  exchange.end(done);
  expect(written[0]?.name).toBe("GET /users/:id");
  expect(faults.snapshot()).toEqual({});
});

test("nothing waits for a route that was told, nor where it was told that there is none (R-S4)", () => {
  const { host, routes } = testHost({ sampler: byRoute });
  for (const route of [routes.get("/users/:id"), null]) {
    const exchange = new Exchange(host, {}, routedFirst, route);
    expect(exchange.routePending).toBe(false);
    expect(exchange.childFate()).toBe("recorded");
  }
});

test("a request told to match no route is counted without one (R-L5)", () => {
  const { host, written } = testHost({ sampler: byRoute });
  new Exchange(host, {}, routedFirst, null).end({ statusCode: 404, completed: true });
  expect(written[0]?.name).toBe("GET");
  expect(written[0]?.attributes).not.toContain("http.route");
});
