import type { IncomingMessage, ServerResponse } from "node:http";
import type { Telemetry } from "@gossamer/core";
import { mountedPage } from "./dev-page.ts";
import type { PageAccess } from "./page-options.ts";

export interface DevPagePluginOptions extends PageAccess {
  /** @default the one that the process has */
  readonly telemetry?: Telemetry;
  /** Fastify's own: where it lies. @default "/__gossamer" */
  readonly prefix?: string;
  /** Fastify's own. */
  readonly logLevel?: string;
}

/** What is used of Fastify. */
export interface PluginHost {
  readonly prefix: string;
  readonly supportedMethods?: readonly string[];
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    type: string,
    parse: (request: unknown, payload: unknown, done: (error: null) => void) => void,
  ): unknown;
  route(options: {
    method: string[];
    url: string;
    exposeHeadRoute?: boolean;
    handler: (request: { readonly raw: IncomingMessage }, reply: PluginReply) => void;
  }): unknown;
}

export interface PluginReply {
  readonly raw: ServerResponse;
  hijack(): unknown;
}

const defaultPrefix = "/__gossamer";
const commonMethods: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** The page as a plugin of Fastify: `app.register(devPagePlugin, { prefix: "/__gossamer" })`. What is asked of it is neither counted nor traced. */
export function devPagePlugin(app: PluginHost, options: DevPagePluginOptions, done: (error?: Error) => void): void {
  try {
    const { telemetry, prefix: _, logLevel: __, ...access } = options;
    const mounted = mountedPage(telemetry, access, "devPagePlugin");
    const base = (app.prefix === "" ? defaultPrefix : app.prefix).replace(/\/+$/, "");
    const urls = app.prefix === "" ? [defaultPrefix, `${defaultPrefix}/*`] : ["", "/*"];
    // The page reads bodies itself, and no more of them than it wants.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, _payload, parsed) => parsed(null));
    for (const url of urls) {
      app.route({
        // What the page answers 405 to is the page's too, and not the app's 404.
        method: [...(app.supportedMethods ?? commonMethods)],
        url,
        exposeHeadRoute: false,
        handler(request, reply) {
          reply.hijack();
          const path = (request.raw.url ?? "/").slice(base.length);
          mounted(request.raw, reply.raw, { mount: base, path: path.startsWith("/") ? path : `/${path}` });
        },
      });
    }
    done();
  } catch (error) {
    done(error as Error);
  }
}
