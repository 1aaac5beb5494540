import { describe, expect, test } from "vitest";
import { capturedHeaders } from "../../limits/captured-headers.ts";
import { nameVerdict } from "../../limits/attribute-names.ts";
import type { AttributeSet } from "../../model/choices.ts";
import type { Attributes } from "../../model/attributes.ts";
import type { SpanData } from "../../model/span-data.ts";
import { attributesOf, testHost, type TestHostSettings } from "../../testing/test-exchange.ts";
import { testLimits } from "../../testing/test-tracing.ts";

const failing = { statusCode: 500, completed: true };

/** The span of a request that has all there is to tell. */
function spanWith(change: TestHostSettings["change"], own: Attributes = {}, given: Attributes = {}): SpanData {
  const { begin, routes, written } = testHost({
    sampler: () => true,
    change: {
      requestHeaders: capturedHeaders("request", ["x-tenant", "authorization", "cookie"]),
      responseHeaders: capturedHeaders("response", ["set-cookie"]),
      ...change,
    },
  });
  const exchange = begin({
    target: "/users/7?page=2",
    headers: {
      host: "shop.example",
      "user-agent": "curl/8",
      "x-tenant": "blue",
      authorization: "Bearer secret",
      cookie: "sid=secret; theme=dark",
    },
    route: routes.get("/users/:id", Object.keys(own).length === 0 ? undefined : { attributes: own }),
  });
  exchange.span.setAttributes(given);
  exchange.end({ ...failing, response: { getHeader: () => ["sid=secret; Path=/", "a=b"] } });
  const [span] = written;
  if (span === undefined) throw new Error("There is no span.");
  return span;
}

const minimal = ["http.request.method", "http.route", "http.response.status_code", "error.type", "sampling.reason"];
const standard = [...minimal, "url.scheme", "url.path", "url.query", "client.address", "network.protocol.version"];
const full = [
  ...standard,
  "server.address",
  "server.port",
  "network.peer.address",
  "network.peer.port",
  "user_agent.original",
  "http.request.header.x-tenant",
  "http.request.header.authorization",
  "http.request.header.cookie",
  "http.response.header.set-cookie",
];

describe("the attribute sets", () => {
  test.for<[AttributeSet, readonly string[]]>([
    ["minimal", minimal],
    ["standard", standard],
    ["full", full],
  ])("%s (R-L8)", ([attributeSet, names]) => {
    expect(Object.keys(attributesOf(spanWith({ attributeSet }))).sort()).toEqual([...names].sort());
  });

  test("take nothing from what the service itself says (R-L8)", () => {
    const span = spanWith({ attributeSet: "minimal" }, { team: "blue" }, { "url.path": "mine" });
    expect(attributesOf(span)).toMatchObject({ team: "blue", "url.path": "mine" });
  });
});

test("captured headers tell no secret (R-L6)", () => {
  expect(attributesOf(spanWith({}))).toMatchObject({
    "http.request.header.x-tenant": ["blue"],
    "http.request.header.authorization": ["REDACTED"],
    "http.request.header.cookie": ["sid=REDACTED; theme=REDACTED"],
    "http.response.header.set-cookie": ["sid=REDACTED; Path=/", "a=REDACTED"],
  });
});

describe("the limits hold for what we put on a span as well", () => {
  const ours = Object.keys(attributesOf(spanWith({ attributeSet: "standard" }))).length;

  test.each([ours + 1, ours, ours - 1, 3, 0])("%i attributes (R-L1)", (attributes) => {
    const span = spanWith({ attributeSet: "standard", limits: { ...testLimits, attributes } });
    expect([span.attributes.length / 2, span.droppedAttributesCount]).toEqual([
      Math.min(ours, attributes),
      Math.max(0, ours - attributes),
    ]);
  });

  test("ours come first; what the route and the handler add beyond the bound is counted (R-L1)", () => {
    const limits = { ...testLimits, attributes: ours + 1 };
    const span = spanWith({ attributeSet: "standard", limits }, { a: 1, b: 2 }, { c: 3 });
    expect([span.attributes.length / 2, span.droppedAttributesCount]).toEqual([ours + 1, 2]);
    expect(attributesOf(span)).toMatchObject({ a: 1, "http.route": "/users/:id" });
  });

  test("a long value of the route's own is cut (R-L1)", () => {
    const span = spanWith({ limits: { ...testLimits, valueLength: 8 } }, { note: "0123456789" });
    expect(attributesOf(span)["note"]).toBe("01234...");
  });

  test("names are removed and redacted, ours too, and that is no drop of the span's (R-L2)", () => {
    const names = (name: string): number =>
      name.startsWith("url.") || name === "gone"
        ? nameVerdict.remove
        : name === "client.address"
          ? nameVerdict.redact
          : nameVerdict.keep;
    const span = spanWith({ attributeSet: "standard", limits: { ...testLimits, names } }, { gone: 1 }, { gone: 2 });
    expect(Object.keys(attributesOf(span)).filter((name) => name.startsWith("url.") || name === "gone")).toEqual([]);
    expect(attributesOf(span)["client.address"]).toBe("REDACTED");
    expect(span.droppedAttributesCount).toBe(0);
  });
});
