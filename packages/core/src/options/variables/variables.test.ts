import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resolveOptions, type Resolved } from "../resolve-options.ts";
import type { Settings } from "../settle/settings.ts";
import { VariableReader } from "./variable-reader.ts";
import { readSetVariables } from "./read-set-variables.ts";
import { readVariables } from "./variables.part.ts";

function settingsOf(variables: Record<string, string>): Settings {
  const resolved = resolveOptions({}, variables);
  expect(warnings(resolved)).toEqual([]);
  return resolved.settings;
}

function warnings({ notices }: Resolved): string[] {
  return notices.filter(({ level }) => level === "warn").map(({ line }) => line);
}

/** The only warning, after it is sure that all settings are as if the variables were not set. */
function refusal(variables: Record<string, string>): string | undefined {
  const resolved = resolveOptions({}, variables);
  const { clock: _clock, ...settings } = resolved.settings;
  expect(resolveOptions({}).settings).toMatchObject(settings);
  const lines = warnings(resolved);
  expect(lines).toHaveLength(1);
  return lines[0];
}

describe("values", () => {
  test.each<[string, string, (settings: Settings) => unknown, unknown]>([
    ["OTEL_SDK_DISABLED", "TRUE", (s) => s.enabled, false],
    ["OTEL_SDK_DISABLED", "false", (s) => s.enabled, true],
    ["OTEL_SERVICE_NAME", " shop ", (s) => s.serviceName, "shop"],
    ["OTEL_PROPAGATORS", "baggage, tracecontext,baggage", (s) => s.propagators, ["baggage", "tracecontext"]],
    ["OTEL_PROPAGATORS", "none", (s) => s.propagators, []],
    ["OTEL_LOG_LEVEL", "ERROR", (s) => s.diagnostics, "none"],
    ["OTEL_LOG_LEVEL", "warn", (s) => s.diagnostics, "warn"],
    ["OTEL_LOG_LEVEL", "verbose", (s) => s.diagnostics, "info"],
    ["OTEL_BSP_SCHEDULE_DELAY", "5s", (s) => s.batch.delayMs, 5_000],
    ["OTEL_BSP_SCHEDULE_DELAY", "500ms", (s) => s.batch.delayMs, 500],
    ["OTEL_BSP_SCHEDULE_DELAY", "250", (s) => s.batch.delayMs, 250],
    ["OTEL_BSP_SCHEDULE_DELAY", "1.5s", (s) => s.batch.delayMs, 1_500],
    ["OTEL_BSP_EXPORT_TIMEOUT", "1m", (s) => s.otlp.retry.totalMs, 60_000],
    ["OTEL_BSP_MAX_QUEUE_SIZE", "4096", (s) => s.queue.maxSpans, 4_096],
    ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "64", (s) => s.batch.maxSpans, 64],
    ["OTEL_METRIC_EXPORT_INTERVAL", "45000", (s) => s.metricIntervalMs, 45_000],
    ["OTEL_METRIC_EXPORT_TIMEOUT", "4000", (s) => s.metricTimeoutMs, 4_000],
    ["OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "99", (s) => s.limits.valueLength, 99],
    ["OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "98", (s) => s.limits.valueLength, 98],
    ["OTEL_ATTRIBUTE_COUNT_LIMIT", "9", (s) => s.limits.attributes, 9],
    ["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "8", (s) => s.limits.attributes, 8],
    ["OTEL_SPAN_EVENT_COUNT_LIMIT", "7", (s) => s.limits.events, 7],
    ["OTEL_SPAN_LINK_COUNT_LIMIT", "0", (s) => s.limits.links, 0],
    ["OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS", "GET, PURGE,", (s) => s.knownMethods, ["GET", "PURGE"]],
    ["OTEL_METRICS_EXEMPLAR_FILTER", "Always_On", (s) => s.exemplars, "all"],
    ["OTEL_METRICS_EXEMPLAR_FILTER", "always_off", (s) => s.exemplars, "none"],
    ["OTEL_METRICS_EXEMPLAR_FILTER", "trace_based", (s) => s.exemplars, "traced"],
    ["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "Delta", (s) => s.temporality, "delta"],
    ["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "lowmemory", (s) => s.temporality, "delta"],
    ["OTEL_EXPORTER_OTLP_COMPRESSION", "none", (s) => s.otlp.metrics.compression, "none"],
    ["OTEL_EXPORTER_OTLP_TIMEOUT", "3000", (s) => s.otlp.traces.timeoutMs, 3_000],
    ["OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", (s) => s.otlp.traces.protocol, "http/protobuf"],
    ["OTEL_EXPORTER_OTLP_PROTOCOL", "GRPC", (s) => s.otlp.metrics.protocol, "grpc"],
    ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc", (s) => s.otlp.traces.protocol, "grpc"],
    ["OTEL_TRACES_EXPORTER", "console", (s) => s.exporters, { traces: ["console"], metrics: "otlp", logs: "otlp" }],
    ["OTEL_LOGS_EXPORTER", "none", (s) => s.exporters, { traces: ["otlp"], metrics: "otlp", logs: "none" }],
    ["OTEL_BLRP_SCHEDULE_DELAY", "2s", (s) => s.logsLane.delayMs, 2_000],
    ["OTEL_BLRP_MAX_QUEUE_SIZE", "100", (s) => s.logsLane.maxRecords, 100],
    ["OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "10", (s) => s.logsLane.batchRecords, 10],
    ["OTEL_BLRP_EXPORT_TIMEOUT", "9000", (s) => s.logsLane.totalMs, 9_000],
    ["OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://l:1/x", (s) => s.otlp.logs.url, "http://l:1/x"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:1/base/", (s) => s.otlp.logs.url, "http://c:1/base/v1/logs"],
    ["OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "grpc", (s) => s.otlp.logs.protocol, "grpc"],
    ["OTEL_EXPORTER_OTLP_LOGS_COMPRESSION", "none", (s) => s.otlp.logs.compression, "none"],
    ["OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", "700", (s) => s.otlp.logs.timeoutMs, 700],
    ["OTEL_EXPORTER_OTLP_LOGS_HEADERS", "a=b", (s) => s.otlp.logs.headers, { a: "b" }],
    ["OTEL_MAX_MEMORY_MB", "16", (s) => s.maxMemoryBytes, 16_777_216],
    ["OTEL_TRACES_EXPORTER", "none", (s) => s.exporters, { traces: [], metrics: "otlp", logs: "otlp" }],
    ["OTEL_METRICS_EXPORTER", "prometheus", (s) => s.exporters, { traces: ["otlp"], metrics: "none", logs: "otlp" }],
  ])("%s=%s is followed (R-C2)", (variable, value, read, expected) => {
    expect(read(settingsOf({ [variable]: value }))).toEqual(expected);
  });

  test.each([
    "OTEL_SDK_DISABLED",
    "OTEL_PROPAGATORS",
    "OTEL_BSP_MAX_QUEUE_SIZE",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_TRACES_SAMPLER",
  ])("%s counts as not set when it is empty or blank (R-C2)", (variable) => {
    for (const value of ["", "  ", "\t"]) {
      const { clock: _clock, ...settings } = settingsOf({ [variable]: value });
      expect(resolveOptions({}).settings).toMatchObject(settings);
    }
  });

  test.each([
    ["always_on", "always_on", 1, false],
    ["always_off", "always_off", 0, false],
    ["traceidratio", "ratio", 0.25, false],
    ["parentbased_always_on", "always_on", 1, true],
    ["parentbased_always_off", "always_off", 0, true],
    ["ParentBased_TraceIdRatio", "ratio", 0.25, true],
  ])("OTEL_TRACES_SAMPLER=%s is followed (R-S1, R-S2)", (name, kind, ratio, parentBased) => {
    const { sampling } = settingsOf({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: "0.25" });
    expect(sampling).toEqual({ kind, ratio, parentBased, sampler: undefined, chosen: true });
  });

  const endpoint = {
    url: "http://localhost:5778/sampling",
    shownUrl: "http://localhost:5778/sampling",
    protocol: "http",
    pollMs: 60_000,
    timeoutMs: 5_000,
    initialRatio: undefined,
  };

  test.each<[string, string, object, boolean]>([
    ["jaeger_remote", "", endpoint, false],
    ["parentbased_jaeger_remote", "", endpoint, true],
    [
      "parentbased_jaeger_remote",
      "endpoint=http://jaeger:14250,pollingIntervalMs=5000,initialSamplingRate=0.25",
      {
        url: "http://jaeger:14250/",
        shownUrl: "http://jaeger:14250",
        protocol: "grpc",
        pollMs: 5_000,
        initialRatio: 0.25,
      },
      true,
    ],
    ["Jaeger_Remote", " endpoint = jaeger:14250 ", { url: "http://jaeger:14250/", protocol: "grpc" }, false],
    [
      "jaeger_remote",
      "endpoint=https://jaeger/api/sampling",
      { url: "https://jaeger/api/sampling", protocol: "http" },
      false,
    ],
  ])("OTEL_TRACES_SAMPLER=%s is followed with the argument '%s' (R-S17)", (name, argument, expected, parentBased) => {
    const settings = settingsOf({
      OTEL_TRACES_SAMPLER: name,
      OTEL_TRACES_SAMPLER_ARG: argument,
      NODE_ENV: "production",
    });
    expect(settings.remoteSampling).toEqual({ ...endpoint, ...settings.remoteSampling, ...expected });
    const { initialRatio } = settings.remoteSampling ?? {};
    expect(settings.sampling).toMatchObject({
      kind: "ratio",
      ratio: initialRatio ?? 0.01,
      parentBased,
      chosen: initialRatio !== undefined,
    });
  });

  test("a ratio, a sampler or an endpoint in the code comes before a remote sampler of the variable (R-S17)", () => {
    const variables = { OTEL_TRACES_SAMPLER: "jaeger_remote", OTEL_TRACES_SAMPLER_ARG: "initialSamplingRate=0.5" };
    const withRatio = resolveOptions({ sampleRatio: 0.25 }, variables).settings;
    expect(withRatio).toMatchObject({ remoteSampling: undefined, sampling: { ratio: 0.25, parentBased: true } });
    expect(resolveOptions({ sampler: () => true }, variables).settings.remoteSampling).toBeUndefined();
    const own = resolveOptions({ remoteSampling: { url: "http://here", initialRatio: 1 } }, variables).settings;
    expect(own).toMatchObject({
      remoteSampling: { url: "http://here/sampling" },
      sampling: { ratio: 1, parentBased: true },
    });
  });

  test("a ratio sampler without a ratio traces everything, as the specification says (R-C2)", () => {
    expect(settingsOf({ OTEL_TRACES_SAMPLER: "traceidratio" }).sampling.ratio).toBe(1);
  });

  test("resource attributes are percent-decoded and may hold = in a value (R-C6)", () => {
    expect(settingsOf({ OTEL_RESOURCE_ATTRIBUTES: " a%2Cb = x%20y%3D , q=1=2,," }).resourceAttributes).toEqual({
      "a,b": "x y=",
      q: "1=2",
    });
  });
});

describe("bad values", () => {
  const ignored = "; it is ignored";
  test.each([
    ["OTEL_SDK_DISABLED", "yes", `must be true or false, got 'yes'${ignored}`],
    ["OTEL_MAX_MEMORY_MB", "0", `must be a whole number of MiB, at least 1, got '0'${ignored}`],
    ["OTEL_MAX_MEMORY_MB", "64MB", `must be a whole number of MiB, at least 1, got '64MB'${ignored}`],
    ["OTEL_LOG_LEVEL", "loud", `must be one of none, error, warn, info, debug, verbose, all, got 'loud'${ignored}`],
    ["OTEL_PROPAGATORS", "b3", `must be a list of "tracecontext" and "baggage", or "none", got 'b3'${ignored}`],
    [
      "OTEL_PROPAGATORS",
      "none,baggage",
      `must be a list of "tracecontext" and "baggage", or "none", got 'none,baggage'${ignored}`,
    ],
    [
      "OTEL_TRACES_SAMPLER",
      "sometimes",
      `must be "always_on", "always_off", "traceidratio", "jaeger_remote", or one of them behind "parentbased_", got 'sometimes'${ignored}`,
    ],
    ["OTEL_TRACES_SAMPLER_ARG", "0.1", " has no effect without OTEL_TRACES_SAMPLER; it is ignored"],
    ["OTEL_BSP_MAX_QUEUE_SIZE", "1e3", `must be an integer from 1 to 1000000000, got '1e3'${ignored}`],
    ["OTEL_BSP_MAX_QUEUE_SIZE", "0", `must be an integer from 1 to 1000000000, got '0'${ignored}`],
    [
      "OTEL_BSP_SCHEDULE_DELAY",
      "5 hours",
      `must be a number of milliseconds from 0 to 2147483647, got '5 hours'${ignored}`,
    ],
    [
      "OTEL_METRIC_EXPORT_INTERVAL",
      "99999999999",
      `must be a number of milliseconds from 1 to 2147483647, got '99999999999'${ignored}`,
    ],
    ["OTEL_SPAN_EVENT_COUNT_LIMIT", "-1", `must be an integer from 0 to 1000000000, got '-1'${ignored}`],
    ["OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS", "GET,A B", `must be an HTTP method, got 'GET,A B'${ignored}`],
    [
      "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
      "fast",
      `must be "cumulative" or "delta", got 'fast'${ignored}`,
    ],
    ["OTEL_EXPORTER_OTLP_COMPRESSION", "zstd", `must be "gzip" or "none", got 'zstd'${ignored}`],
    [
      "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT",
      "soon",
      `must be a number of milliseconds from 1 to 2147483647, got 'soon'${ignored}`,
    ],
    ["OTEL_TRACES_EXPORTER", "file", `must be "otlp" or "none", got 'file'${ignored}`],
    ["OTEL_METRICS_EXPORTER", "none,otlp", `must be "otlp" or "none", got 'none,otlp'${ignored}`],
    [
      "OTEL_EXPORTER_OTLP_CERTIFICATE",
      "/no/ca.pem",
      `must be a certificate in PEM or the path of such a file, got '/no/ca.pem' (ENOENT)${ignored}`,
    ],
    [
      "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY",
      "/no/key.pem",
      `must be a private key in PEM without a passphrase or the path of such a file, got '/no/key.pem' (ENOENT)${ignored}`,
    ],
  ])("%s=%s is one warning and the default (R-C2)", (variable, value, message) => {
    const line = refusal({ [variable]: value });
    expect(line).toBe(variable + (/^[ :]/.test(message) ? message : ` ${message}`));
  });

  test.each(["a", "=b", "a=%zz", "%zz=a", "a=1,b", "__proto__=1"])(
    "one bad pair in OTEL_RESOURCE_ATTRIBUTES (%s) voids it with one warning (R-C2, R-C6)",
    (pair) => {
      const line = refusal({ OTEL_RESOURCE_ATTRIBUTES: `good=1,${pair}` });
      expect(line).toMatch(
        /^OTEL_RESOURCE_ATTRIBUTES must be key=value pairs, .* but pair [23] is not; all of it is ignored$/,
      );
    },
  );

  test("a bad ratio voids the sampler, so that a typing mistake does not trace everything (R-C2)", () => {
    const resolved = resolveOptions(
      {},
      { NODE_ENV: "production", OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "0,1" },
    );
    expect(warnings(resolved)).toEqual([
      "OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1, got '0,1'; it is ignored",
    ]);
    expect(resolved.settings.sampling).toMatchObject({ ratio: 0.01, chosen: false });
  });

  test("propagators that are not built in are left out with one warning (R-I12)", () => {
    const resolved = resolveOptions({}, { OTEL_PROPAGATORS: "b3,tracecontext,jaeger" });
    expect(resolved.settings.propagators).toEqual(["tracecontext"]);
    expect(warnings(resolved)).toEqual(['OTEL_PROPAGATORS: "b3, jaeger" is not built in and left out']);
  });

  test("protocols that are not built in are one line, however many variables ask for them (R-C2)", () => {
    const resolved = resolveOptions(
      {},
      { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json", OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/xml" },
    );
    expect(warnings(resolved)).toEqual([
      "OTEL_EXPORTER_OTLP_PROTOCOL and OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' is not built in; http/protobuf and grpc are, and http/protobuf applies unless otlp.protocol or another variable says otherwise",
    ]);
  });

  test("an exporter that is not built in sends nothing elsewhere, and says so (R-C2)", () => {
    const resolved = resolveOptions({}, { OTEL_TRACES_EXPORTER: "zipkin", OTEL_METRICS_EXPORTER: "console,otlp" });
    expect(resolved.settings.exporters).toEqual({ traces: [], metrics: "otlp", logs: "otlp" });
    expect(warnings(resolved)).toEqual([
      'OTEL_TRACES_EXPORTER: "zipkin" is not built in now; no traces are sent',
      'OTEL_METRICS_EXPORTER: "console" is not built in now; only otlp is used',
    ]);
  });

  test("headers that Node would refuse are left out with one warning that shows no value (R-C2)", () => {
    const resolved = resolveOptions(
      {},
      {
        OTEL_EXPORTER_OTLP_HEADERS:
          "authorization=s3cret%0a,x-é=s3cret,s3cret,ok=1,b=%zz,Content-Type=s3cret,u=%E2%82%AC",
      },
    );
    expect(resolved.settings.otlp.traces.headers).toEqual({ ok: "1" });
    expect(warnings(resolved)).toEqual([
      'OTEL_EXPORTER_OTLP_HEADERS: left out, as they cannot be headers of an export: "authorization", pair 2, pair 3, pair 5, "content-type" and 1 more',
    ]);
  });

  test.each([
    "0.1",
    "endpoint=jaeger",
    "endpoint=ftp://jaeger:14250",
    "endpiont=http://jaeger:14250",
    "endpoint=http://jaeger:14250,pollingIntervalMs=soon",
    "endpoint=http://jaeger:14250,pollingIntervalMs=5",
    "initialSamplingRate=2",
    "=",
  ])("an argument '%s' voids a remote sampler, with one warning (R-S17)", (argument) => {
    const resolved = resolveOptions(
      {},
      { NODE_ENV: "production", OTEL_TRACES_SAMPLER: "jaeger_remote", OTEL_TRACES_SAMPLER_ARG: argument },
    );
    expect(warnings(resolved)).toEqual([
      `OTEL_TRACES_SAMPLER_ARG must be endpoint=URL,pollingIntervalMs=NUMBER,initialSamplingRate=NUMBER, each where it is wanted, with an interval of at least 1000 and a rate from 0 to 1, got '${argument}'; it is ignored`,
    ]);
    expect(resolved.settings).toMatchObject({
      remoteSampling: undefined,
      sampling: { ratio: 0.01, parentBased: true },
    });
  });

  test("variables of any content never throw, and each line stays one line (R-C2)", () => {
    const names = [
      "OTEL_SDK_DISABLED",
      "OTEL_SERVICE_NAME",
      "OTEL_RESOURCE_ATTRIBUTES",
      "OTEL_PROPAGATORS",
      "OTEL_LOG_LEVEL",
      "OTEL_TRACES_SAMPLER",
      "OTEL_TRACES_SAMPLER_ARG",
      "OTEL_TRACES_EXPORTER",
      "OTEL_METRICS_EXPORTER",
      "OTEL_EXPORTER_OTLP_ENDPOINT",
      "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
      "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
      "OTEL_EXPORTER_OTLP_HEADERS",
      "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
      "OTEL_EXPORTER_OTLP_PROTOCOL",
      "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
      "OTEL_EXPORTER_OTLP_CERTIFICATE",
      "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
      "OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY",
      "OTEL_EXPORTER_OTLP_TIMEOUT",
      "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT",
      "OTEL_EXPORTER_OTLP_COMPRESSION",
      "OTEL_BSP_SCHEDULE_DELAY",
      "OTEL_BSP_MAX_QUEUE_SIZE",
      "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
      "OTEL_BSP_EXPORT_TIMEOUT",
      "OTEL_METRIC_EXPORT_INTERVAL",
      "OTEL_METRIC_EXPORT_TIMEOUT",
      "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
      "OTEL_ATTRIBUTE_COUNT_LIMIT",
      "OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS",
      "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
      "NODE_ENV",
      "ENVIRONMENT",
    ];
    const value = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string(),
      fc.nat().map(String),
      fc.webUrl(),
      fc.constantFrom(
        "traceidratio",
        "jaeger_remote",
        "endpoint=jaeger:1,pollingIntervalMs=1",
        "always_on",
        "otlp",
        "none",
        "tracecontext",
        "a=b,c=%zz",
        "__proto__=1",
        "5s",
        "\u0000",
        "\u2028",
        "http://",
        "http://a b",
        "http://%",
        "constructor",
      ),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (variables) => {
        const { settings, notices } = resolveOptions({}, variables);
        expect(settings.batch.maxSpans).toBeLessThanOrEqual(settings.queue.maxSpans);
        expect(notices.filter(({ line }) => /[\p{Cc}\u2028\u2029]/u.test(line))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe("endpoints", () => {
  const urls = (variables: Record<string, string>, otlp = {}): unknown => {
    const { traces, metrics, endpointGiven } = resolveOptions({ otlp }, variables).settings.otlp;
    return [traces.url, metrics.url, endpointGiven];
  };

  test("the general endpoint keeps its path and gets v1/traces and v1/metrics (R-C2)", () => {
    for (const base of ["https://c.example/otlp", "https://c.example/otlp/", "https://c.example/otlp//"]) {
      const expected = ["https://c.example/otlp/v1/traces", "https://c.example/otlp/v1/metrics", true];
      expect(urls({ OTEL_EXPORTER_OTLP_ENDPOINT: base })).toEqual(expected);
      expect(urls({}, { endpoint: base })).toEqual(expected);
    }
    expect(urls({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:1?key=a" })).toEqual([
      "http://c:1/v1/traces?key=a",
      "http://c:1/v1/metrics?key=a",
      true,
    ]);
  });

  test("an endpoint for one signal is used as it is (R-C2)", () => {
    const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:1", OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://t:2" };
    expect(urls(variables)).toEqual(["http://t:2/", "http://c:1/v1/metrics", true]);
    expect(urls({}, { metricsEndpoint: "http://m:3/in" })).toEqual([
      "http://localhost:4318/v1/traces",
      "http://m:3/in",
      true,
    ]);
  });

  test("an endpoint in the code wins over the variable of one signal (R-C2)", () => {
    const variables = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://t:2/x" };
    expect(urls(variables, { endpoint: "http://code:1" })).toEqual([
      "http://code:1/v1/traces",
      "http://code:1/v1/metrics",
      true,
    ]);
  });

  test("whether an endpoint was given is told, so that its absence can be quiet (R-P15)", () => {
    expect(urls({})).toEqual(["http://localhost:4318/v1/traces", "http://localhost:4318/v1/metrics", false]);
    const { otlp } = resolveOptions({}, { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://m:1/" }).settings;
    expect([otlp.traces.endpointGiven, otlp.metrics.endpointGiven, otlp.endpointGiven]).toEqual([false, true, true]);
  });

  test("headers, compression and timeout of one signal win over the general ones, code over both (R-C2)", () => {
    const variables = {
      OTEL_EXPORTER_OTLP_TIMEOUT: "1000",
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: "2s",
      OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: "none",
    };
    const { traces, metrics } = resolveOptions({}, variables).settings.otlp;
    expect(traces).toMatchObject({ timeoutMs: 2_000, compression: "gzip" });
    expect(metrics).toMatchObject({ timeoutMs: 1_000, compression: "none" });
    expect(resolveOptions({ otlp: { timeoutMs: 3 } }, variables).settings.otlp.traces.timeoutMs).toBe(3);
  });
});

describe("where none of them is set", () => {
  test("what reads them is not needed, and would say the same (R-C2, R-A8)", () => {
    const { reader, ...rest } = readVariables({ PATH: "/bin", OTEL_SERVICE_NAME: " " });
    const { options, origins, notices } = reader;
    expect(readSetVariables({ PATH: "/bin", OTEL_SERVICE_NAME: " " })).toEqual({
      ...rest,
      reader: { options, origins, notices },
    });
  });

  test("each that is followed is noticed where it is the only one (R-C2, R-A8)", () => {
    const asked = new Set<string>();
    readVariables(new Proxy<Record<string, string>>({}, { get: (_, name) => void asked.add(String(name)) }));
    expect(asked.size).toBeGreaterThan(60);
    const unnoticed = [...asked].filter(
      (name) => !(readSetVariables({ [name]: "1" }).reader instanceof VariableReader),
    );
    expect(unnoticed).toEqual([]);
  });
});
