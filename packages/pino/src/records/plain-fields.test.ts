import { resetTelemetry, type TelemetryOptions } from "@gossamer/core";
import { type ReceivedLog, startOtlpReceiver } from "@gossamer/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createLogger, type LoggerOptions } from "../create-logger.ts";
import { fakeReader, testEngine } from "../testing/test-engine.ts";

interface Line {
  readonly fields: object;
  readonly message: unknown;
}

interface Case {
  readonly lines: readonly Line[];
  readonly bindings: Record<string, unknown>;
  readonly options: LoggerOptions;
  readonly engineOptions: TelemetryOptions;
}

const names = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("user", "order", "secret") },
  fc.constantFrom(
    "user",
    "order",
    "total",
    "a.b",
    "0",
    "12",
    "__proto__",
    "toString",
    "",
    "é",
    "\ud800",
    '"',
    "\u2028\n",
  ),
  fc.constantFrom(
    "msg",
    "message",
    "time",
    "level",
    "pid",
    "hostname",
    "service.name",
    "trace_id",
    "trace.id",
    "span_id",
  ),
  fc.constantFrom("err", "error", "exception.stacktrace", "k".repeat(1_025)),
  fc.string({ maxLength: 6 }),
);

const scalars = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.constantFrom(
    "plain",
    "\ud800",
    "\udc00x",
    'quote"\\',
    "\u0000\u001f\u007f",
    "\u2028",
    "x".repeat(40),
    "é".repeat(40),
  ),
  fc.integer(),
  // JSON has no -0.
  fc.double().map((number) => number + 0),
  fc.constantFrom(1e308, 2 ** 53, -(2 ** 63), 1e21, 5e-324, Number.NaN, Number.POSITIVE_INFINITY),
  fc.boolean(),
  fc.constant(null),
);

const values: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 12, arbitrary: scalars },
  fc.constantFrom(undefined, Symbol("s"), 12n, () => 1, new Date(0), new Error("no"), { toJSON: () => "json" }),
  fc.dictionary(fc.string({ maxLength: 3 }), scalars, { maxKeys: 3 }),
  fc.array(scalars, { maxLength: 3 }),
);

/** Own fields, also one called `__proto__`. */
const fieldsOf = (of: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> =>
  fc.array(fc.tuple(names, of), { maxLength: 7 }).map((pairs) => Object.fromEntries(pairs));

const lines: fc.Arbitrary<Line> = fc.record({
  fields: fc.oneof(fieldsOf(scalars), fieldsOf(values)),
  message: fc.oneof(fc.constantFrom(undefined, null, "placed", "", 5), fc.string({ unit: "binary", maxLength: 50 })),
});

const styles = ["opentelemetry", "ecs", "datadog"] as const;

const loggerOptions: fc.Arbitrary<LoggerOptions> = fc.oneof(
  fc.constantFrom<LoggerOptions>(
    {},
    { base: null },
    { messageKey: "message" },
    { messageKey: "order" },
    { nestedKey: "n" },
  ),
  fc.constantFrom<LoggerOptions>(...styles.map((fields) => ({ fields }))),
  fc.constantFrom<LoggerOptions>(
    { timestamp: () => ',"time":"noon"' },
    { timestamp: false },
    { errorKey: "error" },
    { customLevels: { audit: 35 } },
    { mixin: () => ({ tenant: "t1", user: "mixed" }) },
    { redact: ["user", "secret"] },
    { serializers: { user: () => "[user]" } },
    { formatters: { log: (line) => ({ ...line, formatted: true }) } },
    { formatters: { level: (label) => ({ severity: label }) } },
  ),
);

const engineOptions = fc.constantFrom<TelemetryOptions>(
  {},
  { limits: { valueLength: 12 } },
  { limits: { attributes: 3 } },
  { redactAttributes: ["secret", "order"], attributeFilters: [{ remove: "user" }] },
);

const cases: fc.Arbitrary<Case> = fc.record({
  lines: fc.array(lines, { minLength: 1, maxLength: 4 }),
  bindings: fc.oneof(fc.constant({}), fieldsOf(scalars)),
  options: loggerOptions,
  engineOptions,
});

/** What the serializer of errors makes of it is no symbol. */
const symbolAsError: Case = {
  lines: [{ fields: { err: Symbol("s") }, message: undefined }],
  bindings: {},
  options: { fields: "ecs" },
  engineOptions: {},
};

test("a record of the fields at hand is the one that its line says, whatever is logged, by whatever logger (R-G6)", async () => {
  const receiver = await startOtlpReceiver();
  try {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const atHand = await recordsOf(receiver, given, given.options);
        // A hook that may change the text: the text is then what is read.
        const hooks = { streamWrite: (text: string) => text };
        expect(atHand).toEqual(await recordsOf(receiver, given, { ...given.options, hooks }));
      }),
      { numRuns: 150, examples: [[symbolAsError]] },
    );
  } finally {
    await receiver.close();
  }
});

test("and so is that of a request's line (R-G6)", async () => {
  const receiver = await startOtlpReceiver();
  try {
    for (const fields of styles) {
      const sent = [];
      for (const hooks of [{}, { streamWrite: (text: string) => text }]) {
        const engine = testEngine({ exporter: "otlp", otlp: { endpoint: receiver.url }, metrics: false });
        const asked = { requestLine: { path: true } } as const;
        createLogger(engine, { destination: { write() {} }, otlp: true, level: "info", fields, hooks, ...asked });
        for (const target of ["/orders/7", '/"\u2028\ud800', `/${"x".repeat(2_000)}`]) {
          const exchange = engine.begin({ target, route: engine.routes.get("/orders/:id") }, fakeReader);
          exchange.end({ statusCode: 200, completed: target !== "/orders/7" });
        }
        sent.push(await arrived(engine, receiver));
      }
      expect(sent[0]).toHaveLength(3);
      expect(sent[0]).toEqual(sent[1]);
    }
  } finally {
    await receiver.close();
  }
});

type Receiver = Awaited<ReturnType<typeof startOtlpReceiver>>;

async function recordsOf(receiver: Receiver, given: Case, options: LoggerOptions): Promise<readonly object[]> {
  const engine = testEngine({
    exporter: "otlp",
    otlp: { endpoint: receiver.url },
    metrics: false,
    ...given.engineOptions,
  });
  const logger = createLogger(engine, { destination: { write() {} }, otlp: true, level: "info", ...options });
  const child = logger.child(given.bindings);
  const exchange = engine.begin({}, fakeReader);
  exchange.run(() => {
    for (const { fields, message } of given.lines) {
      child.info(fields, message as string);
      logger.info(fields, message as string);
    }
  });
  return arrived(engine, receiver);
}

/** What differs from run to run left out. */
async function arrived(engine: ReturnType<typeof testEngine>, receiver: Receiver): Promise<readonly object[]> {
  await engine.flush();
  const records = receiver.logs.map(plain);
  receiver.clear();
  await resetTelemetry();
  return records;
}

const durations: ReadonlySet<string> = new Set(["duration_ms", "event.duration", "duration"]);

function plain({ timeUnixNano, observedTimeUnixNano, resource, traceId, spanId, ...record }: ReceivedLog): object {
  const timed = timeUnixNano === observedTimeUnixNano;
  const attributes = Object.entries(record.attributes).map(([key, value]) => [key, durations.has(key) || value]);
  return { ...record, attributes, timed, resource: Object.keys(resource), inTrace: traceId.length + spanId.length };
}
