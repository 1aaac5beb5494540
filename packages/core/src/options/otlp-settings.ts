import { exactUrl, signalUrl } from "./endpoint.ts";
import { fitBounds } from "./fit-bounds.ts";
import type { SignalVariables } from "./otlp-variables.ts";
import type { OtlpTarget, Settings } from "./settings.ts";
import type { SettingsInput } from "./settings-input.ts";

type SignalName = "traces" | "metrics";

const paths = { traces: "v1/traces", metrics: "v1/metrics" } as const;

/** Where each signal goes, and how. */
export function otlpSettings(input: SettingsInput): Pick<Settings, "otlp" | "exporters"> {
  const { otlp } = input.values;
  const [initialMs, maxMs] = fitBounds(
    {
      lower: { option: "otlp.retry.initialMs", value: otlp.retry.initialMs },
      upper: { option: "otlp.retry.maxMs", value: otlp.retry.maxMs },
    },
    input.origins,
    input.notices,
  );
  const traces = target(input, "traces");
  const metrics = target(input, "metrics");
  sayExporterOrigin(input, [traces, metrics]);
  return {
    exporters: {
      traces: exporter(input, input.reading.traces, traces),
      metrics: exporter(input, input.reading.metrics, metrics),
    },
    otlp: {
      traces,
      metrics,
      endpointGiven: traces.endpointGiven || metrics.endpointGiven,
      gzipLevel: otlp.gzipLevel,
      connections: otlp.connections,
      maxConcurrentExports: otlp.maxConcurrentExports,
      retry: { ...otlp.retry, initialMs, maxMs },
    },
  };
}

function target({ code, reading, values, origins }: SettingsInput, name: SignalName): OtlpTarget {
  const { otlp } = values;
  const signal = reading[name];
  const own = otlp[`${name}Endpoint`];
  const ownFrom = origins[`otlp.${name}Endpoint`]?.from;
  const generalFrom = origins["otlp.endpoint"]?.from;
  // An address in the code wins over a variable, also over the variable for this signal alone.
  const usesOwn = own !== undefined && (ownFrom === "code" || generalFrom !== "code");
  return {
    url: usesOwn ? exactUrl(own) : signalUrl(otlp.endpoint, paths[name]),
    endpointGiven: usesOwn || generalFrom !== "default",
    headers: { ...signal.headers, ...code.otlp?.headers },
    compression: code.otlp?.compression ?? signal.compression ?? otlp.compression,
    timeoutMs: code.otlp?.timeoutMs ?? signal.timeoutMs ?? otlp.timeoutMs,
  };
}

function sayExporterOrigin({ code, reading, origins, isTest }: SettingsInput, targets: readonly OtlpTarget[]): void {
  if (code.exporter !== undefined) return;
  const signal =
    reading.traces.exporter !== undefined ? "TRACES" : reading.metrics.exporter !== undefined ? "METRICS" : undefined;
  if (signal !== undefined) origins["exporter"] = { from: "variable", variable: `OTEL_${signal}_EXPORTER` };
  else if (isTest && targets.some(({ endpointGiven }) => !endpointGiven)) origins["exporter"] = { from: "environment" };
}

function exporter(
  { code, isTest }: SettingsInput,
  signal: SignalVariables,
  { endpointGiven }: OtlpTarget,
): "otlp" | "none" {
  const asked = code.exporter ?? signal.exporter;
  if (asked !== undefined) return asked;
  return isTest && !endpointGiven ? "none" : "otlp";
}
