import type { Variables } from "./variable-reader.ts";
import type { SignalVariables, VariableReading } from "./variable-reading.ts";
import { readVariables } from "./variables.part.ts";

/** What all names begin with that are read. Some that begin so are not ours, and cost a start the reading. */
const maybeOurs = /^(?:OTEL_|GOSSAMER_|DD_|DEBUG$|NODE_USE_ENV_PROXY$)/;

/** Reads every variable these parts follow; what reads them is loaded where there is one. Never throws, whatever they contain. */
export function readSetVariables(variables: Variables): VariableReading {
  const isSet = Object.keys(variables).some(
    (name) => maybeOurs.test(name.toUpperCase()) && (variables[name]?.trim() ?? "") !== "",
  );
  return isSet ? readVariables(variables) : nothingSaid();
}

function nothingSaid(): VariableReading {
  const signal: SignalVariables = {
    headers: {},
    compression: undefined,
    timeoutMs: undefined,
    protocol: undefined,
    isLost: false,
    tls: { certificate: undefined, clientCertificate: undefined, clientKey: undefined },
    exporter: undefined,
  };
  return {
    reader: { options: {}, origins: new Map(), notices: [] },
    serviceName: undefined,
    resourceAttributes: {},
    sampler: undefined,
    traces: signal,
    metrics: signal,
    logs: signal,
    proxies: { http: undefined, https: undefined, no: undefined },
    statsd: { url: undefined, host: undefined, port: undefined },
    file: "none",
  };
}
