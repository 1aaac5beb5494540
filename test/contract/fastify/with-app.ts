import { telemetry as fastifyTelemetry } from "@gossamer/fastify";
import { type ClientAnswer, type ClientRequest, rawExchange, send, type World } from "@gossamer/testing/contract";
import type { FastifyInstance, FastifyServerOptions } from "fastify";
import { createApp, serve } from "./serve.ts";

/** A Fastify app of the case's own, beside the fixture app of its world. */
export interface ServedApp {
  readonly app: FastifyInstance;
  readonly port: number;
  get(path: string): Promise<ClientAnswer>;
  send(request: ClientRequest): Promise<ClientAnswer>;
  raw(text: string): Promise<string>;
}

/** Serves what `build` makes behind our plugin, for as long as `run` takes. */
export function withApp(
  world: World,
  build: (app: FastifyInstance) => unknown,
  run: (app: ServedApp) => Promise<void>,
  options?: FastifyServerOptions,
): Promise<void> {
  const behindPlugin = async (app: FastifyInstance): Promise<void> => {
    await app.register(fastifyTelemetry, world.telemetry);
    await build(app);
  };
  return withPlainApp(world, behindPlugin, run, options);
}

/** The same without our plugin. */
export async function withPlainApp(
  { protocol }: Pick<World, "protocol">,
  build: (app: FastifyInstance) => unknown,
  run: (app: ServedApp) => Promise<void>,
  options?: FastifyServerOptions,
): Promise<void> {
  const app = createApp({ protocol, tls: { key: Buffer.alloc(0), cert: Buffer.alloc(0) } }, options);
  await build(app);
  const { port, close } = await serve(app);
  try {
    await run({
      app,
      port,
      get: (path) => send(protocol, port, { path }),
      send: (request) => send(protocol, port, request),
      raw: (text) => rawExchange(port, text),
    });
  } finally {
    await close();
  }
}
