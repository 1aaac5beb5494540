import { createServer } from "node:http";
import type { Telemetry, TelemetryEngine } from "@gossamer/core";
import { checkTelemetry, engineBehind, pageOf } from "./engine-page.ts";
import { closed, keepsNothingAlive, listen, orClosed, type Place, placeOf } from "./listen.ts";
import { closedLine, mayOpen, type OpenPageOptions, readOpenOptions, sayLine } from "./page-options.ts";
import { type OpenPage, otherVersion, processPages, version } from "./process-pages.ts";
import { PageServer } from "./server/page-server.ts";

const defaultPort = 9_797;

/**
 * Opens the page of a process on a listener of its own, outside of the app: of its middleware, its ingress and its telemetry. It keeps nothing alive.
 *
 * Where a page is open already, as with `--import`, it is that one unless the options ask for another.
 *
 * Undefined, and one line, where the environment is production and not both `production: true` and `allow` are given, and where no port is free.
 *
 * @throws OptionError for a wrong option
 */
export async function openDevPage(telemetry?: Telemetry, options: OpenPageOptions = {}): Promise<OpenPage | undefined> {
  checkTelemetry(telemetry, "openDevPage");
  const checked = readOpenOptions(options);
  const { log = sayLine } = checked;
  const engine = engineBehind(telemetry);
  if (engine === undefined) {
    log("gossamer: there is no telemetry to show: call openDevPage() once it was created");
    return undefined;
  }
  if (!mayOpen(engine, checked)) {
    log(closedLine);
    return undefined;
  }
  const { open } = processPages;
  const { log: _, ...wishes } = checked;
  const known = open.get(engine);
  if (known !== undefined && Object.keys(wishes).length === 0) return known;
  const forget = (): void => {
    if (open.get(engine) === opening) open.delete(engine);
  };
  const opening: Promise<OpenPage | undefined> = listenFor(engine, checked, { log, ended: forget });
  if (known === undefined) open.set(engine, opening);
  opening.then((page) => page ?? forget(), forget);
  return opening;
}

async function listenFor(
  engine: TelemetryEngine,
  options: OpenPageOptions,
  { log, ended }: { readonly log: (line: string) => void; readonly ended: () => void },
): Promise<OpenPage | undefined> {
  const { port = defaultPort, host = "127.0.0.1", allow = "loopback", readOnly = false } = options;
  const { data } = pageOf(engine);
  const server = new PageServer({ data, allow, readOnly });
  const listener = createServer((request, response) => server.handle(request, response, request.url ?? "/"));
  const error = await listen(listener, port, host);
  if (error !== undefined) {
    log(`gossamer: the page is not opened: ${error.message}${error.code === "EADDRINUSE" ? anyPort : ""}`);
    return undefined;
  }
  keepsNothingAlive(listener);
  const place = placeOf(listener);
  const { url } = place;
  const others = options.allow === undefined ? refusals(place) : "";
  const close = (): Promise<void> => {
    ended();
    return closed(listener);
  };
  await orClosed(close, () => {
    const other = otherVersion();
    if (other !== undefined)
      log(`gossamer: @gossamer/devpage is installed twice, as ${other} and ${version}: each has a page of its own`);
    log(`gossamer: see ${data.source.service.name} at ${url}${others}`);
  });
  return { url, close };
}

const anyPort = ", or open it from code: openDevPage(telemetry, { port: 0 }) takes any that is free";

/** What is refused of what the host seems to ask for. */
function refusals({ isLocal, isShared }: Place): string {
  if (!isLocal) return ", where everybody is refused: give allow, or host 127.0.0.1";
  return isShared ? ", from this machine alone: others are refused unless allow is given" : "";
}
