import multipart from "@fastify/multipart";
import type * as platformFastify from "@nestjs/platform-fastify";
import { type FixtureApp, maxHeaderSize } from "@gossamer/testing/contract";
import type { FastifyInstance } from "fastify";
import { serve } from "../fastify/serve.ts";
import type { NestPlatform } from "./nest-modules.ts";

/** Nest's platform for Fastify, of whichever version. */
export function fastifyPlatform({ FastifyAdapter }: typeof platformFastify): NestPlatform {
  return {
    name: "fastify",
    adapter(options) {
      if (options === undefined) return new FastifyAdapter() as never;
      const adapter = new FastifyAdapter({ ...serverOptions(options) } as never);
      const app = adapter.getInstance() as unknown as FastifyInstance;
      void adapter.register(multipart as never, { attachFieldsToBody: "keyValues" } as never);
      // As a service does that reads bodies itself: what nobody parses is left on the request.
      app.addContentTypeParser("*", (_request, _payload, done) => {
        done(null);
      });
      return adapter as never;
    },
    beforeRouting(app, handle) {
      // `app.use` would miss what Nest itself refuses before it.
      (app.getHttpAdapter() as unknown as platformFastify.FastifyAdapter).setOnRequestHook(
        (request, _reply, done: (error?: Error) => void) => {
          handle(request.raw).then(() => {
            done();
          }, done);
        },
      );
    },
    serve: (adapter) => serve(adapter.getInstance() as FastifyInstance),
  };
}

function serverOptions({ protocol, tls }: Pick<FixtureApp, "protocol" | "tls">): object {
  const all = { routerOptions: { maxParamLength: maxHeaderSize } };
  if (protocol === "http2") return { ...all, http2: true, https: tls };
  return protocol === "tls" ? { ...all, https: { ...tls, maxHeaderSize } } : { ...all, http: { maxHeaderSize } };
}
