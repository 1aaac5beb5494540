import { resetTelemetry, telemetry } from "@gossamer/core";
import { trace } from "@opentelemetry/api";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import type { Logger, LoggerOptions as PinoOptions } from "pino";
import { createLogger, type LoggerOptions } from "../create-logger.ts";
import { type Level, type LevelChange, logLevels } from "../log-levels.ts";
import type { FieldNames } from "../fields/field-style.ts";
import { mixin } from "../mixin.ts";
import { requestLines } from "../request-lines.ts";
import { CapturedLines, type Line } from "./captured-lines.ts";
import { fakeReader, testEngine, waitingReader } from "./test-engine.ts";

type Pino = (options: PinoOptions, stream: CapturedLines) => Logger;

const done = { statusCode: 200, completed: true };
const failed = { statusCode: 500, completed: true };
const traceId = /^[\da-f]{32}$/;
const spanId = /^[\da-f]{16}$/;

function made(options: LoggerOptions = {}, engine = testEngine()) {
  const out = new CapturedLines();
  const logger = createLogger(engine, { destination: out, level: "info", ...options });
  return { engine, out, logger };
}

/** Everything a logger promises, with one version of pino. */
export function describeLogger(version: string, pino: Pino): void {
  afterEach(() => resetTelemetry());

  describe(`as plain pino, ${version}`, () => {
    test("a logger that is not enabled writes nothing: no line, request, library or route (C22)", () => {
      const { engine, out, logger } = made({
        enabled: false,
        level: "trace",
        routeLevels: { "/orders/:id": "trace" },
        libraryLevels: { pg: "debug" },
      });
      expect(logger.level).toBe("silent");
      logger.fatal("nothing");
      logger.child({ a: 1 }).error("nothing");
      logLevels(logger).library("pg").error("nothing");
      engine.begin({ route: engine.routes.get("/orders/:id") }, fakeReader).end(failed);
      expect(out.lines).toEqual([]);
    });

    test("a destination that cannot be opened is an error at start that says why, and never a process that hangs (R-C3)", () => {
      const logger = (destination: string) => createLogger(testEngine(), { destination });
      expect(() => logger("/proc/nope/x.log")).toThrow(
        expect.objectContaining({
          code: "GSM_OPTION_FILE",
          message: expect.stringMatching(/^Option "destination" must be the path of a file .*ENOENT.*'\/proc\/nope'/),
        }),
      );
      expect(() => logger("/proc")).toThrow(expect.objectContaining({ code: "GSM_OPTION_FILE" }));
    });

    test("customLevels are levels beside pino's own, with ids (C22)", () => {
      const { engine, out, logger } = made({ customLevels: { audit: 35 }, level: "info" });
      engine.begin({}, fakeReader).run(() => {
        (logger as unknown as { audit(message: string): void }).audit("seen");
      });
      expect(out.last).toMatchObject({ level: 35, msg: "seen", trace_id: expect.stringMatching(traceId) });
      const typed = createLogger(engine, { customLevels: { audit: 35 }, level: "audit", destination: out });
      typed.info("not let through");
      typed.audit("let through");
      expect(out.last).toMatchObject({ level: 35, msg: "let through" });
      expect(logLevels(typed).set("info")).toBe(true);
      typed.info("let through now");
      expect(out.last["msg"]).toBe("let through now");
    });

    test("useOnlyCustomLevels leaves pino's own out, and a level that is none is an error at start (C22)", () => {
      const out = new CapturedLines();
      const options = { customLevels: { low: 5, high: 80 }, useOnlyCustomLevels: true, destination: out } as const;
      const engine = testEngine();
      const logger = createLogger(engine, { ...options, level: "low", routeLevels: { "/orders/:id": "high" } });
      logger.high("seen");
      expect(out.last).toMatchObject({ level: 80, msg: "seen" });
      (logLevels(logger).library("pg") as unknown as typeof logger).high("by a library");
      engine.begin({ route: engine.routes.get("/orders/:id") }, fakeReader).end(failed);
      expect(out.lines).toHaveLength(2);
      expect(() => createLogger(engine, options)).toThrow('Option "level" must be');
    });
  });

  describe(`ids on lines, ${version}`, () => {
    test("a line carries the ids and flags of the active span, sampled or not (R-G1)", async () => {
      for (const sampleRatio of [1, 0]) {
        const { engine, out, logger } = made({}, testEngine({ sampleRatio }));
        const exchange = engine.begin({}, fakeReader);
        await exchange.run(async () => {
          await new Promise((resolve) => setTimeout(resolve, 1));
          logger.info("after an await");
          const root = trace.getActiveSpan()!.spanContext();
          expect(out.last).toMatchObject({
            trace_id: root.traceId,
            span_id: root.spanId,
            trace_flags: sampleRatio === 1 ? "03" : "02",
          });
          await engine.span("step", async (span) => {
            await Promise.resolve();
            logger.info("in the step");
            expect(out.last["span_id"]).toBe(span.spanContext().spanId);
          });
        });
        await resetTelemetry();
      }
    });

    test("outside of any request a line has none (R-G1)", () => {
      const { out, logger } = made();
      logger.info("started");
      expect(Object.keys(out.last)).not.toContain("trace_id");
    });

    test("asking for them decides nothing while the route is unknown: its own rule holds (R-G1)", () => {
      const { engine, out, logger } = made();
      const request: { route?: ReturnType<typeof engine.routes.get> } = {};
      const exchange = engine.begin(request, waitingReader);
      exchange.run(() => {
        logger.info("before the route");
        expect(out.last["trace_id"]).toMatch(traceId);
        expect(Object.keys(out.last)).not.toContain("trace_flags");
        request.route = engine.routes.get("/quiet", { trace: false });
        logger.info("in the handler");
        expect(out.last["trace_flags"]).toBe("02");
      });
      exchange.end(done);
      expect(engine.status().sampling.decisions).toEqual({ "route-options:unsampled": 1 });
    });

    test("with `never` no line decides, with `always` each carries the flags (R-G1)", () => {
      const engine = testEngine();
      const out = new CapturedLines();
      const exchange = engine.begin({}, waitingReader);
      exchange.run(() => {
        pino({ mixin: mixin(engine, { traceFlags: "never" }) }, out).info("ids alone");
        expect(out.last).toMatchObject({ trace_id: expect.stringMatching(traceId) });
        expect(engine.status().sampling.decisions).toEqual({});
        pino({ mixin: mixin(engine, { traceFlags: "always" }) }, out).info("flags too");
        expect(out.last["trace_flags"]).toBe("03");
      });
    });

    test("the service's own mixin and a line's own fields win (R-G1)", () => {
      const { engine, out, logger } = made({ mixin: () => ({ span_id: "mine", tenant: "t1" }) });
      engine.begin({}, fakeReader).run(() => {
        logger.info({ trace_id: "given" }, "hello");
        expect(out.last).toMatchObject({ trace_id: "given", span_id: "mine", tenant: "t1" });
      });
    });

    test("a mixin of the service's that throws costs its own fields alone, and is counted (R-G1)", () => {
      const { engine, out, logger } = made({
        mixin() {
          throw new Error("in the mixin");
        },
      });
      engine.begin({}, fakeReader).run(() => logger.info("hello"));
      expect(out.last).toMatchObject({ msg: "hello", trace_id: expect.stringMatching(traceId) });
      expect(engine.status().faults).toEqual({ "log-mixin": 1 });
    });

    test("child loggers carry them too, and an engine that is switched off none (R-G1)", async () => {
      const { engine, out, logger } = made();
      engine.begin({}, fakeReader).run(() => logger.child({ part: "cart" }).info("hello"));
      expect(out.last).toMatchObject({ part: "cart", span_id: expect.stringMatching(spanId) });
      await resetTelemetry();
      const off = made({}, testEngine({ enabled: false }));
      off.engine.begin({}, fakeReader).run(() => off.logger.info("hello"));
      expect(Object.keys(off.out.last)).not.toContain("trace_id");
    });

    test("the names are those of ECS or of Datadog where that is asked for (R-G1)", async () => {
      const ecs = made({ fields: "ecs" });
      ecs.engine.begin({}, fakeReader).run(() => {
        const { traceId: id } = trace.getActiveSpan()!.spanContext();
        ecs.logger.error(new RangeError("too far"), "no");
        expect(ecs.out.last).toMatchObject({
          "log.level": "error",
          "@timestamp": expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
          message: "no",
          "ecs.version": expect.any(String),
          "service.name": "shop",
          "service.environment": "test",
          "trace.id": id,
          error: { type: "RangeError", message: "too far", stack_trace: expect.stringContaining("logger-suite") },
        });
      });
      await resetTelemetry();
      const datadog = made({ fields: "datadog" });
      datadog.engine.begin({}, fakeReader).run(() => {
        const { traceId: id } = trace.getActiveSpan()!.spanContext();
        datadog.logger.info("yes");
        expect(datadog.out.last).toMatchObject({
          level: "info",
          message: "yes",
          service: "shop",
          dd: { trace_id: BigInt(`0x${id.slice(16)}`).toString(), service: "shop", env: "test", version: "1.2.3" },
        });
      });
    });
  });

  describe(`a logger that is made before there is an engine, ${version}`, () => {
    const early = (options: LoggerOptions = {}) => {
      const out = new CapturedLines();
      return { out, logger: createLogger(telemetry, { destination: out, ...options }) };
    };

    test.for<[FieldNames, (line: Line) => unknown]>([
      ["opentelemetry", (line) => line["service.name"]],
      ["ecs", (line) => [line["service.name"], line["service.version"], line["service.environment"]].join()],
      ["datadog", (line) => [line["service"], line["version"], line["env"]].join()],
    ])(
      "its lines, its children's and those of requests name the service from then on: %s (R-G1)",
      ([fields, nameOf]) => {
        const { out, logger } = early({ fields, level: "info" });
        const child = logger.child({ part: "cart" });
        const grandchild = child.child({ item: 7 });
        logger.setBindings({ region: "eu" });
        logger.info("before");
        expect(nameOf(out.last)).toContain("unknown_service:node");
        const engine = testEngine();
        engine.begin({}, fakeReader).run(() => {
          for (const one of [logger, child, grandchild, logger.child({})]) one.info("after");
        });
        engine.begin({ route: engine.routes.get("/orders/:id") }, fakeReader).end(done);
        const expected = fields === "opentelemetry" ? "shop" : "shop,1.2.3,test";
        expect(out.lines.slice(1).map(nameOf)).toEqual(Array.from({ length: 5 }, () => expected));
        expect(out.lines.slice(1).map(({ part, item, region }) => [part, item, region])).toEqual([
          [undefined, undefined, "eu"],
          ["cart", undefined, undefined],
          ["cart", 7, undefined],
          [undefined, undefined, "eu"],
          [undefined, undefined, "eu"],
        ]);
        const unified = expect.objectContaining({ service: "shop", env: "test" }) as unknown;
        expect(out.lines[1]?.["dd"]).toEqual(fields === "datadog" ? unified : undefined);
        for (const text of out.texts) expect(new Set(topLevelKeys(text)).size).toBe(topLevelKeys(text).length);
      },
    );

    test("what its user says of base, level and bindings holds (R-G1)", () => {
      const { out, logger } = early({ base: { app: "mine" }, level: "debug" });
      testEngine({ logLevel: "error" });
      logger.debug("after");
      expect(out.last).toMatchObject({ app: "mine", msg: "after" });
      expect(Object.keys(out.last)).not.toContain("service.name");
    });

    test("its level is the engine's `logLevel` from then on, but where somebody has changed it (R-G3)", () => {
      const { out, logger } = early();
      const changed = early();
      logLevels(changed.logger).set("debug");
      testEngine({ logLevel: "error" });
      logger.warn("not let through");
      expect(out.lines).toEqual([]);
      expect([logger.level, changed.logger.level]).toEqual(["error", "debug"]);
      logLevels(changed.logger).reset();
      expect(changed.logger.level).toBe("error");
    });
  });

  describe(`lines of requests, ${version}`, () => {
    function ask(engine: ReturnType<typeof testEngine>, outcome = done, error?: unknown): void {
      const exchange = engine.begin(
        { route: engine.routes.get("/orders/:id"), headers: { "content-length": "17" } },
        fakeReader,
      );
      if (error !== undefined) exchange.failed(error);
      exchange.end(outcome);
    }

    test("one a request, with what happened and why it was sampled, in production's `warn` too (R-G2)", () => {
      const { engine, out } = made({ level: "warn" });
      ask(engine);
      expect(out.lines).toHaveLength(1);
      expect(out.last).toMatchObject({
        level: 30,
        msg: "GET /orders/:id 200",
        "http.request.method": "GET",
        "http.route": "/orders/:id",
        "http.response.status_code": 200,
        "http.request.body.size": 17,
        duration_ms: expect.any(Number),
        trace_id: expect.stringMatching(traceId),
        span_id: expect.stringMatching(spanId),
        trace_flags: "03",
        "sampling.reason": expect.any(String),
      });
    });

    test("an error's stack is on that one line, and on no span (R-G7)", () => {
      const { engine, out } = made();
      ask(engine, failed, new RangeError("too far"));
      expect(out.lines).toHaveLength(1);
      expect(out.last).toMatchObject({
        level: 50,
        "error.type": "RangeError",
        err: { type: "RangeError", message: "too far", stack: expect.stringContaining("logger-suite") },
      });
    });

    test("whatever is thrown is one line (R-G7)", () => {
      const { engine, out } = made();
      const shy = Object.defineProperty(new Error("shy"), "secret", {
        enumerable: true,
        get() {
          throw new Error("hands off");
        },
      });
      const cyclic: { self?: unknown } = {};
      cyclic.self = cyclic;
      const odd = ["text", 7n, null, Symbol("s"), cyclic, shy, new Error("x".repeat(1_000_000)), Object.create(null)];
      for (const thrown of odd) ask(engine, failed, thrown);
      expect(out.lines.map(({ msg }) => msg)).toEqual(odd.map(() => "GET /orders/:id 500"));
      expect(Math.max(...out.texts.map((text) => text.length))).toBeLessThan(100_000);
      expect(engine.status().faults).toEqual({});
    });

    test("redaction, serializers, formatters and nesting of the logger hold (R-G4)", async () => {
      const redacted = made({
        redact: ['["http.route"]', "err.message", "trace_id"],
        serializers: { "http.response.status_code": (code: number) => `HTTP ${code}` },
      });
      ask(redacted.engine, failed, new Error("card 4111"));
      expect(redacted.out.last).toMatchObject({
        "http.route": "[Redacted]",
        trace_id: "[Redacted]",
        err: { message: "[Redacted]" },
        "http.response.status_code": "HTTP 500",
      });
      await resetTelemetry();
      const formatted = made({ formatters: { log: (line) => ({ ...line, seen: Object.keys(line).length }) } });
      ask(formatted.engine);
      expect(formatted.out.last).toMatchObject({ seen: expect.any(Number), "http.route": "/orders/:id" });
      await resetTelemetry();
      const nested = made({ nestedKey: "payload" });
      ask(nested.engine);
      expect(nested.out.last).toMatchObject({ payload: { "http.route": "/orders/:id" }, trace_flags: "03" });
    });

    test("bindings that the logger is given later are on it too, as on the logger's own lines (C22)", () => {
      const { engine, out, logger } = made();
      ask(engine);
      logger.setBindings({ region: "eu" });
      ask(engine);
      ask(engine, failed, new Error("no"));
      logger.info("own");
      expect(out.lines.map(({ region }) => region)).toEqual([undefined, "eu", "eu", "eu"]);
      expect(out.lines.slice(0, 3).map((line) => line["trace_id"])).not.toContain(undefined);
    });

    test("no field is there twice, whatever the style (R-G2)", async () => {
      for (const fields of ["opentelemetry", "ecs", "datadog"] as const) {
        const { engine, out } = made({ fields, mixin: () => ({ tenant: "t1" }), requestLine: { path: true } });
        engine.begin({}, fakeReader).run(() => ask(engine, failed, new Error("no")));
        const keys = topLevelKeys(out.texts.at(-1) ?? "");
        expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
        expect(out.last["tenant"]).toBe("t1");
        await resetTelemetry();
      }
    });

    test("the ids are the request's own, whichever context is active when it ends (R-G2)", () => {
      const { engine, out } = made();
      const exchange = engine.begin({}, fakeReader);
      const own = exchange.run(() => engine.traceId());
      engine.begin({}, fakeReader).run(() => exchange.end(done));
      expect(out.last["trace_id"]).toBe(own);
    });

    test("a logger of the service's own takes them as well, until it is stopped (R-G2)", () => {
      const engine = testEngine();
      const out = new CapturedLines();
      const stop = requestLines(engine, pino({ level: "error", mixin: mixin(engine) }, out), { path: true });
      ask(engine);
      expect(out.last).toMatchObject({ level: 30, "url.path": "/orders/7", "http.route": "/orders/:id" });
      stop();
      ask(engine);
      expect(out.lines).toHaveLength(1);
    });

    test("a silent logger has none, one that did not ask has none (R-G2)", async () => {
      const silent = made({ level: "silent" });
      ask(silent.engine, failed);
      expect(silent.out.lines).toEqual([]);
      await resetTelemetry();
      const off = made({ requestLine: false });
      ask(off.engine, failed);
      expect(off.out.lines).toEqual([]);
    });

    test("a route's debug line appears while debug is on (R-G3)", () => {
      const { engine, out, logger } = made();
      const route = engine.routes.get("/poll", { log: "debug" });
      engine.begin({ route }, fakeReader).end(done);
      expect(out.lines).toEqual([]);
      logLevels(logger).set("debug");
      engine.begin({ route }, fakeReader).end(done);
      expect(out.last).toMatchObject({ level: 20, "http.route": "/poll" });
    });

    test("text of a client's forges neither a line nor a field (R-G2)", () => {
      const { engine, out } = made({ requestLine: { path: true } });
      const hostile = [
        '\n{"level":60}',
        '","level":60,"x":"',
        "\u001B[2J\u001B[31m",
        "\u2028\u2029",
        "\uD800 \uDC00",
        "\u0000\u0007\u007F",
        "a".repeat(1_000_000),
        "__proto__",
      ];
      for (const text of hostile) {
        engine
          .begin({ method: text, target: `/${text}`, headers: { host: text, "content-length": text } }, fakeReader)
          .end(failed);
        expect(out.last).toMatchObject({ level: 50, "http.request.method": "_OTHER", msg: "_OTHER 500" });
        expect(out.texts.at(-1)?.length).toBeLessThan(10_000);
      }
    });

    test("whatever a request is made of, it is exactly one JSON object a line (R-G2)", () => {
      const { engine, out } = made({ requestLine: { path: true } });
      const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }));
      fc.assert(
        fc.property(
          text,
          text,
          text,
          fc.anything(),
          fc.integer({ min: 500, max: 999 }),
          (method, path, length, thrown, statusCode) => {
            const exchange = engine.begin(
              { method, target: `/${path}`, headers: { "content-length": length } },
              fakeReader,
            );
            exchange.failed(thrown);
            exchange.end({ statusCode, completed: true });
            expect(out.last["level"]).toBe(50);
            out.texts.length = 0;
          },
        ),
        { numRuns: 300 },
      );
      expect(engine.status().faults).toEqual({});
    });
  });

  describe(`hostile values in lines of the service, ${version}`, () => {
    test("whatever is logged is exactly one JSON object a line, and nothing is thrown (R-G1)", () => {
      const { engine, out, logger } = made();
      const exchange = engine.begin({}, fakeReader);
      fc.assert(
        fc.property(
          fc.dictionary(
            fc.string({ unit: "binary" }),
            fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }),
          ),
          fc.string({ unit: "binary" }),
          (fields, message) => {
            exchange.run(() => logger.info(fields, "%s", message));
            expect(out.lines).toHaveLength(1);
            out.texts.length = 0;
          },
        ),
        { numRuns: 300 },
      );
    });

    test("a symbol or a function as message is named in a line that is JSON, whatever the first argument is (R-G1)", () => {
      const { out, logger } = made();
      for (const odd of [Symbol("s"), () => {}]) {
        const log = (...values: unknown[]): unknown => Reflect.apply(logger.info, logger, values);
        log(odd);
        log({ a: 1 }, odd);
        log(undefined, odd);
      }
      const named = (kind: string): string[] => Array.from({ length: 3 }, () => `[${kind}]`);
      expect(out.lines.map(({ msg }) => msg)).toEqual([...named("symbol"), ...named("function")]);
    });

    test("getters and toJSON that throw, cycles, bigints and symbols are told as far as they can be (R-G1)", () => {
      const { out, logger } = made();
      const cyclic: { self?: unknown } = {};
      cyclic.self = cyclic;
      const fail = (): never => {
        throw new Error("hands off");
      };
      logger.info({
        get bad() {
          return fail();
        },
        good: 1,
      });
      expect(out.last).toMatchObject({ good: 1, bad: "[a getter threw]" });
      logger.info({
        nested: {
          get bad() {
            return fail();
          },
        },
        json: { toJSON: fail },
        cyclic,
        big: 7n,
        symbol: Symbol("s"),
        good: 2,
      });
      expect(out.last).toMatchObject({ good: 2 });
      logger.error(Object.defineProperty(new Error("no"), "detail", { enumerable: true, get: fail }));
      expect(out.last).toMatchObject({ msg: "no", err: { message: "no" } });
      logger.info({ text: "a".repeat(1_000_000) });
      expect(out.last["text"]).toHaveLength(1_000_000);
      logger.info(new Proxy({}, { ownKeys: fail, get: fail }));
      expect(out.lines).toHaveLength(5);
    });
  });

  describe(`levels, ${version}`, () => {
    test("the level comes from the environment, and the logger's own option wins (R-G3)", async () => {
      const levels: string[] = [];
      for (const [environment, level] of [
        ["production", undefined],
        ["staging", undefined],
        ["production", "error"],
      ] as const) {
        const out = new CapturedLines();
        const options: LoggerOptions = level === undefined ? { destination: out } : { destination: out, level };
        levels.push(createLogger(testEngine({ environment }), options).level);
        await resetTelemetry();
      }
      expect(levels).toEqual(["warn", "info", "error"]);
    });

    test("it changes while the service runs, for children too, and comes back by itself (R-G3)", async () => {
      const { out, logger } = made();
      const child = logger.child({ part: "cart" });
      const levels = logLevels(logger);
      child.debug("no");
      expect(levels.set("debug", { forMs: 30 })).toBe(true);
      child.debug("yes");
      expect(levels.get()).toBe("debug");
      await expect.poll(() => levels.get()).toBe("info");
      child.debug("no more");
      expect(out.lines.map(({ msg }) => msg)).toEqual(["yes"]);
    });

    test("what is no level, route or time changes nothing (R-G3)", () => {
      const levels = logLevels(made().logger);
      const wrong: readonly (readonly [unknown, unknown])[] = [
        ["verbose", {}],
        ["__proto__", {}],
        ["debug", { forMs: -1 }],
        ["debug", { forMs: Number.NaN }],
        ["debug", { forMs: 3_000_000_000 }],
        ["debug", { route: "" }],
        ["debug", { library: 7 }],
        ["debug", { route: "/a", library: "b" }],
      ];
      for (const [level, change] of wrong) {
        expect(levels.set(level as Level, change as LevelChange)).toBe(false);
      }
      expect(levels.get()).toBe("info");
    });

    test("a route may let more or less through than the service (R-G3)", () => {
      const { engine, out, logger } = made({ routeLevels: { "/health": "error" } });
      const inRoute = (template: string | undefined, message: string): void => {
        const route = template === undefined ? undefined : engine.routes.get(template);
        engine.begin({ route }, fakeReader).run(() => {
          logger.debug(`${message} debug`);
          logger.info(`${message} info`);
          logger.error(`${message} error`);
        });
      };
      inRoute("/health", "health");
      inRoute("/orders", "orders");
      logLevels(logger).set("debug", { route: "/orders" });
      inRoute("/orders", "more");
      inRoute(undefined, "none");
      logLevels(logger).reset({ route: "/orders" });
      inRoute("/orders", "again");
      expect(out.lines.map(({ msg }) => msg)).toEqual([
        "health error",
        "orders info",
        "orders error",
        "more debug",
        "more info",
        "more error",
        "none info",
        "none error",
        "again info",
        "again error",
      ]);
    });

    test("a library logs warnings unless told otherwise, whatever the service's level is (R-G3)", () => {
      const { out, logger } = made({ level: "debug", libraryLevels: { pg: "error" } });
      const levels = logLevels(logger);
      levels.library("redis").info("no");
      levels.library("redis").warn("redis warns");
      levels.library("pg").warn("no");
      levels.library("pg").error("pg fails");
      levels.set("trace", { library: "pg" });
      levels.library("pg").trace("pg in detail");
      levels.reset({ library: "pg" });
      levels.library("pg").warn("no");
      expect(levels.library("pg")).toBe(levels.library("pg"));
      expect(out.lines.map(({ msg, library }) => [library, msg])).toEqual([
        ["redis", "redis warns"],
        ["pg", "pg fails"],
        ["pg", "pg in detail"],
      ]);
    });

    test("a signal turns debug on for a while and off again, each with one line (R-G3)", async () => {
      const { out, logger } = made({ level: "warn", levelSignal: { signal: "SIGUSR2" } });
      const levels = logLevels(logger);
      process.kill(process.pid, "SIGUSR2");
      await expect.poll(() => levels.get()).toBe("debug");
      process.kill(process.pid, "SIGUSR2");
      await expect.poll(() => levels.get()).toBe("warn");
      expect(out.lines.map(({ msg }) => msg)).toEqual([
        "the log level is debug for 600 s",
        "the log level is warn again",
      ]);
      process.removeAllListeners("SIGUSR2");
    });
  });
}

/** The keys of a JSON object as it is written, those that come twice included. */
function topLevelKeys(text: string): string[] {
  const keys: string[] = [];
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:\\.|[^"\\])*"\s*:?|[{}[\]]/g)) {
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    else if (token.endsWith(":") && depth === 1) keys.push(token);
  }
  return keys;
}
