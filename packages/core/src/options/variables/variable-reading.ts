import type { Attributes } from "../../model/attributes.ts";
import type { SamplerVariables } from "./sampler-variables.ts";
import type { VariableReader } from "./variable-reader.ts";

/** What the variables say of proxies. */
export interface ProxyVariables {
  readonly http: string | undefined;
  readonly https: string | undefined;
  /** Hosts that are reached without one, separated by commas. */
  readonly no: string | undefined;
}

export type SignalName = "traces" | "metrics" | "logs";

/** What the variables say of one signal's export. Options have no place for these. */
export interface SignalVariables {
  /** The general headers with the signal's own over them, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: "gzip" | "none" | undefined;
  readonly timeoutMs: number | undefined;
  readonly protocol: "http/protobuf" | "grpc" | undefined;
  /** Whether an address was given of which nobody can tell where it leads. */
  readonly isLost: boolean;
  /** Those of the signal alone, by the option they stand in for. */
  readonly tls: Readonly<Record<TlsOption, string | undefined>>;
  /** The exporter the variable names; undefined when it names none. */
  readonly exporter: "otlp" | "console" | "none" | undefined;
}

export type TlsOption = "certificate" | "clientCertificate" | "clientKey";

/** How the variable of each option ends. */
export const tlsVariables: Readonly<Record<TlsOption, string>> = {
  certificate: "CERTIFICATE",
  clientCertificate: "CLIENT_CERTIFICATE",
  clientKey: "CLIENT_KEY",
};

/** All that the `OTEL_*` variables say. */
export interface VariableReading {
  readonly reader: Pick<VariableReader, "options" | "origins" | "notices">;
  readonly serviceName: string | undefined;
  readonly resourceAttributes: Attributes;
  readonly sampler: SamplerVariables | undefined;
  readonly traces: SignalVariables;
  readonly metrics: SignalVariables;
  readonly logs: SignalVariables;
  readonly proxies: ProxyVariables;
  /** What the variables of Datadog's clients say, unchecked: they count only where StatsD was asked for. */
  readonly statsd: {
    readonly url: string | undefined;
    readonly host: string | undefined;
    readonly port: string | undefined;
  };
  /** Whether a configuration file is read in the place of the variables; where that is wrong there is no telemetry, whatever the code says. */
  readonly file: "none" | "read" | "wrong";
}
