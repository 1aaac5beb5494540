import { EventEmitter } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { SpanStatusCode } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { capturedHeaders } from "../limits/captured-headers.ts";
import { countsOf, pointsOf } from "../metrics/testing/test-metrics.ts";
import type { BreakOff } from "../model/request/outcome.ts";
import { BodyMeters } from "./host/body-meter.ts";
import { attributesOf, testHost } from "../testing/test-exchange.ts";

const done = { statusCode: 200, completed: true };
const failed = { statusCode: 500, completed: true };
const left = { statusCode: undefined, completed: false };

describe("metrics", () => {
  test("a request is counted once, whatever was sampled and however often its end is told (R-M1)", () => {
    const { begin, metrics, routes, clock } = testHost();
    const exchange = begin({ route: routes.get("/users/:id") });
    clock.wait(250);
    exchange.end(done);
    exchange.end(failed);
    expect(countsOf(metrics)).toEqual([
      [
        {
          "http.request.method": "GET",
          "url.scheme": "http",
          "http.route": "/users/:id",
          "http.response.status_group": "2xx",
        },
        1,
      ],
    ]);
    expect(pointsOf(metrics, "http.server.request.duration")).toMatchObject([{ sum: 0.25 }]);
    expect(pointsOf(metrics, "http.server.active_requests")).toMatchObject([{ value: 0 }]);
  });

  test("a client that left before an answer is counted as aborted, with no invented status (R-M2)", () => {
    const { begin, metrics } = testHost();
    begin().end(left);
    expect(countsOf(metrics)).toEqual([
      [{ "http.request.method": "GET", "url.scheme": "http", "error.type": "aborted" }, 1],
    ]);
    expect(countsOf(metrics, "gossamer.http.server.aborted_requests")).toEqual([
      [{ "http.request.method": "GET", "url.scheme": "http" }, 1],
    ]);
  });

  test("a stream is measured to its headers, and its lifetime apart; a client that leaves it ended it normally (R-M2)", () => {
    const { begin, metrics, clock, written } = testHost();
    const exchange = begin();
    clock.wait(20);
    exchange.headersSent(true);
    clock.wait(60_000);
    exchange.headersSent(true);
    exchange.end({ statusCode: 200, completed: false });
    expect(pointsOf(metrics, "http.server.request.duration")).toMatchObject([{ sum: 0.02 }]);
    expect(pointsOf(metrics, "gossamer.http.server.stream.duration")).toMatchObject([{ sum: 60.02 }]);
    expect(pointsOf(metrics, "gossamer.http.server.aborted_requests")).toEqual([]);
    expect(written).toEqual([]);
  });

  test.for<[string, BreakOff | undefined, Error | undefined, string | undefined]>([
    ["left by its client while its handler failed of that", undefined, new Error("aborted"), undefined],
    ["whose connection is closed", { destroyed: "connection", error: undefined }, undefined, undefined],
    ["whose connection is closed for an error", { destroyed: "connection", error: undefined }, new Error("x"), "error"],
    ["whose response is destroyed", { destroyed: "response", error: undefined }, undefined, "aborted"],
    ["whose response is destroyed for an error", { destroyed: "response", error: undefined }, new Error("x"), "error"],
  ])("a stream is aborted, and kept, if the service broke it off: one %s (R-M2)", ([, brokenOff, error, reason]) => {
    const { begin, metrics, written } = testHost();
    const exchange = begin();
    exchange.headersSent(true);
    exchange.failed(error);
    exchange.end({ statusCode: 200, completed: false, brokenOff });
    const aborted = reason !== undefined;
    const answered = { "http.request.method": "GET", "url.scheme": "http", "http.response.status_group": "2xx" };
    expect(countsOf(metrics)).toEqual([[aborted ? { ...answered, "error.type": "aborted" } : answered, 1]]);
    expect(pointsOf(metrics, "gossamer.http.server.aborted_requests")).toHaveLength(aborted ? 1 : 0);
    expect(written.map((span) => attributesOf(span)["sampling.reason"])).toEqual(aborted ? [reason] : []);
  });

  test("a route may say that its response is a stream (R-M2)", () => {
    const { begin, metrics, routes, clock } = testHost();
    const exchange = begin(
      { route: routes.get("/poll", { stream: true }) },
      { routeOptionsInUse: { sampling: false, stream: true } },
    );
    clock.wait(5);
    exchange.headersSent(false);
    clock.wait(5);
    exchange.end(done);
    expect(pointsOf(metrics, "gossamer.http.server.stream.duration")).toMatchObject([{ sum: 0.01 }]);
  });

  test("the scheme is that of the beginning, though the connection is forgotten at the end (R-I11)", () => {
    const { begin, metrics } = testHost();
    const request: { scheme?: "http" | "https" } = { scheme: "https" };
    const exchange = begin(request);
    request.scheme = "http";
    exchange.end(failed);
    expect(pointsOf(metrics, "http.server.active_requests")).toMatchObject([
      { attributes: { "url.scheme": "https" }, value: 0 },
    ]);
    expect(countsOf(metrics)).toMatchObject([[{ "url.scheme": "https" }, 1]]);
  });
});

describe("what is kept", () => {
  test.for<
    [
      string,
      object,
      Parameters<ReturnType<typeof testHost>["begin"]>[0],
      { statusCode: number | undefined; completed: boolean },
      number,
    ]
  >([
    ["a 5xx", {}, {}, failed, 1],
    ["an abort", {}, {}, left, 1],
    ["a success", {}, {}, done, 0],
    ["a 404", {}, {}, { statusCode: 404, completed: true }, 0],
    ["an error whose rule is off", { errors: 0 }, {}, failed, 0],
  ])("%s is kept or not by its rule (R-S10)", ([, keep, request, outcome, spans]) => {
    const { begin, written } = testHost({ keep });
    begin(request).end(outcome);
    expect(written).toHaveLength(spans);
  });

  test("what takes long is kept, what takes less is not (R-S11)", () => {
    const { begin, written, clock } = testHost();
    const slow = begin();
    clock.wait(500);
    const quick = begin();
    clock.wait(500);
    quick.end(done);
    slow.end(done);
    expect(written).toHaveLength(1);
    expect(attributesOf(written[0])["sampling.reason"]).toBe("slow");
  });

  test("a kept request is exported as sampled, under the ids that were handed out, whose flags stay (R-S10)", () => {
    const { begin, written, tracer } = testHost();
    const exchange = begin();
    const context = exchange.span.spanContext();
    expect(context.traceFlags & 1).toBe(0);
    const child = exchange.run(() => tracer.startSpan("child"));
    expect(child.isRecording()).toBe(false);
    exchange.end(failed);
    const [span] = written;
    expect(hex(span!.t0, span!.t1, span!.t2, span!.t3)).toBe(context.traceId);
    expect(hex(span!.s0, span!.s1)).toBe(context.spanId);
    expect(child.spanContext().spanId).toBe(context.spanId);
    expect([span!.flags & 1, context.traceFlags & 1]).toEqual([1, 0]);
  });

  test("a kept error carries what the handler set, up to 16 of each kind (R-S12)", () => {
    const { begin, written } = testHost();
    const exchange = begin();
    expect(exchange.flags & 1).toBe(0);
    const { span } = exchange;
    expect(span.isRecording()).toBe(false);
    for (let i = 0; i < 20; i++) span.setAttribute(`note.${i}`, i).addEvent(`event ${i}`);
    span.updateName("renamed").setStatus({ code: SpanStatusCode.ERROR, message: "why" });
    exchange.end(failed);
    const notes = Object.keys(attributesOf(written[0])).filter((key) => key.startsWith("note."));
    expect(notes).toHaveLength(16);
    expect(written[0]).toMatchObject({
      name: "renamed",
      statusMessage: "why",
      droppedAttributesCount: 4,
      droppedEventsCount: 4,
    });
    expect(written[0]?.events).toHaveLength(16);
  });

  test("notes taken before the decision are trimmed to the same number when the request is kept (R-S12)", () => {
    const { begin, written } = testHost();
    const exchange = begin();
    for (let i = 0; i < 20; i++) exchange.span.setAttribute(`note.${i}`, i).addEvent(`event ${i}`);
    exchange.end(failed);
    const attributes = attributesOf(written[0]);
    expect(["note.15" in attributes, "note.16" in attributes]).toEqual([true, false]);
    expect(written[0]?.events?.map(({ name }) => name)).toEqual(Array.from({ length: 16 }, (_, i) => `event ${i + 4}`));
    expect(written[0]).toMatchObject({ droppedAttributesCount: 4, droppedEventsCount: 4 });
  });

  test("notes of a sampled request are not trimmed (R-S12)", () => {
    const { begin, written } = testHost({ sampler: () => true });
    const exchange = begin();
    for (let i = 0; i < 20; i++) exchange.span.setAttribute(`note.${i}`, i).addEvent(`event ${i}`);
    exchange.end(failed);
    expect(attributesOf(written[0])).toHaveProperty(["note.19"], 19);
    expect([written[0]?.events?.length, written[0]?.droppedAttributesCount]).toEqual([20, 0]);
  });

  test("when no keep rule could apply, nothing is remembered (R-I3)", () => {
    const { begin, routes } = testHost({ keep: { errors: 0, aborted: 0, slow: 0 } });
    const exchange = begin();
    expect(exchange.flags & 1).toBe(0);
    exchange.span.setAttribute("a", 1).addEvent("e").recordException(new Error("e"));
    expect([exchange.remembers, exchange.span.attributes, exchange.span.events]).toEqual(["nothing", [], undefined]);
    const silent = testHost().begin({ route: routes.get("/silent", { trace: false }) });
    expect([silent.flags & 1, silent.remembers]).toEqual([0, "nothing"]);
  });

  test("a route with trace: false is not kept when it fails, and still counted (R-I1)", () => {
    const { begin, routes, written, metrics } = testHost({ sampler: () => true });
    begin({ route: routes.get("/silent", { trace: false }) }).end(failed);
    expect(written).toEqual([]);
    expect(countsOf(metrics)).toMatchObject([[{ "http.route": "/silent" }, 1]]);
  });
});

describe("the span", () => {
  test("has what the conventions ask, redacted, and nothing twice (R-I1)", () => {
    const { begin, routes, written, clock } = testHost({
      sampler: () => true,
      change: {
        requestHeaders: capturedHeaders("request", ["x-tenant"]),
        responseHeaders: capturedHeaders("response", ["x-cache"]),
      },
    });
    const exchange = begin({
      target: "/users/7?token=secret&page=2",
      headers: { host: "shop.example:8443", "user-agent": "curl/8", "x-tenant": "a" },
      scheme: "https",
      route: routes.get("/users/:id", { attributes: { team: "blue", "http.route": "/mine" } }),
    });
    clock.wait(7);
    exchange.end({ ...done, response: { getHeader: (name) => (name === "x-cache" ? ["hit", 1] : undefined) } });
    expect(written).toMatchObject([{ name: "GET /users/:id", kind: 1, startMs: 0, endMs: 7, statusCode: 0, flags: 3 }]);
    expect(attributesOf(written[0])).toEqual({
      "http.request.method": "GET",
      "url.scheme": "https",
      "url.path": "/users/7",
      "url.query": "token=REDACTED&page=2",
      "http.route": "/mine",
      "http.response.status_code": 200,
      "server.address": "shop.example",
      "server.port": 8443,
      "client.address": "192.0.2.1",
      "network.peer.address": "192.0.2.9",
      "network.peer.port": 4711,
      "network.protocol.version": "1.1",
      "user_agent.original": "curl/8",
      "http.request.header.x-tenant": ["a"],
      "http.response.header.x-cache": ["hit", "1"],
      "sampling.reason": "custom",
      team: "blue",
    });
  });

  test("of HTTP/2 knows its peer, though the stream has lost its socket at the end (R-I11)", () => {
    const { begin, written } = testHost({ sampler: () => true });
    let socket = true;
    const exchange = begin(
      {},
      {
        httpVersion: () => "2",
        clientAddress: () => (socket ? "192.0.2.1" : undefined),
        peerAddress: () => (socket ? "192.0.2.9" : undefined),
        peerPort: () => (socket ? 4711 : undefined),
      },
    );
    socket = false;
    exchange.end(done);
    expect(attributesOf(written[0])).toMatchObject({
      "client.address": "192.0.2.1",
      "network.peer.address": "192.0.2.9",
      "network.peer.port": 4711,
      "network.protocol.version": "2",
    });
  });

  test("an unknown method is _OTHER, named HTTP, and kept aside in a bounded length (R-L5)", () => {
    const { begin, written } = testHost({ sampler: () => true });
    begin({ method: "X".repeat(500) }).end(done);
    expect(written[0]?.name).toBe("HTTP");
    expect(attributesOf(written[0])).toMatchObject({
      "http.request.method": "_OTHER",
      "http.request.method_original": "X".repeat(64),
    });
  });

  test("the error that was thrown is its type and message, and the first one counts (R-G7)", () => {
    const { begin, written } = testHost();
    const exchange = begin();
    exchange.failed(new RangeError("too far"));
    exchange.failed(new TypeError("later"));
    exchange.end(failed);
    expect(written[0]).toMatchObject({ statusCode: 2, statusMessage: "too far" });
    expect(attributesOf(written[0])["error.type"]).toBe("RangeError");
  });

  test("an error that a framework is about to answer takes the place of what was thrown before (R-A3, R-G7)", () => {
    const { begin, written } = testHost();
    const exchange = begin();
    exchange.failedWith(new RangeError("too far"));
    exchange.failedWith(new TypeError("answered"));
    exchange.failedWith(undefined);
    exchange.failed(new RangeError("later"));
    exchange.end(failed);
    expect(written[0]).toMatchObject({ statusCode: 2, statusMessage: "answered" });
    expect(attributesOf(written[0])["error.type"]).toBe("TypeError");
  });

  test("an error answered with a 404 was meant, and is none (R-S10)", () => {
    const { begin, written, metrics } = testHost({ sampler: () => true });
    const exchange = begin();
    exchange.failed(new Error("not found"));
    exchange.end({ statusCode: 404, completed: true });
    expect(written[0]).toMatchObject({ statusCode: 0, statusMessage: "" });
    expect(countsOf(metrics)[0]?.[0]).not.toHaveProperty("error.type");
  });

  test("what a handler set wins over what we know, and its end ends nothing (R-I1)", () => {
    const { begin, written } = testHost({ sampler: () => true });
    const exchange = begin();
    exchange.span.setAttributes({ "client.address": "hidden", own: 1 });
    exchange.span.setStatus({ code: SpanStatusCode.OK });
    exchange.span.end();
    expect(exchange.span.isRecording()).toBe(true);
    exchange.end(failed);
    expect(attributesOf(written[0])).toMatchObject({ "client.address": "hidden", own: 1 });
    expect(written[0]).toMatchObject({ statusCode: 1 });
  });

  test("after the end it takes nothing more (R-I8)", () => {
    const { begin, written, tracer } = testHost({ sampler: () => true });
    const exchange = begin();
    const { span } = exchange;
    exchange.end(done);
    span.setAttribute("late", 1).updateName("late").addEvent("late");
    expect(span.isRecording()).toBe(false);
    expect(written[0]?.name).toBe("GET");
    expect(span.attributes).toEqual([]);
    exchange.run(() => tracer.startSpan("afterwards").end());
    expect(written.map(({ name }) => name)).toEqual(["GET", "afterwards"]);
  });
});

describe("nothing reaches the service", () => {
  const broken = (): never => {
    throw new Error("broken");
  };

  test.for(["target", "clientAddress", "peerPort"] as const)(
    "a reader whose %s throws costs the span, which is counted, not the request (R-P5)",
    (name) => {
      const { begin, metrics, written, drops } = testHost({ sampler: () => true });
      begin({}, { [name]: broken }).end(done);
      expect(countsOf(metrics)[0]?.[1]).toBe(1);
      expect([written, drops.snapshot()]).toEqual([[], { "unreadable-request": 1 }]);
    },
  );

  test("a reader whose route throws at the end is counted, and so is the request (R-M1)", () => {
    const { begin, metrics, faults } = testHost();
    begin({}, { route: broken }).end(done);
    expect(countsOf(metrics)[0]?.[1]).toBe(1);
    expect(pointsOf(metrics, "http.server.active_requests")).toMatchObject([{ value: 0 }]);
    expect(faults.get("reader")).toBe(1);
  });

  test("a reader whose route throws while a stream's spans end is counted, throws at no handler and costs no span (R-P5)", () => {
    const { faults, tracer, written, begin } = testHost({ sampler: () => true });
    const exchange = begin({}, { route: broken });
    const query = tracer.startSpan("query", {}, exchange);
    exchange.headersSent(true);
    expect(() => query.end()).not.toThrow();
    expect(written.map(({ name }) => name)).toEqual(["query"]);
    expect(faults.get("reader")).toBeGreaterThan(0);
    exchange.end(done);
    expect(written).toHaveLength(2);
  });

  test("metrics or a sink that throw do not throw at the response, and are counted (R-P5)", () => {
    const http = {
      started() {},
      ended: broken,
      series: broken,
    };
    const one = testHost({ change: { metrics: http } });
    const exchange = one.begin();
    exchange.end(failed);
    expect([one.faults.get("end"), exchange.ended, exchange.raw]).toEqual([1, true, undefined]);
    const two = testHost({ change: { sink: { write: broken } } });
    two.begin().end(failed);
    expect(two.drops.total + two.faults.total).toBe(1);
    expect(countsOf(two.metrics)[0]?.[1]).toBe(1);
  });

  test("a context that outlives its request does not hold it (R-I8, B2)", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const { begin } = testHost({ sampler: () => true, change: { bodies: new BodyMeters() } });
    let request: object | undefined = { headers: { "content-length": "3" }, httpVersionMajor: 1, push() {} };
    const exchange = begin(request, { stream: (stream) => stream as never });
    exchange.span.recordException(Object.assign(new Error("noted"), { request }));
    exchange.failed(Object.assign(new Error("with its request"), { request }));
    const context = exchange.setValue(Symbol("x"), 1);
    exchange.end(done);
    const held = new WeakRef(request);
    request = undefined;
    for (let i = 0; i < 20 && held.deref() !== undefined; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
    }
    expect(held.deref()).toBeUndefined();
    expect(exchange.raw).toBeUndefined();
    expect(exchange.header("host")).toBeUndefined();
    expect(context.getValue(Symbol("y"))).toBeUndefined();
  });

  test("listeners of an emitter that is bound run in the request's context, whoever emits (R-I8)", () => {
    const { begin, host } = testHost();
    const exchange = begin();
    const emitter = new EventEmitter();
    const seen: unknown[] = [];
    exchange.bind(emitter);
    emitter.on("data", () => seen.push(host.storage.getStore()));
    emitter.emit("data");
    expect(seen).toEqual([exchange]);
    expect(host.storage.getStore()).toBeUndefined();
  });
});

function hex(...words: number[]): string {
  return words.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}
