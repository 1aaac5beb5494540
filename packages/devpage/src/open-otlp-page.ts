import { createServer } from "node:http";
import { checks, readMembers } from "@gossamer/core/adapter";
import { PageData } from "./data/page-data.ts";
import { closed, keepsNothingAlive, listen, type ListenError, orClosed, type Place, placeOf } from "./listen.ts";
import { OtlpReceiver } from "./otlp/otlp-receiver.ts";
import { OtlpSource } from "./otlp/otlp-source.ts";
import { callable } from "./page-options.ts";
import type { OpenPage } from "./process-pages.ts";
import { PageServer } from "./server/page-server.ts";

export interface OpenOtlpPageOptions {
  /** Where others send to. It is this one or none: they have it in their settings. 0 for any. @default 4318 */
  readonly otlpPort?: number;
  /** Of the page; the next that is free is taken where it is not. 0 for any. @default 9797 */
  readonly port?: number;
  /** Where OTLP is taken, from other machines too where it is no loopback address. The page is for this machine alone. @default "127.0.0.1" */
  readonly host?: string;
  /** Whether the process stays as long as it is open; else it ends as it would without. @default false */
  readonly keepAlive?: boolean;
  /** Where the line with the addresses goes. @default standard error */
  readonly log?: (line: string) => void;
}

/** A page of what others send. */
export interface OpenOtlpPage extends OpenPage {
  /** `http://127.0.0.1:4318`, what `OTEL_EXPORTER_OTLP_ENDPOINT` takes on this machine. */
  readonly otlpUrl: string;
}

const loopback = "127.0.0.1";
const requestTimeoutMs = 30_000;

/**
 * Opens the page of what other processes send by OTLP over HTTP, as protobuf or JSON: traces of several services are one here. Nothing leaves it, and
 * nothing is kept but the newest. It keeps no process alive unless `keepAlive` says so.
 *
 * Rejects where the port for OTLP is taken.
 *
 * @throws OptionError for a wrong option
 */
export async function openOtlpPage(options: OpenOtlpPageOptions = {}): Promise<OpenOtlpPage> {
  const port = checks.integer(0, 65_535);
  const checked = readMembers<OpenOtlpPageOptions>(options, "openOtlpPage", "an object with otlpPort, port and host", {
    otlpPort: port,
    port,
    host: checks.text,
    keepAlive: checks.boolean,
    log: callable,
  });
  const { host = loopback, log = (line: string) => void process.stderr.write(`${line}\n`) } = checked;
  // A sender that stops in the middle does not hold its place for long.
  const taking = createServer({ requestTimeout: requestTimeoutMs });
  const taken = await listen(taking, checked.otlpPort ?? 4_318, host, 0);
  if (taken !== undefined) throw withStep(taken, "perhaps a collector, or choose another: --otlp 4319, or otlpPort");
  const place = placeOf(taking);
  const source = new OtlpSource();
  const receiver = new OtlpReceiver({
    take: (signal, request) => source.take(signal, request),
    isLocal: !place.isShared,
  });
  taking.on("request", (request, response) => receiver.handle(request, response));
  const otlpUrl = place.url.replace(/\/$/, "");
  source.otlpUrl = otlpUrl;
  source.received = () => ({ ...receiver.view(), evictedSeries: source.evictedSeries });
  const data = new PageData({ source, graceMs: Number.POSITIVE_INFINITY });
  // What comes before somebody looks is shown too.
  data.touch();
  const server = new PageServer({ data, allow: "loopback", readOnly: true });
  const showing = createServer((request, response) => server.handle(request, response, request.url ?? "/"));
  const close = async (): Promise<void> => {
    for (const one of [taking, showing]) await closed(one);
    data.close();
  };
  return orClosed(close, async () => {
    const refused = await listen(showing, checked.port ?? 9_797, loopback);
    if (refused !== undefined) throw withStep(refused, "or choose another for the page: --port 0, or port");
    if (checked.keepAlive !== true) for (const one of [taking, showing]) keepsNothingAlive(one);
    const { url } = placeOf(showing);
    log(`gossamer: see what is sent to ${otlpUrl}${others(place)} at ${url}`);
    return { url, otlpUrl, close };
  });
}

/** Says what to do where a port is taken, by the command and from code. */
function withStep(error: ListenError, step: string): ListenError {
  if (error.code === "EADDRINUSE") error.message += `, ${step}`;
  return error;
}

/** What else of what the host asks for is taken. */
function others({ isLocal, isShared }: Place): string {
  return isLocal && isShared ? ", or to that port by a name that this machine has elsewhere," : "";
}
