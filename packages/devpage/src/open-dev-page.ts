import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Telemetry } from "@gossamer/core";
import { checkTelemetry, engineBehind, pageOf } from "./engine-page.ts";
import { mayOpen, type OpenPageOptions, readOpenOptions } from "./page-options.ts";
import { PageServer } from "./server/page-server.ts";

/** A page that is open. */
export interface OpenPage {
  /** `http://127.0.0.1:9797/` */
  readonly url: string;
  /** Frees the port, and ends what it listens to. */
  close(): Promise<void>;
}

const defaultPort = 9_797;
const maxTries = 20;

/**
 * Opens the page of a process on a listener of its own, outside of the app: of its middleware, its ingress and its telemetry. It keeps nothing alive.
 *
 * Undefined, and one line, where the environment is production and not both `production: true` and `allow` are given, and where no port is free.
 *
 * @throws OptionError for a wrong option
 */
export async function openDevPage(telemetry?: Telemetry, options: OpenPageOptions = {}): Promise<OpenPage | undefined> {
  checkTelemetry(telemetry, "openDevPage");
  const checked = readOpenOptions(options);
  const { port = defaultPort, host = "127.0.0.1", log = sayLine, allow = "loopback", readOnly = false } = checked;
  const engine = engineBehind(telemetry);
  if (engine === undefined) {
    log("gossamer: there is no telemetry to show: call openDevPage() once it was created");
    return undefined;
  }
  if (!mayOpen(engine, checked)) {
    log("gossamer: no page is opened in production: give production: true, and allow for whom it is");
    return undefined;
  }
  const { data } = pageOf(engine);
  const server = new PageServer({ data, allow, readOnly });
  const listener = createServer((request, response) => server.handle(request, response, request.url ?? "/"));
  const error = await listen(listener, port, host);
  if (error !== undefined) {
    log(`gossamer: the page is not opened: ${error.message}`);
    return undefined;
  }
  listener.unref();
  // Nor does a page that somebody has left open keep a process that has nothing left to do.
  listener.on("connection", (socket) => void socket.unref());
  const url = urlOf(listener, host);
  log(`gossamer: see ${data.source.service.name} at ${url}`);
  return {
    url,
    close: () => {
      listener.closeAllConnections();
      return new Promise((resolve) => {
        listener.close(() => resolve());
      });
    },
  };
}

/** Takes the port, or one of the next so many that is free. Answers what went wrong. */
export async function listen(
  server: Server,
  port: number,
  host: string,
  tries: number = maxTries,
): Promise<NodeJS.ErrnoException | undefined> {
  for (let at = port; ; at++) {
    const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      server.once("error", resolve);
      server.listen(at, host, () => {
        server.off("error", resolve);
        resolve(undefined);
      });
    });
    if (error === undefined) {
      // What goes wrong with a connection is its client's.
      server.on("error", () => {});
      return undefined;
    }
    if (error.code !== "EADDRINUSE" || port === 0 || at >= Math.min(65_535, port + tries)) return error;
  }
}

export function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}/`;
}

function sayLine(line: string): void {
  process.stderr.write(`${line}\n`);
}
