import { expect, test } from "vitest";
import { isGroup, type AnyEntry } from "../declare/option-entry.ts";
import { optionRoot } from "../declare/option-table.ts";
import type { Check } from "../../model/checks/checks.ts";
import { optionNames } from "../testing/option-names.ts";
import { OptionError } from "../../model/checks/option-error.ts";
import { resolveOptions } from "../resolve-options.ts";
import type { TelemetryOptions } from "../declare/telemetry-options.ts";

/** The error that options of any shape lead to. */
function errorOf(options: unknown): OptionError {
  try {
    resolveOptions(options as TelemetryOptions);
  } catch (error) {
    if (error instanceof OptionError) return error;
    throw error;
  }
  throw new Error("the options were accepted");
}

function nested(dotted: string, value: unknown): unknown {
  return dotted.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
}

const ms = (min: number): string => `a number of milliseconds from ${min} to 2147483647`;
const count = (min: number): string => `an integer from ${min} to 1000000000`;
const share = "a number from 0 to 1, or true or false";
const exporter = '"otlp", "console" or "none", or an object with export() and shutdown()';
const presets = '"minimal", "balanced", "debug", "high-throughput", "low-latency" or "constrained"';
const processParts = "true, false, or an object with cpu, memory, heap, gc, loop, handles and loopDelayResolutionMs";
const statsdParts = "an object with url, flavor, prefix, flushEveryMs, maxEntries, maxPacketBytes, tags and tagNames";
const url = "a URL that begins with http:// or https://";

const wrong: readonly (readonly [option: string, value: unknown, expectation: string, got: string])[] = [
  ["serviceName", "", "a string that is not empty", "''"],
  ["serviceVersion", 2, "a string that is not empty", "2"],
  ["serviceInstanceId", null, "a string that is not empty", "null"],
  ["environment", {}, "a string that is not empty", "an object"],
  ["preset", "fast", presets, "'fast'"],
  ["resourceAttributes", [], "an object of attributes", "an array"],
  ["enabled", "false", "true or false", "'false'"],
  ["traces", 1, "true or false", "1"],
  ["metrics", "yes", "true or false", "'yes'"],
  ["sampleRatio", "0.1", "a number from 0 to 1", "'0.1'"],
  ["sampleRatio", Number.NaN, "a number from 0 to 1", "NaN"],
  ["sampleRatio", 1.01, "a number from 0 to 1", "1.01"],
  ["sampler", "always_on", "a function, or an object with decide()", "'always_on'"],
  ["rules", { match: "*" }, "a list of at most 10000 rules", "an object"],
  ["dryRun", "GET /", "a list of at most 10000 rules", "'GET /'"],
  ["remoteSampling", 7, "a URL, or an object with url, protocol, pollMs, timeoutMs, initialRatio", "7"],
  ["samplingFile", 7, "the path of a file, or an object with path, parse and pollMs", "7"],
  ["processMetrics", "yes", processParts, "'yes'"],
  ["statsd", "udp://agent:8125", statsdParts, "'udp://agent:8125'"],
  ["rollout", 10, "an object with key, ratio, salt and outside", "10"],
  ["trustIncoming", "never", "true or false, or a function", "'never'"],
  ["keep.errors", -0.1, share, "-0.1"],
  ["keep.aborted", "all", share, "'all'"],
  ["keep.slowerThanMs", -1, ms(0), "-1"],
  ["keep.slow", Number.NaN, share, "NaN"],
  ["keep.trace", 1, "true or false", "1"],
  ["keep.maxPerSecond", -1, "a number of at least 0", "-1"],
  ["tickets.secret", "short", "a secret of 32 to 1000 characters, or a list of 1 to 5 of them", "one of 5 characters"],
  ["tickets.header", "a b", "the name of an HTTP header", "'a b'"],
  ["maxTracesPerSecond", Number.POSITIVE_INFINITY, "a number of at least 0", "Infinity"],
  ["maxSpansPerSecond", 10n, "a number of at least 0", "a bigint"],
  ["traceProbes", 0, "true or false", "0"],
  ["maxSpansPerRequest", 0, count(1), "0"],
  ["maxSpanAgeMs", 2_147_483_648, ms(1), "2147483648"],
  ["internalSpans", 1, "true or false", "1"],
  ["outgoingCalls", "no", "true or false", "'no'"],
  ["propagators", "tracecontext", "a list of at most 20 elements", "'tracecontext'"],
  ["baggage.maxEntries", 181, "an integer from 0 to 180", "181"],
  ["baggage.maxBytes", -1, "an integer from 0 to 8192", "-1"],
  ["baggage.allowIncoming", "*", "a list of at most 1000 elements", "'*'"],
  ["baggage.allowOutgoing", 1, "a list of at most 1000 elements", "1"],
  ["baggage.fromUntrusted", 1, "true or false", "1"],
  ["register", true, '"auto", "always" or "never"', "true"],
  ["limits.valueLength", 1.5, count(0), "1.5"],
  ["limits.truncateMarker", "x".repeat(101), "a string of at most 100 characters", `'${"x".repeat(80)}…'`],
  ["limits.arrayItems", -1, count(0), "-1"],
  ["limits.attributes", "64", count(0), "'64'"],
  ["limits.events", Number.POSITIVE_INFINITY, count(0), "Infinity"],
  ["limits.links", -0.5, count(0), "-0.5"],
  ["limits.eventAttributes", "8", count(0), "'8'"],
  ["limits.linkAttributes", -1, count(0), "-1"],
  ["attributeSet", "all", '"minimal", "standard" or "full"', "'all'"],
  ["exemplars", true, '"traced", "none" or "all"', "true"],
  ["views", { instrument: "a" }, "a list of at most 1000 elements", "an object"],
  ["attributeFilters", { remove: "a" }, "a list of at most 100 elements", "an object"],
  ["redactQueryParameters", "token", "a list of at most 1000 elements", "'token'"],
  ["redactHeaders", "x-key", "a list of at most 100 elements", "'x-key'"],
  ["redactAttributes", { a: true }, "a list of at most 1000 elements", "an object"],
  ["captureRequestHeaders", new Set(["a"]), "a list of at most 100 elements", "an object"],
  ["captureResponseHeaders", true, "a list of at most 100 elements", "true"],
  ["bodySizes", 1, "true or false", "1"],
  ["knownMethods", "GET,PUT", "a list of at most 100 elements", "'GET,PUT'"],
  ["boundaries", 1, "a list of at most 100 elements", "1"],
  ["statusAttribute", "groups", '"group", "code" or "both"', "'groups'"],
  ["temporality", "Delta", '"cumulative" or "delta"', "'Delta'"],
  ["metricIntervalMs", 0, ms(1), "0"],
  ["metricTimeoutMs", "30s", ms(1), "'30s'"],
  ["maxSeries", 100_001, "an integer from 1 to 100000", "100001"],
  ["exporter", "zipkin", `${exporter}, or a list of them`, "'zipkin'"],
  ["spanProcessors", {}, "a list of at most 20 elements", "an object"],
  ["spanExporters", "console", "a list of at most 20 elements", "'console'"],
  ["otlp.endpoint", "localhost:4318", url, "'localhost:4318'"],
  ["otlp.tracesEndpoint", "/v1/traces", url, "'/v1/traces'"],
  ["otlp.metricsEndpoint", "ftp://host/", url, "'ftp://host/'"],
  ["otlp.logsEndpoint", "host:4318", url, "'host:4318'"],
  ["otlp.protocol", "http/json", '"http/protobuf" or "grpc"', "'http/json'"],
  ["otlp.proxy", "proxy:3128", `${url}, without a path`, "'proxy:3128'"],
  ["otlp.certificate", "", "a string that is not empty", "''"],
  ["otlp.clientCertificate", 1, "a string that is not empty", "1"],
  ["otlp.clientKey", null, "a string that is not empty", "null"],
  ["otlp.headers", "a=b", "an object of header names and values", "'a=b'"],
  ["otlp.compression", "br", '"gzip" or "none"', "'br'"],
  ["otlp.gzipLevel", 10, "an integer from 1 to 9", "10"],
  ["otlp.timeoutMs", 0, ms(1), "0"],
  ["otlp.connectTimeoutMs", 0, ms(1), "0"],
  ["otlp.connections", 1_001, "an integer from 1 to 1000", "1001"],
  ["otlp.maxConcurrentExports", 0, "an integer from 1 to 1000", "0"],
  ["otlp.retry.attempts", 0, "an integer from 1 to 100", "0"],
  ["otlp.retry.initialMs", Number.NaN, ms(1), "NaN"],
  ["otlp.retry.maxMs", "5s", ms(1), "'5s'"],
  ["otlp.retry.totalMs", -0, ms(1), "-0"],
  ["queue.maxSpans", 0, count(1), "0"],
  ["queue.maxBytes", 1_023, count(1_024), "1023"],
  ["queue.overflow", "drop", '"drop-oldest", "drop-newest", "spill" or "block"', "'drop'"],
  ["queue.warningRatio", 80, "a number from 0 to 1", "80"],
  ["queue.maxBlockMs", 0, ms(1), "0"],
  ["batch.maxSpans", [1], count(1), "an array"],
  ["batch.maxBytes", "1MB", count(1_024), "'1MB'"],
  ["batch.delayMs", -1, ms(0), "-1"],
  ["dynamicBatch.enabled", "on", "true or false", "'on'"],
  ["dynamicBatch.minSpans", 0, count(1), "0"],
  ["dynamicBatch.maxSpans", 1.5, count(1), "1.5"],
  ["dynamicBatch.minDelayMs", 0, ms(1), "0"],
  ["dynamicBatch.maxDelayMs", "10s", ms(1), "'10s'"],
  ["dynamicBatch.targetUse", 0, "a number from 0.05 to 1", "0"],
  ["errorsLane.maxSpans", 0, count(1), "0"],
  ["errorsLane.delayMs", -1, ms(0), "-1"],
  ["jobsLane.maxSpans", null, count(1), "null"],
  ["jobsLane.delayMs", Number.NaN, ms(0), "NaN"],
  ["logRecords", "kept", '"sampled" or "all"', "'kept'"],
  ["logsLane.maxRecords", 0, count(1), "0"],
  ["logsLane.batchRecords", 1.5, count(1), "1.5"],
  ["logsLane.delayMs", "1s", ms(0), "'1s'"],
  ["logsLane.totalMs", 0, ms(1), "0"],
  ["breaker.enabled", 1, "true or false", "1"],
  ["breaker.failures", 0, "an integer from 1 to 1000", "0"],
  ["breaker.failureRatio", 50, "a number from 0.01 to 1", "50"],
  ["breaker.windowMs", 9, ms(10), "9"],
  ["breaker.minCalls", 0, count(1), "0"],
  ["breaker.openMs", -1, ms(0), "-1"],
  ["breaker.trials", 0, "an integer from 1 to 1000", "0"],
  ["breaker.goodTrials", 1_001, "an integer from 1 to 1000", "1001"],
  ["fallback", "disk", '"drop", "console", "file" or "ring"', "'disk'"],
  ["spool.directory", "", "a string that is not empty", "''"],
  ["spool.maxBytes", 1_000, count(65_536), "1000"],
  ["spool.maxAgeMs", 0, "a number of at least 1000", "0"],
  ["maxRingBytes", 1, count(65_536), "1"],
  ["maxMemoryBytes", 64, "an integer from 1048576 to 104857600000", "64"],
  ["summaryLine", "yes", "true or false", "'yes'"],
  ["shutdown.signals", ["SIGTERM"], "true or false", "an array"],
  ["shutdown.deadlineMs", Number.POSITIVE_INFINITY, ms(1), "Infinity"],
  ["diagnostics", "debug", '"none", "warn" or "info"', "'debug'"],
  ["log", console, "a function", "an object"],
  ["logLevel", "verbose", '"trace", "debug", "info", "warn", "error" or "fatal"', "'verbose'"],
  ["requestLine", "none", 'true or false, or "all" or "failures"', "'none'"],
  ["categorizeError", "declined", "a function", "'declined'"],
  ["clock", { now: Date.now }, "an object with now(), epochMs() and monotonicMs()", "an object"],
  ["random", Symbol("random"), "a function", "a symbol"],
  ["overhead.floor", "nothing", '"full", "children", "ratio", "roots", "metrics" or "off"', "'nothing'"],
  [
    "overhead.load",
    "high",
    "true, false, or an object with cpu, memory, loop, throttled, onlyAbove and caps",
    "'high'",
  ],
  [
    "overhead.memory",
    512,
    "true, false, or an object with warnBytes, criticalBytes, everyMs, onWarning and onCritical",
    "512",
  ],
  ["overhead.optimize.rules", "fast", "a list of at most 20 elements", "'fast'"],
  ["overhead.trial", "on", "true, false, or an object with share and windowMs", "'on'"],
  ["overhead.onChange", "log", "a function", "'log'"],
  ["overhead.onExceeded", {}, "a function", "an object"],
];

/** What is a plain number is wrong below its least value, a text when it is empty, a switch when it is null: that alone needs no row above. */
const plain = optionNames
  .filter((name) => !wrong.some(([option]) => option === name))
  .flatMap((name): [string, unknown, string, string][] => {
    const { schema = { const: undefined }, expectation } = checkOf(name);
    if ("minimum" in schema)
      return [[name, Number(schema.minimum) - 1, expectation, String(Number(schema.minimum) - 1)]];
    if ("minLength" in schema) return [[name, "", expectation, "''"]];
    return "type" in schema && schema.type === "boolean" ? [[name, null, expectation, "null"]] : [];
  });

function checkOf(name: string): Check<unknown> {
  const entry = name
    .split(".")
    .reduce<AnyEntry | undefined>(
      (at, part) => (at !== undefined && isGroup(at) ? at.options[part] : undefined),
      optionRoot,
    );
  if (entry === undefined || isGroup(entry)) throw new Error(`${name} is not an option.`);
  return entry.check;
}

test.each([...wrong, ...plain])(
  "a wrong %s (%o) is an error that says what, expected and got (R-C3)",
  (option, value, expectation, got) => {
    const error = errorOf(nested(option, value));
    expect(error.message).toBe(`Option "${option}" must be ${expectation}, got ${got}.`);
    expect(error).toMatchObject({ name: "OptionError", option, expectation });
  },
);

test("every option there is has a wrong value in these tests (R-C3)", () => {
  expect(new Set([...wrong, ...plain].map(([option]) => option))).toEqual(new Set(optionNames));
});

test.each([
  [
    { propagators: ["tracecontext", "b3"] },
    'Option "propagators[1]" must be "tracecontext", "baggage" or "none", or an object with inject(), extract() and fields(), got \'b3\'.',
  ],
  [{ propagators: ["none", "baggage"] }, 'Option "propagators" has "none" together with others: it must stand alone.'],
  [{ boundaries: [0.1, 0.1] }, 'Option "boundaries[1]" must be greater than the one before it, 0.1, got 0.1.'],
  [{ boundaries: [0.1, Number.NaN] }, 'Option "boundaries[1]" must be a finite number, got NaN.'],
  // oxlint-disable-next-line no-sparse-arrays -- a hole is the case
  [{ boundaries: [0.1, , 0.3] }, 'Option "boundaries[1]" must be a finite number, got undefined.'],
  [
    { resourceAttributes: { team: { name: "a" } } },
    'Option "resourceAttributes.team" must be a string, a number, a boolean, or an array of one of these types, got an object.',
  ],
  [{ resourceAttributes: { "": "a" } }, 'Option "resourceAttributes" has an attribute without a name.'],
  [
    { captureRequestHeaders: ["x id"] },
    "Option \"captureRequestHeaders[0]\" must be the name of an HTTP header, got 'x id'.",
  ],
  [{ knownMethods: ["GET", "A B"] }, "Option \"knownMethods[1]\" must be an HTTP method, got 'A B'."],
  [{ otlp: { headers: { "x y": "1" } } }, "Option \"otlp.headers\" must be the name of an HTTP header, got 'x y'."],
  [{ otlp: { headers: { a: 1 } } }, 'Option "otlp.headers.a" must be a string, got 1.'],
  [
    { otlp: { headers: { "Content-Length": "1" } } },
    'Option "otlp.headers.content-length" cannot be set: the exporter sets this header itself.',
  ],
  [{ otlp: { headers: { A: "1", a: "2" } } }, 'Option "otlp.headers.a" is given twice, in different case.'],
  [
    { sampler: () => true, sampleRatio: 0.5 },
    'Options "sampler" and "sampleRatio" exclude each other: give one of them.',
  ],
  [
    { batch: { maxSpans: 11 }, queue: { maxSpans: 10 } },
    'Option "batch.maxSpans" must be at most "queue.maxSpans" (10), got 11.',
  ],
  [
    { batch: { maxBytes: 4_096 }, queue: { maxBytes: 2_048 } },
    'Option "batch.maxBytes" must be at most "queue.maxBytes" (2048), got 4096.',
  ],
  [
    { logsLane: { maxRecords: 10, batchRecords: 11 } },
    'Option "logsLane.batchRecords" must be at most "logsLane.maxRecords" (10), got 11.',
  ],
  [
    { metricTimeoutMs: 11, metricIntervalMs: 10 },
    'Option "metricTimeoutMs" must be at most "metricIntervalMs" (10), got 11.',
  ],
  [
    { otlp: { retry: { initialMs: 11, maxMs: 10 } } },
    'Option "otlp.retry.initialMs" must be at most "otlp.retry.maxMs" (10), got 11.',
  ],
  [
    { limits: { valueLength: 2, truncateMarker: "..." } },
    'Option "limits.truncateMarker" must be at most "limits.valueLength" (2) characters long, got 3.',
  ],
  [null, 'Option "options" must be an object, got null.'],
  [[], 'Option "options" must be an object, got an array.'],
  [
    { queue: 5 },
    'Option "queue" must be an object with maxSpans, maxBytes, overflow, warningRatio, maxBlockMs, got 5.',
  ],
])("options that cannot be meant are refused at start: %o (R-C3, R-P1)", (options, message) => {
  expect(errorOf(options).message).toBe(message);
});

test.each([
  [{ samplerate: 1 }, 'Unknown option "samplerate". Did you mean "sampleRatio"?'],
  [{ servicename: "a" }, 'Unknown option "servicename". Did you mean "serviceName"?'],
  [{ queue: { maxSpan: 1 } }, 'Unknown option "queue.maxSpan". Did you mean "queue.maxSpans"?'],
  [{ headers: {} }, 'Unknown option "headers". Did you mean "otlp.headers"?'],
  [{ otlp: { retry: { maxSeconds: 1 } } }, 'Unknown option "otlp.retry.maxSeconds".'],
  [{ foo: 1 }, 'Unknown option "foo".'],
  [{ toString: 1 }, 'Unknown option "toString".'],
  [{ ["x".repeat(100_000)]: 1 }, `Unknown option "${"x".repeat(80)}…".`],
])("an unknown name is an error that suggests the one that was meant: %o (R-C3)", (options, message) => {
  expect(errorOf(options).message).toBe(message);
});

test.each(["__proto__", "constructor", "prototype"])(
  "a %s in the options is refused and reaches no prototype (R-C3)",
  (name) => {
    const polluting = `{"${name}":{"polluted":true}}`;
    for (const json of [
      polluting,
      `{"otlp":${polluting}}`,
      `{"resourceAttributes":${polluting}}`,
      `{"otlp":{"headers":${polluting}}}`,
    ]) {
      expect(errorOf(JSON.parse(json)).message).toContain(`has a member "${name}", which is refused`);
    }
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  },
);

test("options that inherit are refused, because what they inherit would be ignored (R-C3)", () => {
  expect(errorOf({ queue: Object.create({ maxSpans: 5 }) }).message).toContain('Option "queue" must be an object');
  class Config {
    readonly sampleRatio = 1;
  }
  expect(errorOf(new Config()).message).toBe('Option "options" must be an object, got an object.');
});

test("options without a prototype are accepted (R-C3)", () => {
  const options = Object.assign(Object.create(null) as TelemetryOptions, { sampleRatio: 0.5 });
  expect(resolveOptions(options).settings.sampling.ratio).toBe(0.5);
});

test("cyclic and deep objects are refused like any other wrong value (R-C3)", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic["queue"] = cyclic;
  expect(errorOf(cyclic).message).toBe('Unknown option "queue.queue".');
  let deep: object = {};
  for (let i = 0; i < 100_000; i++) deep = { otlp: deep };
  expect(errorOf(deep).message).toBe('Unknown option "otlp.otlp".');
});

test("a getter that throws is an error that names it (R-C3)", () => {
  const hostile = {
    get sampleRatio(): number {
      throw new Error("no");
    },
  };
  expect(errorOf(hostile)).toMatchObject({ option: "options", cause: new Error("no") });
  const proxy = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error("no");
      },
    },
  );
  expect(errorOf(proxy).message).toBe('"options" could not be read: reading it threw.');
  expect(errorOf({ keep: proxy })).toMatchObject({ option: "keep", cause: new Error("no") });
});

test("a secret is never in the message (R-C3)", () => {
  expect(errorOf({ otlp: { headers: { authorization: "Bearer s3cret\n" } } }).message).not.toContain("s3cret");
  expect(errorOf({ otlp: { endpoint: `ftp://user:s3cret@${"h".repeat(100)}` } }).message).not.toContain("s3cret");
  expect(errorOf({ otlp: { endpoint: `ftp://user:s3cret${"s".repeat(100)}@host` } }).message).not.toContain("s3cret");
});
