import { expect, test } from "vitest";
import { compileAttributeNames } from "../../limits/attribute-names.ts";
import { capturedHeaders } from "../../limits/captured-headers.ts";
import { allAttributes, type SpanData } from "../../model/span-data.ts";
import { throughTheWire } from "../../testing/span-data.ts";
import { attributesOf, type FakeRequest, testHost, type TestHost } from "../../testing/test-exchange.ts";
import { testLimits } from "../../testing/test-tracing.ts";

const done = { statusCode: 200, completed: true };

function served({ begin, written }: TestHost, request: FakeRequest, outcome = done): SpanData {
  begin(request).end(outcome);
  const span = written.at(-1);
  if (span === undefined) throw new Error("There is no span.");
  return span;
}

/** The attributes of the same request where nothing is shared. */
function alone(request: FakeRequest, outcome = done): Record<string, unknown> {
  return attributesOf(served(testHost({ sampler: () => true, change: { shared: undefined } }), request, outcome));
}

const agents = ["curl/8", "Mozilla/5.0"];

test("spans say the same whether their attributes are shared or put together one by one (R-L8)", () => {
  const host = testHost({ sampler: () => true });
  const routes = ["/users/:id", "/users/:id/orders", undefined].map((template) =>
    template === undefined ? undefined : host.routes.get(template),
  );
  const requests = routes.flatMap((route) =>
    agents.flatMap((agent) =>
      ["shop.example", "shop.example:8080"].flatMap((name) =>
        (["http", "https"] as const).flatMap((scheme) =>
          ["GET", "POST", "BREW"].map((method) => ({
            method,
            scheme,
            route,
            target: `/users/${agent.length}?page=${name.length}`,
            headers: { host: name, "user-agent": agent },
          })),
        ),
      ),
    ),
  );
  // Twice, so that each is met again, in an order in which they take each other's places.
  for (const request of [...requests, ...requests]) {
    for (const outcome of [done, { statusCode: 404, completed: true }, { statusCode: 503, completed: true }]) {
      expect(attributesOf(served(host, request, outcome))).toEqual(alone(request, outcome));
    }
  }
});

test("on the wire a span that shares its attributes has all of them, the first time and later (R-P1)", () => {
  const host = testHost({ sampler: () => true });
  const request = { headers: { host: "shop.example", "user-agent": "curl/8" } };
  for (let time = 0; time < 4; time++) {
    const span = served(host, request);
    expect(span.routeBlock).toBeDefined();
    expect(throughTheWire(span).attributes).toEqual(attributesOf(span));
  }
});

test("failures that are alike share, and each tells its own kind of error (R-L8)", () => {
  const host = testHost({ sampler: () => true });
  const route = host.routes.get("/users/:id");
  function failed(error: Error | undefined, completed = true): SpanData {
    const exchange = host.begin({ route });
    exchange.failed(error);
    exchange.end({ statusCode: 500, completed });
    return host.written.at(-1)!;
  }
  const first = failed(new TypeError("no")).routeBlock;
  expect(first).toBeDefined();
  expect(failed(new TypeError("again")).routeBlock).toBe(first);
  for (let time = 0; time < 2; time++) {
    expect(attributesOf(failed(new TypeError("no")))).toMatchObject({ "error.type": "TypeError" });
    expect(attributesOf(failed(new RangeError("no")))).toMatchObject({ "error.type": "RangeError" });
    expect(attributesOf(failed(undefined))).toMatchObject({ "error.type": "500" });
    expect(attributesOf(failed(undefined, false))).toMatchObject({ "error.type": "aborted" });
    expect(attributesOf(served(host, { route }, { statusCode: 500, completed: true }))).toMatchObject({
      "error.type": "500",
    });
    expect(attributesOf(served(host, { route }))).not.toHaveProperty("error.type");
  }
});

test("a route's own attributes, and what a handler sets, are on their span alone and win over ours (R-L8)", () => {
  const host = testHost({ sampler: () => true });
  const route = host.routes.get("/users/:id");
  const own = host.routes.get("/users/:id", { attributes: { team: "blue" } });
  expect(attributesOf(served(host, { route: own }))).toMatchObject({ team: "blue" });
  const exchange = host.begin({ route });
  exchange.span.setAttribute("client.address", "hidden");
  exchange.end(done);
  expect(attributesOf(host.written.at(-1))).toMatchObject({ "client.address": "hidden" });
  expect(attributesOf(served(host, { route }))).toMatchObject({ "client.address": "192.0.2.1" });
});

test("a sampler that makes each decision afresh still shares, and its reasons are told apart (R-S1)", () => {
  let ratio = 0.5;
  const host = testHost({
    sampler: { description: "mine", decide: () => ({ sampled: true, reason: "ratio", ratio }) },
  });
  const first = served(host, {}).routeBlock;
  expect(served(host, {}).routeBlock).toBe(first);
  ratio = 0.25;
  expect(attributesOf(served(host, {}))).toMatchObject({ "sampling.ratio": 0.25 });
});

test.each([
  ["a limit that all there is to tell may exceed", { limits: { ...testLimits, attributes: 12 } }],
  [
    "captured headers that make it exceed",
    {
      requestHeaders: capturedHeaders(
        "request",
        Array.from({ length: testLimits.attributes }, (_, i) => `x-${i}`),
      ),
    },
  ],
  [
    "a filter for one of ours",
    {
      limits: {
        ...testLimits,
        names: compileAttributeNames(
          { filters: [{ remove: "network.*" }], redact: ["user_agent.original"], removeDebug: false },
          () => {},
        ),
      },
    },
  ],
])("with %s nothing is shared, and each span is judged by itself (R-L1)", (_, change) => {
  const host = testHost({ sampler: () => true, change });
  const span = served(host, { headers: { "user-agent": "curl/8" } });
  expect([span.routeBlock, span.peerBlock]).toEqual([undefined, undefined]);
  expect(allAttributes(span)).toBe(span.attributes);
});
