import { createServer } from "node:http";
import { createRequire, registerHooks } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { telemetry as expressTelemetry } from "@gossamer/express";
import { createTestTelemetry, type TestTelemetry } from "@gossamer/testing";
import { PaymentError } from "@gossamer/testing/contract";
import { context as otelContext, createContextKey } from "@opentelemetry/api";
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import express4 from "express4";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listening } from "./listening.ts";
import { settled } from "./settled.ts";

let kit: TestTelemetry;
beforeEach(() => {
  kit = createTestTelemetry({ internalSpans: true });
});
afterEach(() => kit.stop());

/** A copy of Express 4 that knows promises: the library changes the one that it finds, for good. */
function withAsyncErrors(): typeof express {
  const require = createRequire(import.meta.url);
  for (const file of Object.keys(require.cache)) {
    if (file.includes("/node_modules/express/")) Reflect.deleteProperty(require.cache, file);
  }
  const hooks = registerHooks({
    resolve: (name, context, resolve) =>
      resolve(name.startsWith("express/") ? require.resolve(name.replace("express", "express4")) : name, context),
  });
  require("express-async-errors");
  hooks.deregister();
  return require("express4") as typeof express;
}

test("with express-async-errors, each layer is wrapped once, no matter how many routes are added later (R-I1, A8)", async () => {
  const make = withAsyncErrors();
  const app = make();
  const depths: number[] = [];
  app.use(expressTelemetry(kit.telemetry));
  app.use(function session(_request, _response, next) {
    next();
  });
  const hidden = new Map<string, ReturnType<typeof make.Router>>();
  // Routers that no walk finds, a new one for each path.
  app.use((request, response, next) => {
    let router = hidden.get(request.path);
    if (router === undefined) {
      router = make.Router();
      router.get(request.path, async () => {
        await Promise.resolve();
        throw new PaymentError("declined");
      });
      hidden.set(request.path, router);
    }
    router(request, response, next);
  });
  const handler: ErrorRequestHandler = (_error, _request, response, _next) => {
    depths.push((new Error("here").stack ?? "").split("\n").length);
    response.status(402).send("handled");
  };
  app.use(handler);
  Error.stackTraceLimit = 200;
  await listening(createServer(app), async (port) => {
    for (let i = 0; i < 5; i++) {
      expect((await fetch(`http://127.0.0.1:${port}/pay/${i}`)).status).toBe(402);
      await sleep(250);
    }
    await settled(kit, 5);
  });
  Error.stackTraceLimit = 10;
  expect(new Set(depths).size).toBe(1);
  const requests = kit.spans.filter(({ kind }) => kind === "server");
  const steps = requests.map(({ traceId }) => kit.spans.filter((span) => span.traceId === traceId).length);
  expect(steps).toEqual([3, 3, 3, 3, 3]);
});

test("with express-async-errors, options in front of a router hold for its routes (R-S5, A8)", async () => {
  const make = withAsyncErrors();
  const app = make();
  app.use(expressTelemetry(kit.telemetry));
  const router = make.Router();
  router.use(expressTelemetry.route({ trace: false }));
  router.get("/health", (_request, response) => void response.send("well"));
  app.use("/internal", router);
  app.get("/report", expressTelemetry.route({ trace: false }), (_request, response) => void response.send("report"));
  await listening(createServer(app), async (port) => {
    for (const path of ["/internal/health", "/report"]) await fetch(`http://127.0.0.1:${port}${path}`);
  });
  expect(kit.telemetry.status().sampling.decisions).toEqual({ "route-options:unsampled": 2 });
});

describe.for([
  ["Express 5", express],
  ["Express 4", express4],
] as const)("%s", ([, make]) => {
  async function answersOf(build: (app: Express) => void, paths: readonly string[], observed = true) {
    const app = make();
    if (observed) app.use(expressTelemetry(kit.telemetry));
    build(app);
    return listening(createServer(app), async (port) => {
      const answers = [];
      for (const path of paths) {
        const { status, ...response } = await fetch(`http://127.0.0.1:${port}${path}`).then(async (answer) => ({
          status: answer.status,
          body: await answer.text(),
        }));
        answers.push([status, response.body]);
      }
      return answers;
    });
  }

  test("options in front of a router hold beside spans for its middleware, and behind a wrapper that hands on what it finds (R-S5, R-I1)", async () => {
    const wrapped = <T extends RequestHandler>(handler: T): RequestHandler =>
      Object.assign<RequestHandler, T>((request, response, next) => void handler(request, response, next), handler);
    const mounts = {
      "/plain": expressTelemetry.route({ trace: false }),
      "/wrapped": wrapped(expressTelemetry.route({ trace: false })),
    };
    await answersOf((app) => {
      for (const [path, options] of Object.entries(mounts)) {
        const router = make.Router();
        router.use(options);
        router.get("/", (_request, response) => void response.send("ok"));
        app.use(path, router);
      }
    }, Object.keys(mounts));
    expect(kit.telemetry.status().sampling.decisions).toEqual({ "route-options:unsampled": 2 });
    expect(kit.spans).toEqual([]);
  });

  test("spans for many middleware functions add one listener to a response and cause no warning (R-I1, A12)", async () => {
    const warnings: string[] = [];
    const warned = (warning: Error): void => void warnings.push(warning.name);
    process.on("warning", warned);
    let listeners = 0;
    const answers = await answersOf(
      (app) => {
        for (let i = 0; i < 20; i++) {
          app.use((_request, _response, next) => {
            setImmediate(next);
          });
        }
        app.get("/", (_request, response) => {
          listeners = response.listenerCount("close");
          response.send("x");
        });
      },
      ["/", "/"],
    );
    await settled(kit, 2);
    process.off("warning", warned);
    expect([answers, warnings]).toEqual([
      [
        [200, "x"],
        [200, "x"],
      ],
      [],
    ]);
    expect(listeners).toBeLessThan(6);
  });

  test("a middleware finds its `next` as `request.next` and may call either (A13)", async () => {
    const same: boolean[] = [];
    const build = (app: Express): void => {
      const compares: RequestHandler = (request, _response, next) => {
        same.push(request.next === next);
        if (request.query["by"] === "request") request.next?.();
        else next();
      };
      app.use(compares, compares);
      app.use("/format", (_request, response) => {
        response.format({ "application/x-none": () => response.send("x") });
      });
      app.get("/", (_request, response) => void response.send("x"));
      const handler: ErrorRequestHandler = (error: { status?: number }, _request, response, _next) =>
        void response.status(error.status ?? 500).send("handled");
      app.use(handler);
    };
    const paths = ["/", "/?by=request", "/format"];
    const bare = await answersOf(build, paths, false);
    const seen = same.splice(0);
    expect(await answersOf(build, paths)).toEqual(bare);
    await settled(kit, 3);
    expect(same).toEqual(seen);
  });

  test("what a middleware puts into the context stays for later handlers; its span does not (R-I1, R-I8)", async () => {
    const key = createContextKey("tenant");
    const seen: unknown[] = [];
    await answersOf(
      (app) => {
        app.use(function tenant(_request, _response, next) {
          otelContext.with(otelContext.active().setValue(key, "acme"), next);
        });
        app.get("/", (_request, response) => {
          seen.push(otelContext.active().getValue(key));
          kit.telemetry.span("handled", () => {});
          response.send("x");
        });
      },
      ["/"],
    );
    const [request] = await settled(kit, 1);
    expect(seen).toEqual(["acme"]);
    expect(kit.spans.find(({ name }) => name === "handled")?.parentSpanId).toBe(request?.spanId);
  });
});

test("on Express 4, a rejected promise of a middleware with a span is as unhandled as without one (R-I1, A6)", async () => {
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  const unhandled: unknown[] = [];
  process.on("unhandledRejection", (error) => void unhandled.push(error));
  try {
    const app = express4();
    app.use(expressTelemetry(kit.telemetry));
    app.use(async function rejects(_request, response, _next) {
      response.send("answered");
      await Promise.resolve();
      throw new PaymentError("declined");
    });
    await listening(createServer(app), async (port) => {
      // The first request finds the middleware.
      for (const path of ["/1", "/2"]) await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
      await settled(kit, 2);
      await expect.poll(() => unhandled.length).toBe(2);
    });
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const listener of others) process.on("unhandledRejection", listener);
  }
  expect(unhandled.map(String)).toEqual(["PaymentError: declined", "PaymentError: declined"]);
});
