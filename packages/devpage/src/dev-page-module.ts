import type { IncomingMessage, ServerResponse } from "node:http";
import type { Telemetry } from "@gossamer/core";
import { mountedPage, type MountedPage } from "./dev-page.ts";
import { type PageAccess, readModuleOptions } from "./page-options.ts";

export interface DevPageModuleOptions extends PageAccess {
  /** @default the one that the process has */
  readonly telemetry?: Telemetry;
  /** Where it lies. @default "__gossamer" */
  readonly path?: string;
}

/** What is used of Nest. */
export interface MiddlewareHost {
  apply(middleware: (request: IncomingMessage, response: ServerResponse) => void): {
    forRoutes(...routes: string[]): unknown;
  };
}

const defaultPath = "__gossamer";

/**
 * The page as a module of Nest, on Express or on Fastify: `imports: [TelemetryModule.forRoot(…), DevPageModule.forRoot()]`. What is asked of it is neither
 * counted nor traced.
 */
export class DevPageModule {
  /** @throws OptionError for a wrong option */
  static forRoot(options: DevPageModuleOptions = {}): { module: new () => object } {
    const { path = defaultPath, telemetry: _, ...access } = readModuleOptions(options);
    const mounted = mountedPage(options.telemetry, access, "DevPageModule.forRoot");
    const name = path.replaceAll(/^\/+|\/+$/g, "");
    // Nest makes one of each class: that of this page.
    class MountedDevPageModule {
      configure(consumer: MiddlewareHost): void {
        consumer
          .apply((request, response) => answer(mounted, name, request, response))
          .forRoutes(name, `${name}/*path`);
      }
    }
    return { module: MountedDevPageModule };
  }
}

/** The mount stands somewhere in the path, behind a prefix for all routes. */
function answer(mounted: MountedPage, name: string, request: IncomingMessage, response: ServerResponse): void {
  const { originalUrl, url = "/" } = request as IncomingMessage & { readonly originalUrl?: unknown };
  const full = typeof originalUrl === "string" ? originalUrl : url;
  const at = full.indexOf(`/${name}`);
  const mount = full.slice(0, at + name.length + 1);
  const path = full.slice(mount.length);
  mounted(request, response, { mount, path: path.startsWith("/") ? path : `/${path}` });
}
