import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Resolved, resolveOptions } from "../resolve-options.ts";
import type { TelemetryOptions } from "../declare/telemetry-options.ts";

const folder = mkdtempSync(join(tmpdir(), "gossamer-config-"));
const path = join(folder, "config.json");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Surroundings {
  readonly code?: TelemetryOptions;
  readonly variables?: Readonly<Record<string, string>>;
}

/** What becomes of a file, in production. */
function read(file: unknown, { code, variables }: Surroundings = {}): Resolved {
  writeFileSync(path, typeof file === "string" ? file : JSON.stringify(file));
  return resolveOptions(code, { NODE_ENV: "production", ...variables, OTEL_CONFIG_FILE: path });
}

const lineOf = (resolved: Resolved, code: string): string | undefined =>
  resolved.notices.find((notice) => notice.code === code)?.line.replace(path, "FILE");
const wrong = (resolved: Resolved): string | undefined => lineOf(resolved, "GSM_CONFIG_FILE_WRONG");
const unset = (resolved: Resolved): string | undefined => lineOf(resolved, "GSM_CONFIG_FILE_UNSET");
const passedOver = (resolved: Resolved): string | undefined => lineOf(resolved, "GSM_CONFIG_FILE_PARTS");

const file_format = "1.0";
const otlp_http = { endpoint: "http://collector:4318/v1/traces" };
const tracer_provider = { processors: [{ batch: { exporter: { otlp_http } } }] };

describe("a configuration file", () => {
  test("has all that applies in force, and no line about it (R-C4)", () => {
    const resolved = read({
      file_format: "1.1",
      log_level: "warn2",
      resource: {
        attributes: [
          { name: "service.name", value: "shop" },
          { name: "service.version", value: "1.2" },
          { name: "shop.count", value: "3", type: "string" },
          { name: "shop.tags", value: ["a", "b"] },
        ],
        attributes_list: "service.name=other,deployment.environment.name=staging",
      },
      attribute_limits: { attribute_value_length_limit: 300, attribute_count_limit: 40 },
      propagator: { composite: [{ tracecontext: null }], composite_list: "tracecontext,baggage" },
      tracer_provider: {
        processors: [
          {
            batch: {
              schedule_delay: 2_000,
              export_timeout: 20_000,
              max_queue_size: 4_000,
              max_export_batch_size: 500,
              exporter: {
                otlp_http: {
                  ...otlp_http,
                  headers: [
                    { name: "Api-Key", value: "1" },
                    { name: "x-none", value: null },
                  ],
                  headers_list: "api-key=0,x-b=%20c",
                  compression: "none",
                  timeout: 3_000,
                  encoding: "protobuf",
                },
              },
            },
          },
        ],
        limits: {
          attribute_count_limit: 50,
          event_count_limit: 7,
          link_count_limit: 8,
          event_attribute_count_limit: 9,
          link_attribute_count_limit: 10,
        },
        sampler: {
          parent_based: { root: { trace_id_ratio_based: { ratio: 0.25 } }, remote_parent_sampled: { always_on: {} } },
        },
        id_generator: { random: null },
      },
      meter_provider: {
        readers: [
          {
            periodic: {
              interval: 15_000,
              timeout: 5_000,
              exporter: { otlp_grpc: { endpoint: "http://metrics:4317", temporality_preference: "delta" } },
              cardinality_limits: { default: 500 },
            },
          },
        ],
        views: [
          {
            selector: {
              instrument_name: "orders.*",
              instrument_type: "observable_counter",
              unit: "{order}",
              meter_name: "shop",
            },
            stream: {
              description: "Orders",
              attribute_keys: { included: ["kind"], excluded: ["user.*"] },
              aggregation_cardinality_limit: 20,
            },
          },
          {
            selector: { instrument_name: "latency" },
            stream: { name: "delay", aggregation: { explicit_bucket_histogram: { boundaries: [1, 2] } } },
          },
          { selector: { instrument_name: "noise" }, stream: { aggregation: { drop: null } } },
          {
            selector: { instrument_type: "histogram" },
            stream: { aggregation: { base2_exponential_bucket_histogram: {} } },
          },
        ],
        exemplar_filter: "always_off",
      },
      logger_provider: {
        processors: [
          {
            batch: {
              schedule_delay: 700,
              max_queue_size: 900,
              max_export_batch_size: 100,
              exporter: { otlp_http: {} },
            },
          },
        ],
      },
      "instrumentation/development": {
        general: {
          http: {
            server: {
              request_captured_headers: ["X-Tenant"],
              response_captured_headers: ["etag"],
              known_methods: ["GET", "BREW"],
            },
          },
          sanitization: { url: { sensitive_query_parameters: ["ticket"] } },
        },
      },
    });
    expect([wrong(resolved), passedOver(resolved)]).toEqual([undefined, undefined]);
    const { settings } = resolved;
    expect(settings).toMatchObject({
      enabled: true,
      traces: true,
      metrics: true,
      diagnostics: "warn",
      serviceName: "shop",
      serviceVersion: "1.2",
      environment: "staging",
      resourceAttributes: { "shop.count": "3", "shop.tags": ["a", "b"] },
      propagators: ["tracecontext", "baggage"],
      limits: { valueLength: 300, attributes: 50, events: 7, links: 8, eventAttributes: 9, linkAttributes: 10 },
      sampling: { kind: "ratio", ratio: 0.25, parentBased: true, chosen: true },
      batch: { delayMs: 2_000, maxSpans: 500 },
      queue: { maxSpans: 4_000 },
      metricIntervalMs: 15_000,
      metricTimeoutMs: 5_000,
      temporality: "delta",
      maxSeries: 500,
      exemplars: "none",
      logsLane: { delayMs: 700, maxRecords: 900, batchRecords: 100 },
      captureRequestHeaders: ["x-tenant"],
      captureResponseHeaders: ["etag"],
      knownMethods: ["GET", "BREW"],
      redactQueryParameters: ["ticket"],
    });
    expect(settings.otlp).toMatchObject({
      retry: { totalMs: 20_000 },
      traces: {
        url: "http://collector:4318/v1/traces",
        protocol: "http/protobuf",
        headers: { "api-key": "1", "x-b": " c" },
        compression: "none",
        timeoutMs: 3_000,
      },
      metrics: {
        url: "http://metrics:4317/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        protocol: "grpc",
        compression: "gzip",
      },
      logs: { url: "http://localhost:4318/v1/logs", headers: {} },
    });
    expect(settings.views).toEqual([
      {
        instrument: "orders.*",
        type: "observable-counter",
        unit: "{order}",
        meter: "shop",
        description: "Orders",
        maxSeries: 20,
        keep: ["kind"],
        remove: ["user.*"],
      },
      { instrument: "latency", name: "delay", aggregation: "histogram", boundaries: [1, 2] },
      { instrument: "noise", aggregation: "drop" },
      { type: "histogram", aggregation: "exponential" },
    ]);
    expect(resolved.origins["batch.delayMs"]).toEqual({ from: "variable", variable: "OTEL_CONFIG_FILE" });
  });

  test("is named as the source of all that it says, and no variable that is not set (R-C4, R-C5)", () => {
    const attributes_list = "service.name=shop,service.version=1.2,deployment.environment.name=staging";
    const meter_provider = { readers: [{ periodic: { exporter: { otlp_http } } }] };
    const sampler = { parent_based: { root: { trace_id_ratio_based: { ratio: 0.5 } } } };
    const { origins } = read({
      file_format,
      resource: { attributes_list },
      tracer_provider: { ...tracer_provider, sampler },
      meter_provider,
    });
    for (const option of ["serviceName", "serviceVersion", "environment", "exporter", "sampleRatio"])
      expect([option, origins[option]]).toEqual([option, { from: "variable", variable: "OTEL_CONFIG_FILE" }]);
    expect(new Set(Object.values(origins).map(({ variable }) => variable))).toEqual(
      new Set([undefined, "OTEL_CONFIG_FILE"]),
    );
  });

  test("leaves out what it does not name: no traces, no metrics, no context that travels (R-C4)", () => {
    const { settings } = read({ file_format });
    expect(settings).toMatchObject({ enabled: true, traces: false, metrics: false, propagators: [] });
    expect(settings.exporters).toEqual({ traces: [], metrics: "none", logs: "none" });
  });

  test("may be JSON alone that is disabled (R-C4)", () => {
    expect(read({ file_format, disabled: true, tracer_provider }).settings.enabled).toBe(false);
  });

  test("stands in the place of other variables, and behind the code (R-C4)", () => {
    const variables = {
      OTEL_TRACES_SAMPLER: "always_off",
      OTEL_BSP_SCHEDULE_DELAY: "1",
      OTEL_SERVICE_NAME: "variable",
      OTEL_SDK_DISABLED: "true",
    };
    const resource = { attributes: [{ name: "service.name", value: "file" }] };
    const resolved = read({ file_format, resource, tracer_provider }, { variables, code: { batch: { maxSpans: 9 } } });
    expect(resolved.settings).toMatchObject({
      enabled: true,
      serviceName: "file",
      sampling: { kind: "always_on", parentBased: true },
      batch: { delayMs: 5_000, maxSpans: 9 },
    });
    const { sampling } = read({ file_format, tracer_provider }, { code: { sampleRatio: 0.5 } }).settings;
    expect(sampling).toMatchObject({ kind: "ratio", ratio: 0.5 });
  });

  test("leaves variables alone that are none of the specification's (R-C4)", () => {
    const variables = { DEBUG: "true", NODE_USE_ENV_PROXY: "1", HTTP_PROXY: "http://proxy:3128" };
    const { settings } = read({ file_format, tracer_provider }, { variables });
    expect(settings).toMatchObject({ environment: "production", logLevel: "debug" });
    expect(settings.otlp.traces.proxy).toBe("http://proxy:3128");
  });

  test("has variables in the place of references, also where a number or a flag is meant (R-C4)", () => {
    const batch = {
      schedule_delay: "${DELAY:-2500}",
      max_queue_size: "${QUEUE}",
      exporter: { otlp_http: { endpoint: "http://${env:HOST}/v1" } },
    };
    const resource = {
      attributes: [
        { name: "service.name", value: "${NAME:-shop}-$${kept}" },
        { name: "service.version", value: "${VERSION}" },
      ],
    };
    const file = { file_format, disabled: "${OFF:-false}", resource, tracer_provider: { processors: [{ batch }] } };
    const variables = { HOST: "collector:1", VERSION: "1.0", QUEUE: "", HOSTILE: '"}' };
    const { settings } = read(file, { variables });
    expect(settings).toMatchObject({
      enabled: true,
      serviceName: "shop-${kept}",
      serviceVersion: "1.0",
      batch: { delayMs: 2_500 },
      queue: { maxSpans: 15_000 },
    });
    expect(settings.otlp.traces.url).toBe("http://collector:1/v1");
  });

  const sampled = (sampler: unknown): Resolved =>
    read({ file_format, tracer_provider: { ...tracer_provider, sampler } });

  test.each<[unknown, object]>([
    [undefined, { kind: "always_on", parentBased: true }],
    [{ always_on: null }, { kind: "always_on", parentBased: false }],
    [{ always_off: {} }, { kind: "always_off", ratio: 0, parentBased: false }],
    [{ trace_id_ratio_based: { ratio: 0.5 } }, { kind: "ratio", ratio: 0.5, parentBased: false }],
    [{ trace_id_ratio_based: null }, { kind: "ratio", ratio: 1, parentBased: false }],
    [{ "probability/development": { ratio: 0.5 } }, { kind: "ratio", ratio: 0.5, parentBased: false }],
    [{ parent_based: { root: { always_off: null } } }, { kind: "always_off", parentBased: true }],
    [
      {
        parent_based: {
          root: { always_on: null },
          remote_parent_not_sampled: { trace_id_ratio_based: { ratio: 0.1 } },
        },
      },
      {
        kind: "described",
        description: {
          kind: "parent_based",
          root: { kind: "always_on" },
          remoteNotSampled: { kind: "ratio", ratio: 0.1 },
        },
      },
    ],
    [{ "composite/development": { probability: { ratio: 0.5 } } }, { kind: "ratio", ratio: 0.5, parentBased: false }],
    [
      { "composite/development": { parent_threshold: { root: { probability: { ratio: 0.5 } } } } },
      { kind: "ratio", ratio: 0.5, parentBased: true },
    ],
  ])("with the sampler %j is followed (R-C4)", (sampler, expected) => {
    const resolved = sampled(sampler);
    expect(passedOver(resolved)).toBeUndefined();
    expect(resolved.settings.sampling).toMatchObject(expected);
  });

  test("may name Jaeger's endpoint, with the share until it answers (R-C4, R-S17)", () => {
    const jaeger = {
      endpoint: "jaeger:14250",
      interval: 30_000,
      initial_sampler: { trace_id_ratio_based: { ratio: 0.2 } },
    };
    const { settings } = sampled({ parent_based: { root: { "jaeger_remote/development": jaeger } } });
    expect(settings.remoteSampling).toMatchObject({ url: "http://jaeger:14250/", protocol: "grpc", pollMs: 30_000 });
    expect(settings.sampling).toMatchObject({ ratio: 0.2, parentBased: true });
    expect(sampled({ "jaeger_remote/development": jaeger }).settings.sampling.parentBased).toBe(false);
  });

  test("has rules of a composite sampler as rules on routes, methods, paths and hosts (R-C4)", () => {
    const off = { always_off: null };
    const rule_based = {
      rules: [
        { attribute_values: { key: "http.route", values: ["/health", "/ready"] }, sampler: off },
        {
          attribute_patterns: { key: "url.path", included: ["/internal/*"] },
          span_kinds: ["server"],
          parent: ["none"],
          sampler: { always_on: null },
        },
        {
          attribute_values: { key: "http.request.method", values: ["DELETE"] },
          sampler: { probability: { ratio: 0.5 } },
        },
        { sampler: { probability: { ratio: 0.01 } } },
      ],
    };
    const resolved = sampled({ "composite/development": { rule_based } });
    expect(passedOver(resolved)).toBeUndefined();
    expect(resolved.settings.rules).toEqual([
      { match: "/health", ratio: 0, ignoreParent: true },
      { match: "/ready", ratio: 0, ignoreParent: true },
      { path: "/internal/*", ratio: 1 },
      { match: "DELETE *", ratio: 0.5, ignoreParent: true },
    ]);
    expect(resolved.settings.sampling).toMatchObject({ kind: "ratio", ratio: 0.01, parentBased: false });
    const below = sampled({ "composite/development": { parent_threshold: { root: { rule_based } } } });
    expect(below.settings.rules.every(({ ignoreParent }) => ignoreParent === undefined)).toBe(true);
    expect(below.settings.sampling.parentBased).toBe(true);
  });

  test("names in one line what does not apply, and has the rest (R-C4)", () => {
    const resolved = read({
      file_format: "1.7",
      resource: { "detection/development": { detectors: [{ host: null }] }, schema_url: "x" },
      propagator: { composite: [{ tracecontext: null }, { b3: null }] },
      tracer_provider: {
        processors: [
          { mine: {} },
          { batch: { exporter: { "otlp_file/development": null } } },
          { batch: { exporter: { otlp_http: { encoding: "json", compression: "zstd" } } } },
          { simple: { exporter: { console: null } } },
        ],
        sampler: { mine: {} },
        "tracer_configurator/development": {},
      },
      meter_provider: { readers: [{ pull: { exporter: { "prometheus/development": {} } } }] },
      brand_new: {},
    });
    expect(wrong(resolved)).toBeUndefined();
    expect(passedOver(resolved)).toBe(
      "OTEL_CONFIG_FILE FILE: what does not apply is ignored: what is new in file_format 1.7, resource.detection/development, resource.schema_url, propagator.composite[1].b3, tracer_provider.processors[0], tracer_provider.processors[1], tracer_provider.processors[2].batch.exporter.otlp_http.encoding json, tracer_provider.processors[2].batch.exporter.otlp_http.compression zstd, tracer_provider.processors[3], tracer_provider.sampler.mine, tracer_provider.tracer_configurator/development, meter_provider.readers[0] and 1 more",
    );
    // Nobody is traced whole because of a name that is not known.
    expect(resolved.settings.sampling).toMatchObject({ ratio: 0.01, chosen: false });
    expect(resolved.settings.exporters.traces).toEqual(["otlp"]);
  });

  test("types what is one reference as a whole, also below distribution, as YAML does (R-C4)", () => {
    const gossamer = {
      overhead: { target: "${TARGET:-0.03}" },
      summaryLine: "${SUMMARY:-true}",
      maxSeries: "${NOTHING:-}",
    };
    const resource = { attributes: [{ name: "service.name", value: "${SVC}" }] };
    const resolved = read({ file_format, resource, distribution: { gossamer } }, { variables: { SVC: "123" } });
    expect([wrong(resolved), unset(resolved)]).toEqual([undefined, undefined]);
    expect(resolved.settings).toMatchObject({ overhead: { target: 0.03 }, summaryLine: true, serviceName: "123" });
  });

  test("names a whole place where such a value is wrong (R-C4)", () => {
    const distribution = { gossamer: { overhead: { target: "${TARGET}" } } };
    expect(wrong(read({ file_format, distribution }, { variables: { TARGET: "low" } }))).toContain(
      "distribution.gossamer.overhead.target must be ",
    );
  });

  test("names a service by a text, though it looks like a number once it was read (R-C4)", () => {
    const resource = { attributes: [{ name: "service.name", value: 123 }] };
    expect(read({ file_format, resource }).settings.serviceName).toBe("123");
  });

  test("has in one line which variables are not set and have no default, and the default of the place (R-C4)", () => {
    const sampler = { trace_id_ratio_based: { ratio: "${RATOI}" } };
    const file = { file_format, log_level: "${LEVEL:-}", tracer_provider: { ...tracer_provider, sampler } };
    const resolved = read(file);
    expect(resolved.settings.sampling).toMatchObject({ kind: "ratio", ratio: 1 });
    expect(unset(resolved)).toMatch(
      /^OTEL_CONFIG_FILE FILE names variables that are not set, without a default: RATOI$/,
    );
    expect(unset(read({ ...file, file_format: "0.1" }))).toMatch(/: RATOI$/);
  });

  test("has options of ours under distribution, where the schema has no place for them (R-C4)", () => {
    const distribution = { gossamer: { keep: { slowerThanMs: 300 }, rules: [{ match: "/a", ratio: 1 }] }, other: {} };
    const resolved = read({ file_format, tracer_provider, distribution });
    expect(resolved.settings).toMatchObject({
      keep: { slowerThanMs: 300, errors: 1 },
      rules: [{ match: "/a", ratio: 1 }],
    });
    expect(passedOver(resolved)).toContain("distribution.other");
  });
});

describe("a configuration file that is wrong is one line and no telemetry", () => {
  test.each<[string, unknown, string]>([
    [
      "no JSON",
      "file_format: '1.0'",
      "it is no JSON; for YAML install @gossamer/config and start with `node --import @gossamer/config`",
    ],
    ["half of it", '{"file_format":', "it cannot be parsed: "],
    ["a list", [], "it must be a mapping, got an array"],
    ["no format", {}, 'file_format must be "1.0" or "1.1", got none'],
    ["another format", { file_format: "0.4" }, `file_format must be "1.0" or "1.1", got '0.4'`],
    [
      "a text for a number",
      { file_format, attribute_limits: { attribute_count_limit: "7" } },
      "attribute_limits.attribute_count_limit must be a number of at least 0, got '7'",
    ],
    [
      "a number out of bounds",
      { file_format, tracer_provider: { processors: [], sampler: { trace_id_ratio_based: { ratio: 2 } } } },
      "tracer_provider.sampler.trace_id_ratio_based.ratio must be a number from 0 to 1, got 2",
    ],
    [
      "a typing mistake",
      { file_format, tracer_providr: {} },
      'tracer_providr is unknown; did you mean "tracer_provider"?',
    ],
    [
      "one deep inside",
      { file_format, tracer_provider: { processors: [{ batch: { schedule_dely: 1, exporter: { otlp_http } } }] } },
      'tracer_provider.processors[0].batch.schedule_dely is unknown; did you mean "schedule_delay"?',
    ],
    [
      "an address",
      {
        file_format,
        tracer_provider: { processors: [{ batch: { exporter: { otlp_http: { endpoint: "collector" } } } }] },
      },
      "tracer_provider.processors[0].batch.exporter.otlp_http.endpoint must be a URL",
    ],
    [
      "two exporters",
      { file_format, tracer_provider: { processors: [{ batch: { exporter: { otlp_http: {}, otlp_grpc: {} } } }] } },
      "tracer_provider.processors[0].batch.exporter names two exporters",
    ],
    ["a reference", { file_format, resource: { attributes_list: "${1X}" } }, "it has a reference that is none: ${1X}"],
    [
      "a header",
      {
        file_format,
        tracer_provider: {
          processors: [{ batch: { exporter: { otlp_http: { headers: [{ name: "a b", value: "secret" }] } } } }],
        },
      },
      "must be the name of an HTTP header",
    ],
    ["an option of ours", { file_format, distribution: { gossamer: { keep: { errors: 7 } } } }, "keep.errors must be"],
    [
      "what is said elsewhere",
      { file_format, distribution: { gossamer: { sampleRatio: 1 } } },
      "distribution.gossamer.sampleRatio is said by tracer_provider.sampler",
    ],
    [
      "a view",
      { file_format, meter_provider: { readers: [], views: [{ selector: { instrument_type: "meter" }, stream: {} }] } },
      "meter_provider.views[0].type must be",
    ],
  ])("with %s (R-C4)", (_, file, reason) => {
    const resolved = read(file, { code: { enabled: true, serviceName: "shop" } });
    expect(wrong(resolved)).toMatch(/^OTEL_CONFIG_FILE FILE cannot be used: .*; telemetry is off$/);
    expect(wrong(resolved)).toContain(reason);
    expect(wrong(resolved)).not.toContain("secret");
    expect(resolved.settings.enabled).toBe(false);
    expect(resolved.notices.at(-1)?.line).toBe("telemetry is off (OTEL_CONFIG_FILE)");
  });

  test.each([
    ["is not there", join(folder, "none.json"), "it cannot be read (ENOENT)"],
    ["is a folder", folder, "it cannot be read (no regular file)"],
    ["is a device", "/dev/zero", "it cannot be read (no regular file)"],
  ])("where it %s (R-C4)", (_, file, reason) => {
    const resolved = resolveOptions({}, { OTEL_CONFIG_FILE: file });
    expect(resolved.settings.enabled).toBe(false);
    expect(wrong(resolved)).toContain(reason);
  });

  test("where it is larger than any (R-C4)", () => {
    expect(wrong(read(`{"a":"${"x".repeat(1_048_576)}"}`))).toContain("it cannot be read (more than 1048576 bytes)");
  });

  test("a blank variable is none (R-C4)", () => {
    expect(resolveOptions({}, { OTEL_CONFIG_FILE: " " }).settings.enabled).toBe(true);
  });
});
