import { resetTelemetry, type TelemetryOptions } from "@gossamer/core";
import { type OtlpReceiver, type ReceivedLog, startOtlpReceiver } from "@gossamer/testing";
import { logs, ROOT_CONTEXT, SeverityNumber, trace, TraceFlags } from "@opentelemetry/api";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLogger, type LoggerOptions } from "./create-logger.ts";
import { logLevels } from "./log-levels.ts";
import { severityOf } from "./records/line-reader.ts";
import { CapturedLines } from "./testing/captured-lines.ts";
import { fakeReader, testEngine } from "./testing/test-engine.ts";

let receiver: OtlpReceiver;

beforeEach(async () => {
  receiver = await startOtlpReceiver();
});

afterEach(async () => {
  await resetTelemetry();
  await receiver.close();
});

const done = { statusCode: 200, completed: true };
const failed = { statusCode: 500, completed: true };

function made(options: LoggerOptions = {}, engineOptions: TelemetryOptions = {}) {
  const engine = testEngine({ exporter: "otlp", otlp: { endpoint: receiver.url }, metrics: false, ...engineOptions });
  const out = new CapturedLines();
  const logger = createLogger(engine, { destination: out, level: "info", otlp: true, ...options });
  return {
    engine,
    out,
    logger,
    /** In the order of their times: errors gather apart, and may arrive first. */
    async sent(): Promise<readonly ReceivedLog[]> {
      expect(await engine.flush()).toBe(true);
      return receiver.logs.toSorted((a, b) => Number(a.timeUnixNano - b.timeUnixNano));
    },
  };
}

describe("lines by OTLP", () => {
  test("a line arrives with its severity, body, attributes, ids, resource and scope, and is written as ever (R-G6)", async () => {
    const { engine, out, logger, sent } = made();
    let ids: { traceId: string; spanId: string } | undefined;
    engine.begin({}, fakeReader).run(() => {
      ids = trace.getActiveSpan()?.spanContext();
      logger.child({ module: "orders" }).info({ order: 7, items: [{ sku: "a" }] }, "found %s", "it");
    });
    const [record] = await sent();
    expect(record).toMatchObject({
      severityNumber: 9,
      severityText: "info",
      body: "found it",
      traceId: ids?.traceId,
      spanId: ids?.spanId,
      flags: 3,
      scope: { name: "pino", version: expect.stringMatching(/^\d+\.\d+\./) },
      resource: { "service.name": "shop", "service.version": "1.2.3" },
    });
    expect(record?.attributes).toEqual({ module: "orders", order: 7, items: [{ sku: "a" }] });
    expect(Math.abs(Number(record?.timeUnixNano) / 1e6 - Number(out.last["time"]))).toBeLessThan(5_000);
    expect(out.last).toMatchObject({ msg: "found it", order: 7, trace_id: ids?.traceId });
  });

  test("levels 10 to 60 are severities 1 to 21, and custom ones lie between (R-G6)", async () => {
    expect([10, 20, 30, 40, 50, 60].map(severityOf)).toEqual([1, 5, 9, 13, 17, 21]);
    expect([1, 35, 45, 1_000].map(severityOf)).toEqual([1, 11, 15, 24]);
    const { logger, sent } = made({ level: "trace", customLevels: { audit: 35 } });
    for (const level of ["trace", "debug", "info", "warn", "error", "fatal"] as const) logger[level](level);
    (logger as unknown as { audit(message: string): void }).audit("audit");
    const records = await sent();
    expect(records.map(({ severityNumber, severityText }) => [severityText, severityNumber])).toEqual([
      ["trace", 1],
      ["debug", 5],
      ["info", 9],
      ["warn", 13],
      ["error", 17],
      ["fatal", 21],
      ["audit", 11],
    ]);
  });

  test("a line of an unsampled request stays, from warn on it leaves; it is written in each case (R-G6)", async () => {
    const { engine, out, logger, sent } = made({}, { sampleRatio: 0, keep: { errors: 0, aborted: 0, slow: 0 } });
    const exchange = engine.begin({}, fakeReader);
    exchange.run(() => {
      logger.info("stays");
      logger.warn("leaves");
    });
    exchange.end(done);
    logger.info("outside of any");
    expect((await sent()).map(({ body }) => body)).toEqual(["leaves", "outside of any"]);
    expect(out.lines.map(({ msg }) => msg)).toEqual(["stays", "leaves", "outside of any"]);
    expect(engine.status().logs.records).toMatchObject({ written: 2, unsampled: 1, held: 0 });
  });

  test("lines of a request that is kept for its failure leave with it, those of a healthy one do not (R-G6)", async () => {
    const { engine, logger, sent } = made({ requestLine: false }, { sampleRatio: 0 });
    for (const [name, outcome] of [
      ["healthy", done],
      ["failed", failed],
    ] as const) {
      const exchange = engine.begin({}, fakeReader);
      exchange.run(() => logger.info(name));
      expect(engine.status().logs.records.held).toBe(name === "healthy" ? 1 : 2);
      exchange.end(outcome);
    }
    const [record, ...others] = await sent();
    expect(others).toEqual([]);
    expect(record).toMatchObject({ body: "failed", flags: 3 });
    expect(receiver.spans.map(({ traceId }) => traceId)).toEqual([record?.traceId]);
  });

  test("with logRecords: all every line leaves (R-G6)", async () => {
    const { engine, logger, sent } = made({}, { sampleRatio: 0, logRecords: "all" });
    engine.begin({}, fakeReader).run(() => logger.info("leaves"));
    expect((await sent()).map(({ body, flags }) => [body, flags])).toEqual([["leaves", 0]]);
  });

  test("the line of a request is of that request, whatever is active then; its error is an exception (R-G6)", async () => {
    const { engine, sent } = made();
    const first = engine.begin({ route: engine.routes.get("/orders/:id") }, fakeReader);
    const other = engine.begin({}, fakeReader);
    other.run(() => first.end(done));
    const broken = engine.begin({ route: engine.routes.get("/orders/:id") }, fakeReader);
    const error = new RangeError("too far");
    broken.failed(error);
    other.run(() => broken.end(failed));
    const records = await sent();
    const idsOf = ({ traceId, spanId }: { traceId: string; spanId: string }): string => traceId + spanId;
    expect(records.map(idsOf).toSorted()).toEqual(receiver.spans.map(idsOf).toSorted());
    expect(records[0]).toMatchObject({
      severityNumber: 9,
      body: "GET /orders/:id 200",
      attributes: { "http.request.method": "GET", "http.route": "/orders/:id", "http.response.status_code": 200 },
    });
    expect(Object.keys(records[0]?.attributes ?? {})).not.toContain("trace_id");
    expect(records[1]).toMatchObject({
      severityNumber: 17,
      attributes: {
        "exception.type": "RangeError",
        "exception.message": "too far",
        "exception.stacktrace": error.stack,
      },
    });
  });

  test("an error of a line is an exception by the conventions, in every style of fields; what else it tells stays (R-G6)", async () => {
    for (const fields of ["opentelemetry", "ecs", "datadog"] as const) {
      const { engine, logger, sent } = made({ fields });
      const error = Object.assign(new TypeError("no such thing"), { code: "E_NONE" });
      engine.begin({}, fakeReader).run(() => logger.error(error));
      const record = (await sent()).at(-1);
      expect(record?.body).toBe("no such thing");
      expect(record?.attributes).toMatchObject({
        "exception.type": "TypeError",
        "exception.message": "no such thing",
        "exception.stacktrace": error.stack,
      });
      expect(Object.keys(record?.attributes ?? {}).filter((key) => !key.startsWith("exception."))).toEqual(
        fields === "opentelemetry" ? ["err"] : [],
      );
      await resetTelemetry();
    }
  });

  test("redaction, serializers and formatters of the logger hold for what leaves, and so do limits and redaction of spans (R-G6)", async () => {
    const { logger, sent } = made(
      {
        redact: ["user.email"],
        serializers: { card: () => "[card]" },
        formatters: { log: (line) => ({ ...line, formatted: true }) },
      },
      {
        redactAttributes: ["token", "user.phone"],
        attributeFilters: [{ remove: "internal" }],
        limits: { valueLength: 12 },
      },
    );
    logger
      .child({ token: "secret", tenant: "t1" })
      .info({ user: { email: "a@b.c", phone: "1" }, card: "4111", internal: 1, long: "x".repeat(20) }, "paid");
    const [record] = await sent();
    expect(record?.attributes).toEqual({
      token: "REDACTED",
      tenant: "t1",
      user: { email: "[Redacted]", phone: "REDACTED" },
      card: "[card]",
      formatted: true,
      long: "xxxxxxxxx...",
    });
  });

  test("a name that the line and its child logger both have is told once, as the line has it (R-G6)", async () => {
    const { logger, sent } = made();
    const child = logger.child({ step: "first", module: "orders" });
    child.info({ step: "second" }, "once");
    child.info({}, "again");
    const records = await sent();
    expect(records.map(({ attributes }) => attributes)).toEqual([
      { step: "second", module: "orders" },
      { step: "first", module: "orders" },
    ]);
  });

  test("what leaves is what the line says: nothing inherited, no getter that throws, and nothing that changed since (R-G6)", async () => {
    const { engine, logger, sent } = made({ requestLine: false }, { sampleRatio: 0 });
    class Order {
      own = 1;
      toJSON(): object {
        return { own: "hidden" };
      }
    }
    logger.warn(Object.create({ inherited: "secret" }, { own: { value: 1, enumerable: true } }), "inherited");
    logger.warn({ order: new Order(), [Symbol("s")]: 1 }, "with toJSON");
    const thrower = {
      a: 1,
      get b(): number {
        throw new Error("no");
      },
    };
    logger.warn(thrower, "thrower");
    const exchange = engine.begin({}, fakeReader);
    const fields = { state: "before" };
    exchange.run(() => logger.info(fields, "held"));
    fields.state = "after";
    exchange.end(failed);
    const records = await sent();
    expect(records.map(({ body, attributes }) => [body, attributes])).toEqual([
      ["inherited", { own: 1 }],
      ["with toJSON", { order: { own: "hidden" } }],
      ["thrower", expect.objectContaining({ a: 1 })],
      ["held", { state: "before" }],
    ]);
  });

  test("a multistream behind it still chooses by level, and levels that change hold (R-G6)", async () => {
    const errors = new CapturedLines();
    const all = new CapturedLines();
    const destination = pino.multistream([
      { level: "error", stream: errors },
      { level: "info", stream: all },
    ]);
    const { logger, sent } = made({ destination });
    logger.info("quiet");
    logger.error("loud");
    logLevels(logger).set("error");
    logger.info("not let through");
    expect(errors.lines.map(({ msg }) => msg)).toEqual(["loud"]);
    expect(all.lines.map(({ msg }) => msg)).toEqual(["quiet", "loud"]);
    expect((await sent()).map(({ body }) => body)).toEqual(["quiet", "loud"]);
  });

  test("a line that is no JSON any more is written and does not leave; it is counted (R-G6)", async () => {
    const { engine, out, logger, sent } = made({ hooks: { streamWrite: (text) => text.replaceAll('"', "'") } });
    logger.info("odd");
    expect(await sent()).toEqual([]);
    expect(out.texts).toHaveLength(1);
    expect(engine.status().logs.records.drops).toEqual({ "unreadable-line": 1 });
  });

  test("where nothing is exported, or otlp is not asked for, no record is made (R-G6)", async () => {
    const { engine, logger } = made({}, { exporter: "none" });
    logger.error("here alone");
    expect(engine.status().logExport).toBeUndefined();
    await resetTelemetry();
    const other = made({ otlp: false });
    other.logger.error("here alone");
    expect(await other.sent()).toEqual([]);
    expect(other.engine.status().logExport).toBeUndefined();
  });
});

describe("the API's loggers", () => {
  test("telemetry.loggerProvider and the global of API 1.10 give loggers whose records leave (R-G6)", async () => {
    const { engine, sent } = made({}, { register: "auto" });
    const logger = logs.getLogger("billing", "2.0.0");
    const exchange = engine.begin({}, fakeReader);
    exchange.run(() => {
      logger.emit({
        severityNumber: SeverityNumber.INFO,
        severityText: "INFO",
        body: { what: "paid", cents: 1_000 },
        eventName: "billing.paid",
        timestamp: [1_795_968_740, 0],
        attributes: { tenant: "t1" },
      });
      engine.loggerProvider.getLogger("billing", "2.0.0").emit({ body: "no severity", context: ROOT_CONTEXT });
    });
    exchange.end(done);
    const [event, bare] = await sent();
    expect(event).toMatchObject({
      scope: { name: "billing", version: "2.0.0" },
      body: { what: "paid", cents: 1_000 },
      eventName: "billing.paid",
      timeUnixNano: 1_795_968_740_000_000_000n,
      attributes: { tenant: "t1" },
      severityNumber: 9,
    });
    expect(event?.traceId).toMatch(/^[\da-f]{32}$/);
    expect(bare).toMatchObject({ body: "no severity", severityNumber: 0, traceId: "" });
  });

  test("whatever is emitted, nothing is thrown into the service (R-G6)", () => {
    const { engine } = made();
    const logger = engine.loggerProvider.getLogger(7 as unknown as string, null as unknown as string);
    const hostile: unknown[] = [
      null,
      undefined,
      7,
      { body: Symbol("x"), attributes: 7, severityNumber: "high", timestamp: "today", eventName: {}, context: 7 },
      {
        get body(): unknown {
          throw new Error("no");
        },
      },
    ];
    for (const record of hostile) expect(() => logger.emit(record as object)).not.toThrow();
    expect(logger.enabled()).toBe(true);
    expect(logger.enabled(null as unknown as undefined)).toBe(false);
  });

  test("enabled says whether such a record would leave (R-G6)", () => {
    const { engine } = made({}, { sampleRatio: 0, keep: { errors: 0, aborted: 0, slow: 0 } });
    const logger = engine.loggerProvider.getLogger("billing");
    const exchange = engine.begin({}, fakeReader);
    exchange.run(() => {
      // Reading the flags decides.
      const flags = trace.getActiveSpan()?.spanContext().traceFlags ?? TraceFlags.SAMPLED;
      expect(flags & TraceFlags.SAMPLED).toBe(TraceFlags.NONE);
      expect(logger.enabled({ severityNumber: SeverityNumber.INFO })).toBe(false);
      expect(logger.enabled({ severityNumber: SeverityNumber.WARN })).toBe(true);
    });
  });
});
