import type { IncomingMessage } from "node:http";
import type * as platformExpress from "@nestjs/platform-express";
import type { Express } from "express";
import { serve } from "../express/serve.ts";
import type { NestPlatform } from "./nest-modules.ts";

/** Nest's platform for Express, of whichever version. */
export function expressPlatform({ AnyFilesInterceptor, ExpressAdapter }: typeof platformExpress): NestPlatform {
  return {
    name: "express",
    adapter: () => new ExpressAdapter(),
    beforeRouting(app, handle) {
      app.use((request: IncomingMessage, _response: unknown, next: (error?: unknown) => void) => {
        handle(request).then(() => {
          next();
        }, next);
      });
    },
    serve: (adapter, options) => serve(adapter.getInstance() as Express, options),
    anyFiles: () => AnyFilesInterceptor(),
  };
}
