import type { AddressInfo } from "node:net";
import type { DynamicModule, INestApplication, NestApplicationOptions, Type } from "@nestjs/common";
import { type ClientAnswer, type ClientRequest, rawExchange, send, type World } from "@gossamer/testing/contract";
import type { NestModules } from "./nest-modules.ts";

/** An application of Nest of the case's own, beside the fixture app of its world. */
export interface ServedNest {
  readonly port: number;
  readonly app: INestApplication;
  get(path: string): Promise<ClientAnswer>;
  send(request: ClientRequest): Promise<ClientAnswer>;
  raw(text: string): Promise<string>;
}

export interface NestParts {
  readonly controllers?: Type<unknown>[];
  readonly providers?: NonNullable<DynamicModule["providers"]>;
  readonly imports?: NonNullable<DynamicModule["imports"]>;
  /** What `main.ts` does between creating and listening. */
  readonly main?: (app: INestApplication) => unknown;
  readonly options?: NestApplicationOptions;
}

/** The root module of an application, as a class that `@Module()` stands on. */
export function rootModule({ common }: NestModules, parts: NestParts): Type<unknown> {
  class AppModule {}
  const { imports = [], controllers = [], providers = [] } = parts;
  common.Module({ imports, controllers, providers })(AppModule);
  return AppModule;
}

/** Serves an application with our module first, for as long as `run` takes. */
export async function withNest(
  nest: NestModules,
  { telemetry }: Pick<World, "telemetry">,
  parts: NestParts,
  run: (app: ServedNest) => Promise<void>,
): Promise<void> {
  const imports = [nest.gossamer.TelemetryModule.forRoot(telemetry), ...(parts.imports ?? [])];
  await withPlainNest(nest, { ...parts, imports }, run);
}

/** The same without our module. */
export async function withPlainNest(
  nest: NestModules,
  parts: NestParts,
  run: (app: ServedNest) => Promise<void>,
): Promise<void> {
  const app = await nest.core.NestFactory.create(rootModule(nest, parts), nest.platform.adapter(), {
    logger: false,
    abortOnError: false,
    ...parts.options,
  });
  try {
    await parts.main?.(app);
    await app.listen(0, "127.0.0.1");
    const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
    await run({
      port,
      app,
      get: (path) => send("http1", port, { path }),
      send: (request) => send("http1", port, request),
      raw: (text) => rawExchange(port, text),
    });
  } finally {
    await app.close();
  }
}
