import { createServer } from "node:http";
import { checks, readMembers } from "@gossamer/core/adapter";
import { PageData } from "./data/page-data.ts";
import { listen, type OpenPage, urlOf } from "./open-dev-page.ts";
import { OtlpReceiver } from "./otlp/otlp-receiver.ts";
import { OtlpSource } from "./otlp/otlp-source.ts";
import { callable } from "./page-options.ts";
import { PageServer } from "./server/page-server.ts";

export interface OpenOtlpPageOptions {
  /** Where others send to. It is this one or none: they have it in their settings. 0 for any. @default 4318 */
  readonly otlpPort?: number;
  /** Of the page; the next that is free is taken where it is not. 0 for any. @default 9797 */
  readonly port?: number;
  /** Where OTLP is taken, from other machines too where it is no loopback address. The page is for this machine alone. @default "127.0.0.1" */
  readonly host?: string;
  /** Where the line with the addresses goes. @default standard error */
  readonly log?: (line: string) => void;
}

/** A page of what others send. */
export interface OpenOtlpPage extends OpenPage {
  /** `http://127.0.0.1:4318`, what `OTEL_EXPORTER_OTLP_ENDPOINT` takes. */
  readonly otlpUrl: string;
}

const loopback = "127.0.0.1";

/**
 * Opens the page of what other processes send by OTLP over HTTP, as protobuf or JSON: traces of several services are one here. Nothing leaves it, and
 * nothing is kept but the newest.
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
    log: callable,
  });
  const { host = loopback, log = (line: string) => void process.stderr.write(`${line}\n`) } = checked;
  const isLocal = host === "localhost" || host === "::1" || host.startsWith("127.");
  const source = new OtlpSource();
  const receiver = new OtlpReceiver({ take: (signal, request) => source.take(signal, request), isLocal });
  source.received = () => receiver.view();
  const taking = createServer((request, response) => receiver.handle(request, response));
  const taken = await listen(taking, checked.otlpPort ?? 4_318, host, 0);
  if (taken !== undefined) throw taken;
  const otlpUrl = urlOf(taking, host).replace(/\/$/, "");
  source.otlpUrl = otlpUrl;
  const data = new PageData({ source, graceMs: Number.POSITIVE_INFINITY });
  // What comes before somebody looks is shown too.
  data.touch();
  const server = new PageServer({ data, allow: "loopback", readOnly: true });
  const showing = createServer((request, response) => server.handle(request, response, request.url ?? "/"));
  const refused = await listen(showing, checked.port ?? 9_797, loopback);
  if (refused !== undefined) {
    taking.close();
    throw refused;
  }
  const url = urlOf(showing, loopback);
  log(`gossamer: see what is sent to ${otlpUrl} at ${url}`);
  return {
    url,
    otlpUrl,
    async close() {
      for (const one of [taking, showing]) {
        one.closeAllConnections();
        await new Promise((resolve) => one.close(resolve));
      }
      data.close();
    },
  };
}
