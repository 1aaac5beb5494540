import type { IncomingMessage, ServerResponse } from "node:http";
import type { Telemetry, TelemetryEngine } from "@gossamer/core";
import { exchangeOf } from "@gossamer/core/adapter";
import { checkTelemetry, engineBehind, pageOf } from "./engine-page.ts";
import { closedLine, mayOpen, type PageAccess, readAccess, sayLine } from "./page-options.ts";
import type { EnginePage } from "./process-pages.ts";
import { PageServer } from "./server/page-server.ts";

/** A handler of `node:http`, and middleware of Express: `app.use("/__gossamer", devPage(telemetry))`. */
export type DevPageHandler = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void;

/** Answers a request whose path behind the mount is known. */
export type MountedPage = (
  request: IncomingMessage,
  response: ServerResponse,
  place: { readonly mount: string; readonly path: string },
) => void;

/**
 * The page in an app, on its own port. What is asked of it is neither counted nor traced.
 *
 * In production it says so in one line and answers 404, unless `production: true` and `allow` are given.
 *
 * @throws OptionError for a wrong option
 */
export function devPage(telemetry?: Telemetry, options: PageAccess = {}): DevPageHandler {
  const mounted = mountedPage(telemetry, options, "devPage");
  return (request, response) => {
    const path = request.url ?? "/";
    // Express has cut off what it is mounted under.
    const whole = (request as { readonly originalUrl?: unknown }).originalUrl;
    const full = typeof whole === "string" ? whole : path;
    const mount = full.endsWith(path) ? full.slice(0, full.length - path.length) : pathOf(full);
    mounted(request, response, { mount: withoutSlash(mount), path });
  };
}

const maxOwnPaths = 20;

/** The same for frameworks that tell the mount otherwise. */
export function mountedPage(telemetry: Telemetry | undefined, options: PageAccess, calledAs: string): MountedPage {
  checkTelemetry(telemetry, calledAs);
  const access = readAccess(options);
  const { allow = "loopback", readOnly = false } = access;
  let page: EnginePage | undefined;
  let server: PageServer | undefined;
  let isSaid = false;
  const opens = (engine: TelemetryEngine): boolean => {
    if (mayOpen(engine, access)) return true;
    if (!isSaid) sayLine(closedLine);
    isSaid = true;
    return false;
  };
  // Said as it is mounted, where there is telemetry by then.
  const early = engineBehind(telemetry);
  if (early !== undefined) opens(early);
  return (request, response, { mount, path }) => {
    exchangeOf(request)?.leaveOut();
    const engine = engineBehind(telemetry);
    if (engine === undefined || !opens(engine)) return notFound(response);
    const own = pageOf(engine);
    if (server === undefined || own !== page) {
      page = own;
      server = new PageServer({ data: own.data, allow, readOnly });
    }
    // A mount may have what a client says in it.
    if (mount !== "" && own.ownPaths.size < maxOwnPaths) own.ownPaths.add(mount);
    if (isBare(request, mount)) return addSlash(response, mount);
    server.handle(request, response, path);
  };
}

/** Whether the page was asked for without the slash behind it, so that what it names relatively would be looked for elsewhere. */
function isBare(request: IncomingMessage, mount: string): boolean {
  const { originalUrl, url = "/" } = request as IncomingMessage & { readonly originalUrl?: unknown };
  return mount !== "" && pathOf(typeof originalUrl === "string" ? originalUrl : url) === mount;
}

function addSlash(response: ServerResponse, mount: string): void {
  const last = mount.slice(mount.lastIndexOf("/") + 1);
  response.statusCode = 302;
  // Relative, so that it leads nowhere else.
  response.setHeader("location", `./${encodeURI(last)}/`);
  response.end();
}

function notFound(response: ServerResponse): void {
  response.statusCode = 404;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.end("Not Found\n");
}

function pathOf(target: string): string {
  return target.replace(/[?#].*$/, "");
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, "");
}
