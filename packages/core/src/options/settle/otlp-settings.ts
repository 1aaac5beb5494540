import { exactUrl, grpcUrl, signalUrl } from "./endpoint.ts";
import { fitBounds } from "./fit-bounds.ts";
import { protocolOf, sayMisfit } from "./otlp-protocol.ts";
import type { OtlpTarget, Settings } from "./settings.ts";
import type { SettingsInput } from "./settings-input.ts";
import type { SignalName, SignalVariables } from "../variables/variable-reading.ts";
import { sourceVariable } from "../variables/source-variable.ts";
import { proxyFor } from "./proxy.ts";
import { tlsTexts } from "./tls-texts.ts";

const paths = { traces: "v1/traces", metrics: "v1/metrics", logs: "v1/logs" } as const;
const methods = {
  traces: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
  metrics: "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
  logs: "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
} as const;
const grpcEndpoint = "http://localhost:4317";

/** Where each signal goes, and how. */
export function otlpSettings(input: SettingsInput): Pick<Settings, "otlp" | "exporters"> {
  const { gzipLevel, connectTimeoutMs, connections, maxConnectionAgeMs, maxConcurrentExports, retry } =
    input.values.otlp;
  const [initialMs, maxMs] = fitBounds(
    {
      lower: { option: "otlp.retry.initialMs", value: retry.initialMs },
      upper: { option: "otlp.retry.maxMs", value: retry.maxMs },
    },
    input.origins,
    input.notices,
  );
  const traces = targetOf(input, "traces");
  const metrics = targetOf(input, "metrics");
  const logs = targetOf(input, "logs");
  const targets = [traces, metrics, logs];
  sayExporterOrigin(input, targets);
  sayMisfit(input, targets);
  return {
    exporters: {
      traces: traceExporters(input, traces),
      metrics: otlpExporter(input, "metrics", metrics),
      logs: otlpExporter(input, "logs", logs),
    },
    otlp: {
      gzipLevel,
      connectTimeoutMs,
      connections,
      maxConnectionAgeMs,
      maxConcurrentExports,
      traces,
      metrics,
      logs,
      endpointGiven: targets.some(({ endpointGiven }) => endpointGiven),
      retry: { ...retry, initialMs, maxMs },
    },
  };
}

function targetOf(input: SettingsInput, name: SignalName): OtlpTarget {
  const { code, reading, values, origins } = input;
  const { otlp } = values;
  const signal = reading[name];
  const own = otlp[`${name}Endpoint`];
  const ownFrom = origins[`otlp.${name}Endpoint`]?.from;
  const generalFrom = origins["otlp.endpoint"]?.from;
  // An address in the code wins over a variable, also over the variable for this signal alone.
  const usesOwn = own !== undefined && (ownFrom === "code" || generalFrom !== "code");
  const protocol = protocolOf(input, name);
  const general = protocol === "grpc" && generalFrom === "default" ? grpcEndpoint : otlp.endpoint;
  const httpUrl = usesOwn ? exactUrl(own) : signalUrl(general, paths[name]);
  const url = protocol === "grpc" ? grpcUrl(httpUrl, methods[name]) : httpUrl;
  const endpointGiven = usesOwn || generalFrom !== "default";
  return {
    url,
    proxy: proxyFor(url, otlp.proxy, reading.proxies),
    isLost: signal.isLost && !endpointGiven,
    protocol,
    tls: tlsTexts(input, name),
    endpointGiven,
    endpointInCode: usesOwn ? ownFrom === "code" : generalFrom === "code",
    headers: { ...signal.headers, ...code.otlp?.headers },
    compression: code.otlp?.compression ?? signal.compression ?? otlp.compression,
    timeoutMs: code.otlp?.timeoutMs ?? signal.timeoutMs ?? otlp.timeoutMs,
  };
}

function sayExporterOrigin(input: SettingsInput, targets: readonly OtlpTarget[]): void {
  const { code, reading, origins, isTest } = input;
  if (code.exporter !== undefined) return;
  const signal =
    // In a test no variable makes it export.
    isTest
      ? undefined
      : reading.traces.exporter !== undefined
        ? "TRACES"
        : reading.metrics.exporter !== undefined
          ? "METRICS"
          : reading.logs.exporter !== undefined
            ? "LOGS"
            : undefined;
  if (signal !== undefined)
    origins["exporter"] = { from: "variable", variable: sourceVariable(reading, `OTEL_${signal}_EXPORTER`) };
  else if (presetExporter(input) === undefined && isTest && targets.some(({ endpointInCode }) => !endpointInCode))
    origins["exporter"] = { from: "environment" };
}

type TraceExporters = Settings["exporters"]["traces"];

function traceExporters(input: SettingsInput, target: OtlpTarget): TraceExporters {
  const { code, reading } = input;
  const asked =
    code.exporter ?? askedByVariable(input, reading.traces) ?? presetExporter(input) ?? usual(input, target);
  const list = isList(asked) ? asked : [asked];
  return list.filter((one) => one !== "none").filter((one) => one !== "otlp" || !target.isLost);
}

/** Metrics and log records go by OTLP alone: where it is asked for, and beside exporters that take spans only, where an address was given. */
function otlpExporter(input: SettingsInput, name: "metrics" | "logs", target: OtlpTarget): "otlp" | "none" {
  if (target.isLost) return "none";
  const { code, reading, isTest } = input;
  const asked = code.exporter ?? askedByVariable(input, reading[name]) ?? presetExporter(input) ?? usual(input, target);
  const list = isList(asked) ? asked : [asked];
  if (list.includes("otlp")) return "otlp";
  const hasAddress = isTest ? target.endpointInCode : target.endpointGiven;
  return list.includes("none") || !hasAddress ? "none" : "otlp";
}

/** In a test run nothing leaves unless the code asks: variables may be those of the machine it runs on. */
function usual({ isTest }: SettingsInput, { endpointInCode }: OtlpTarget): "otlp" | "none" {
  return isTest && !endpointInCode ? "none" : "otlp";
}

function askedByVariable({ isTest }: SettingsInput, { exporter }: SignalVariables): SignalVariables["exporter"] {
  return isTest && exporter !== "none" ? undefined : exporter;
}

/** Where a preset sends telemetry other than everybody; a test that names such a preset asks for it. */
function presetExporter({ values, origins }: SettingsInput): typeof values.exporter | undefined {
  return origins["exporter"]?.from === "preset" && values.exporter !== "otlp" ? values.exporter : undefined;
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
