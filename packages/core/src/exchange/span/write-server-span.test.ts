import { decodeTraceRequest, type ReceivedSpan } from "@gossamer/testing";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { compileAttributeNames } from "../../limits/attribute-names.ts";
import { capturedHeaders } from "../../limits/captured-headers.ts";
import type { AttributeSet } from "../../model/choices.ts";
import type { Decision } from "../../model/sampling/decision.ts";
import { handClock } from "../../metrics/testing/test-metrics.ts";
import { SpanOutlet } from "../../otlp/span-outlet.ts";
import type { Chunk } from "../../pipeline/queue/chunk.ts";
import type { EncodedChunk } from "../../otlp/encoded-chunk.ts";
import { requestOf } from "../../testing/span-data.ts";
import { type FakeRequest, testHost, type TestHost } from "../../testing/test-exchange.ts";
import { testLimits } from "../../testing/test-tracing.ts";
import type { SpanSink } from "../../tracing/span/span-sink.ts";
import { BodyMeters } from "../host/body-meter.ts";

interface Options {
  readonly attributeSet: AttributeSet;
  readonly valueLength: number;
  readonly attributes: number;
  readonly filter: "none" | "path" | "other";
  readonly header: "none" | "request" | "response";
  readonly sizes: boolean;
  readonly maxBytes: number;
  readonly maxSpans: number;
}

interface Served {
  readonly method: string;
  readonly scheme: "http" | "https";
  readonly target: string;
  readonly host: string | undefined;
  readonly agent: string | undefined;
  readonly peer: string;
  readonly route: number;
  readonly decision: number;
  readonly statusCode: number | undefined;
  readonly completed: boolean;
  readonly does: (typeof deeds)[number];
  /** What is thrown says so. */
  readonly error: string;
  readonly tookMs: number;
  readonly caller: string | undefined;
}

const deeds = [
  "nothing",
  "look",
  "attribute",
  "ours",
  "name",
  "event",
  "link",
  "ok",
  "throw",
  "child",
  "stream",
] as const;
const usual = { weight: 6, arbitrary: fc.constant("/orders/7") };

const usualOptions: Options = {
  attributeSet: "full",
  valueLength: 1_024,
  attributes: 64,
  filter: "none",
  header: "none",
  sizes: false,
  maxBytes: 65_536,
  maxSpans: 100,
};
const options: fc.Arbitrary<Options> = fc.oneof(
  fc.constant(usualOptions),
  fc.record({
    attributeSet: fc.constantFrom("full", "full", "standard", "minimal"),
    valueLength: fc.constantFrom(1_024, 1_024, 120, 20, 5),
    attributes: fc.constantFrom(64, 64, 24, 12),
    filter: fc.constantFrom("none", "none", "path", "other"),
    header: fc.constantFrom("none", "none", "none", "request", "response"),
    sizes: fc.constantFrom(false, false, false, true),
    maxBytes: fc.constantFrom(65_536, 2_000, 700),
    maxSpans: fc.constantFrom(100, 3),
  }),
);

const anything: fc.Arbitrary<Served> = fc.record({
  method: fc.constantFrom("GET", "GET", "GET", "POST", "BREW"),
  scheme: fc.constantFrom("http", "http", "https"),
  target: fc.oneof(
    usual,
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 130 }).map((length) => `/${"p".repeat(length - 1)}`) },
    {
      weight: 2,
      arbitrary: fc.constantFrom("/a?b=1", "/a#b", "/ü", "//user@host/x", "http://user:pw@host/x?y", "*", "", "/%20"),
    },
    { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
  ),
  host: fc.constantFrom("shop.example", "shop.example", "shop.example:8080", undefined, "ü"),
  agent: fc.constantFrom("curl/8", "curl/8", undefined, "a".repeat(300), "Fahrrad/ü"),
  peer: fc.constantFrom("192.0.2.9", "192.0.2.9", "2001:db8::1"),
  route: fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 5),
  decision: fc.constantFrom(0, 0, 0, 1, 2, 3),
  statusCode: fc.constantFrom(200, 200, 200, 404, 204, 500, undefined),
  completed: fc.constantFrom(true, true, true, true, false),
  error: fc.constantFrom("no", "no", "no ü", "n".repeat(90), ""),
  does: fc.constantFrom(...deeds, "nothing", "nothing", "nothing", "nothing", "nothing", "nothing"),
  tookMs: fc.constantFrom(0, 0.25, 17, 1_999.123456),
  caller: fc.constantFrom(
    undefined,
    undefined,
    undefined,
    undefined,
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  ),
});

/** Most requests are like this one, but for a thing or two. */
const plain: Served = {
  method: "GET",
  scheme: "http",
  target: "/orders/7",
  host: "shop.example",
  agent: "curl/8",
  peer: "192.0.2.9",
  route: 0,
  decision: 0,
  statusCode: 200,
  completed: true,
  does: "nothing",
  error: "no",
  tookMs: 1,
  caller: undefined,
};
const members = Object.keys(plain) as (keyof Served)[];
const served: fc.Arbitrary<Served> = fc
  .tuple(anything, fc.oneof({ weight: 4, arbitrary: fc.subarray(members, { maxLength: 2 }) }, fc.constant(members)))
  .map(([other, changed]) => ({ ...plain, ...Object.fromEntries(changed.map((member) => [member, other[member]])) }));

const renamed = { name: "one order" };
const withOwn = { attributes: { team: "blue", "url.path": "mine" } };

const decisions: readonly Decision[] = [
  { sampled: true, reason: "ratio", ratio: 0.25, threshold: "c" },
  { sampled: true, reason: "ratio", ratio: 0.25, threshold: "8" },
  { sampled: true, reason: "always-on" },
  { sampled: true, reason: "rule", rule: "orders", ratio: 1 },
];

/** A host whose spans are encoded as in a service, by stamps where that is allowed; and how many were stamped. */
function encodingHost(given: Options, stamps: boolean) {
  const chunks: Chunk<EncodedChunk>[] = [];
  const clock = handClock();
  let decision = decisions[0]!;
  let stamped = 0;
  const outlet = new SpanOutlet({
    maxItems: given.maxSpans,
    maxBytes: given.maxBytes,
    maxItemBytes: 65_536,
    clock,
    add: (chunk) => chunks.push(chunk),
    dropped: () => {
      throw new Error("A span was too large.");
    },
    unwritable: () => {
      throw new Error("A span could not be written.");
    },
  });
  const sink: SpanSink = {
    write: (span) => outlet.write(span),
    ...(stamps
      ? {
          stamp(span) {
            stamped++;
            outlet.write(span);
          },
        }
      : {}),
  };
  const filters = given.filter === "none" ? [] : [{ remove: given.filter === "path" ? "url.path" : "team" }];
  const host = testHost({
    sampler: { description: "as it is told", decide: () => decision },
    change: {
      sink,
      clock,
      attributeSet: given.attributeSet,
      limits: {
        ...testLimits,
        valueLength: given.valueLength,
        attributes: given.attributes,
        names:
          given.filter === "none"
            ? undefined
            : compileAttributeNames({ filters, redact: [], removeDebug: false }, () => {}),
      },
      requestHeaders: given.header === "request" ? capturedHeaders("request", ["user-agent"]) : [],
      responseHeaders: given.header === "response" ? capturedHeaders("response", ["etag"]) : [],
      bodies: given.sizes ? new BodyMeters() : undefined,
    },
  });
  return {
    serve(request: Served) {
      decision = decisions[request.decision]!;
      serve(host, request, (ms) => clock.wait(ms));
    },
    spans(): ReceivedSpan[] {
      outlet.seal();
      return decodeTraceRequest(requestOf(chunks.map(({ payload }) => payload)));
    },
    stamped: () => stamped,
  };
}

function serve(host: TestHost, request: Served, wait: (ms: number) => void): void {
  const { routes } = host;
  const route = [
    routes.get("/orders/:id"),
    undefined,
    routes.get("/"),
    routes.get("/orders/:id", renamed),
    routes.get("/orders/:id", withOwn),
    routes.get(`/${"long".repeat(600)}`),
  ][request.route];
  const fake: FakeRequest = {
    method: request.method,
    scheme: request.scheme,
    target: request.target,
    route,
    peer: request.peer,
    headers: {
      ...(request.host === undefined ? {} : { host: request.host }),
      ...(request.agent === undefined ? {} : { "user-agent": request.agent }),
      ...(request.caller === undefined ? {} : { traceparent: request.caller, tracestate: "vendor=1" }),
    },
  };
  const exchange = host.begin(fake, {
    stream: () => ({ headers: {}, httpVersionMajor: 1, complete: true, push: () => true }),
  });
  const { does } = request;
  exchange.run(() => {
    if (does === "look") exchange.span.spanContext();
    else if (does === "attribute") exchange.span.setAttribute("team", "green");
    else if (does === "ours") exchange.span.setAttribute("client.address", "hidden");
    else if (does === "name") exchange.span.updateName("mine");
    else if (does === "event") exchange.span.addEvent("paid");
    else if (does === "link")
      exchange.span.addLink({ context: { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 } });
    else if (does === "ok") exchange.span.setStatus({ code: 1 });
    else if (does === "throw") exchange.failed(new TypeError(request.error));
    else if (does === "child") host.tracer.startSpan("query").end();
    else if (does === "stream") exchange.headersSent(true);
  });
  wait(request.tookMs);
  exchange.end({
    statusCode: request.statusCode,
    completed: request.completed,
    response: { getHeader: () => '"7"' },
  });
}

test("a span that is stamped says, field by field, what it says when it is put together by itself (R-P10, R-L8)", () => {
  let stamped = 0;
  fc.assert(
    fc.property(options, fc.array(served, { minLength: 10, maxLength: 40 }), (given, requests) => {
      const one = encodingHost(given, true);
      const other = encodingHost(given, false);
      // Several times, so that each is met again.
      for (const request of [...requests, ...requests, ...requests, ...requests]) {
        one.serve(request);
        other.serve(request);
      }
      expect(one.spans()).toEqual(other.spans());
      stamped += one.stamped();
    }),
    { numRuns: 40 },
  );
  expect(stamped).toBeGreaterThan(300);
});

test("ordinary requests are stamped from their third on, one after the other (R-P10)", () => {
  const host = encodingHost(usualOptions, true);
  for (let i = 0; i < 50; i++) {
    host.serve({ ...plain, target: `/orders/${i}`, peer: `192.0.2.${i}`, does: i % 2 === 0 ? "nothing" : "look" });
  }
  expect(host.stamped()).toBe(48);
  expect(host.spans().map(({ attributes }) => attributes["url.path"])).toEqual(
    Array.from({ length: 50 }, (_, i) => `/orders/${i}`),
  );
});

test("requests that fail alike are stamped as well, each with its message; one that nobody threw before is put together by itself (R-P10)", () => {
  const host = encodingHost(usualOptions, true);
  const failed: Served = { ...plain, statusCode: 500, does: "throw" };
  for (let i = 0; i < 20; i++) host.serve(failed);
  expect(host.stamped()).toBe(17);
  for (let i = 0; i < 20; i++) host.serve({ ...failed, error: `order ${i} is gone` });
  expect(host.stamped()).toBe(17);
  for (let i = 0; i < 10; i++) host.serve({ ...failed, does: "nothing" });
  expect(host.stamped()).toBe(25);
  const messages = host.spans().map(({ status }) => status.message);
  expect(messages).toEqual([
    ...Array.from({ length: 20 }, () => "no"),
    ...Array.from({ length: 20 }, (_, i) => `order ${i} is gone`),
    ...Array.from({ length: 10 }, () => ""),
  ]);
});

test("a span that is too long for a stamp is found so once, and costs no more than it did (R-P10)", () => {
  const stamp = vi.fn<() => void>();
  const { begin, routes, written } = testHost({
    sampler: () => true,
    change: { sink: { write: (span) => written.push(span), stamp } },
  });
  const route = routes.get(`/${"long".repeat(600)}`);
  let asked = 0;
  for (let i = 0; i < 10; i++) {
    const clientAddress = (): string => `192.0.2.${Math.min(1, asked++)}`;
    const exchange = begin({ route, target: "/a" }, { clientAddress });
    exchange.end({ statusCode: 200, completed: true });
    for (const { routeBlock } of written) routeBlock!.encoded ??= Buffer.alloc(0);
  }
  expect(stamp).not.toHaveBeenCalled();
  // Once a span, and a few times more where something is made for the first time.
  expect(asked).toBeLessThan(15);
});
