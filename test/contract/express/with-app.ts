import { telemetry as expressTelemetry } from "@gossamer/express";
import type { Express } from "express";
import { type ClientAnswer, type ClientRequest, rawExchange, send, type World } from "@gossamer/testing/contract";
import type { ExpressModule } from "./express-module.ts";
import { serve } from "./serve.ts";

/** An Express app of the case's own, beside the fixture app of its world. */
export interface ServedApp {
  readonly port: number;
  get(path: string): Promise<ClientAnswer>;
  send(request: ClientRequest): Promise<ClientAnswer>;
  raw(text: string): Promise<string>;
}

/** Serves what `build` makes behind our middleware, for as long as `run` takes. */
export async function withApp(
  express: ExpressModule,
  { telemetry, protocol }: World,
  build: (app: Express) => void,
  run: (app: ServedApp) => Promise<void>,
): Promise<void> {
  await withPlainApp(
    express,
    { protocol },
    (app) => {
      app.use(expressTelemetry(telemetry));
      build(app);
    },
    run,
  );
}

/** The same without our middleware. */
export async function withPlainApp(
  express: ExpressModule,
  { protocol }: Pick<World, "protocol">,
  build: (app: Express) => void,
  run: (app: ServedApp) => Promise<void>,
): Promise<void> {
  const app = express();
  build(app);
  const { port, close } = await serve(app, { protocol, tls: { key: Buffer.alloc(0), cert: Buffer.alloc(0) } });
  try {
    await run({
      port,
      get: (path) => send(protocol, port, { path }),
      send: (request) => send(protocol, port, request),
      raw: (text) => rawExchange(port, text),
    });
  } finally {
    await close();
  }
}
