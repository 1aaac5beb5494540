import { createServer } from "node:http";
import type { Telemetry } from "@gossamer/core";
import { checkTelemetry, engineBehind, pageOf } from "./engine-page.ts";
import { closed, keepsNothingAlive, listen, orClosed, type Place, placeOf } from "./listen.ts";
import { closedLine, mayOpen, type OpenPageOptions, readOpenOptions, sayLine } from "./page-options.ts";
import { PageServer } from "./server/page-server.ts";

/** A page that is open. */
export interface OpenPage {
  /** `http://127.0.0.1:9797/`: where it is found from this machine, whatever host it listens at. */
  readonly url: string;
  /** Frees the port, and ends what it listens to. */
  close(): Promise<void>;
}

const defaultPort = 9_797;

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
    log(closedLine);
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
  keepsNothingAlive(listener);
  const place = placeOf(listener);
  const { url } = place;
  const others = checked.allow === undefined ? refusals(place) : "";
  const close = (): Promise<void> => closed(listener);
  await orClosed(close, () => log(`gossamer: see ${data.source.service.name} at ${url}${others}`));
  return { url, close };
}

/** What is refused of what the host seems to ask for. */
function refusals({ isLocal, isShared }: Place): string {
  if (!isLocal) return ", where everybody is refused: give allow, or host 127.0.0.1";
  return isShared ? ", from this machine alone: others are refused unless allow is given" : "";
}
