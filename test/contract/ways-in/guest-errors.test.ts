import { AsyncLocalStorage } from "node:async_hooks";
import { createServer } from "node:http";
import { createTelemetry, resetTelemetry } from "@gossamer/core";
import { telemetry as expressTelemetry } from "@gossamer/express";
import { context, ROOT_CONTEXT, trace, type Context, type ContextManager } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import express, { type ErrorRequestHandler } from "express";
import {
  BasicTracerProvider,
  InMemorySpanExporter as InMemorySpanExporter2,
  SimpleSpanProcessor as SimpleSpanProcessor2,
} from "sdk-trace2";
import { afterEach, describe, expect, test } from "vitest";
import { listening } from "./listening.ts";

afterEach(async () => {
  await resetTelemetry();
  trace.disable();
  context.disable();
});

const manager = (): ContextManager => {
  const storage = new AsyncLocalStorage<Context>();
  return {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, fn, thisArg, ...args) => storage.run(active, () => Reflect.apply(fn, thisArg, args) as never),
    bind: (_context, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  } as ContextManager;
};

const sdks: readonly (readonly [string, () => { readonly names: () => string[] }])[] = [
  [
    "the SDK 2",
    () => {
      const exporter = new InMemorySpanExporter2();
      trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor2(exporter)] }));
      return { names: () => exporter.getFinishedSpans().map(({ name }) => name) };
    },
  ],
  [
    "the SDK 3",
    () => {
      const exporter = new InMemorySpanExporter();
      trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
      return { names: () => exporter.getFinishedSpans().map(({ name }) => name) };
    },
  ],
];

const shy = (key: string): Error =>
  Object.defineProperty(new Error("shy"), key, {
    get() {
      throw new Error("do not look");
    },
  });

const thrown: readonly unknown[] = [
  Symbol("thrown"),
  Object.create(null),
  Object.assign(new Error("odd"), { code: Symbol("odd") }),
  Object.assign(new Error("odd"), { code: Object.create(null) as unknown }),
  shy("code"),
  shy("message"),
  shy("stack"),
  shy("name"),
];

describe.for(sdks)("as a guest of %s", ([, start]) => {
  test("anything a handler throws is answered by the service's own error handler, and its span is written (A10)", async () => {
    const { names } = start();
    context.setGlobalContextManager(manager());
    const engine = createTelemetry({
      exporter: "none",
      diagnostics: "none",
      serviceName: "guest",
      shutdown: { signals: false },
    });
    const app = express();
    app.use(expressTelemetry(engine));
    app.get("/throws/:which", (request) => {
      throw thrown[Number(request.params.which)];
    });
    const handled: unknown[] = [];
    const teapot: ErrorRequestHandler = (error, _request, response, _next) => {
      handled.push(error);
      response.status(418).send("teapot");
    };
    app.use(teapot);
    await listening(createServer(app), async (port) => {
      for (const which of thrown.keys()) {
        const answer = await fetch(`http://127.0.0.1:${port}/throws/${which}`);
        expect([which, answer.status, await answer.text()]).toEqual([which, 418, "teapot"]);
      }
      await expect.poll(names).toHaveLength(thrown.length);
    });
    expect(handled).toEqual(thrown);
    expect(engine.status().faults).toEqual({});
  });
});
