import type { Settings } from "../options/settle/settings.ts";

/** Options for the official instrumentations of Node's HTTP clients, in the shape of either line. */
export interface InstrumentationOptions {
  /** For `HttpInstrumentation`: server spans are ours, and calls to our collector are nobody's. */
  readonly http: {
    readonly disableIncomingRequestInstrumentation: true;
    readonly ignoreOutgoingRequestHook: (request: OutgoingRequest) => boolean;
  };
  /** For `UndiciInstrumentation`, which also sees `fetch`. */
  readonly undici: { readonly ignoreRequestHook: (request: { readonly origin: string }) => boolean };
}

/** The options of an outgoing request, as `node:http` takes them. */
export interface OutgoingRequest {
  readonly protocol?: string | null | undefined;
  readonly hostname?: string | null | undefined;
  readonly host?: string | null | undefined;
  readonly port?: number | string | null | undefined;
}

/** Makes them for the collector that the settings name. Where outgoing calls are not traced, all are passed over. */
export function instrumentationOptions({ exporters, otlp, outgoingCalls }: Settings): InstrumentationOptions {
  const collectors = new Set<string>();
  if (exporters.traces.includes("otlp")) collectors.add(authorityOf(new URL(otlp.traces.url)));
  if (exporters.metrics === "otlp") collectors.add(authorityOf(new URL(otlp.metrics.url)));
  return {
    http: {
      disableIncomingRequestInstrumentation: true,
      ignoreOutgoingRequestHook: (request) => !outgoingCalls || collectors.has(authorityOf(request)),
    },
    undici: {
      ignoreRequestHook({ origin }) {
        const url = URL.parse(origin);
        return !outgoingCalls || (url !== null && collectors.has(authorityOf(url)));
      },
    },
  };
}

function authorityOf({ protocol, hostname, host, port }: OutgoingRequest): string {
  const name = (hostname ?? host ?? "localhost").replace(/:\d+$/, "");
  const given = String(port ?? "");
  return `${name}:${given === "" ? (protocol === "https:" ? "443" : "80") : given}`;
}
