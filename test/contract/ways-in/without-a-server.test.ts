import { createServer } from "node:http";
import { createRequire } from "node:module";
import awsLambda from "@fastify/aws-lambda";
import { configure as serverlessExpress } from "@codegenie/serverless-express";
import { telemetry as expressTelemetry } from "@gossamer/express";
import { telemetry as fastifyTelemetry } from "@gossamer/fastify";
import { createTestTelemetry, type TestTelemetry } from "@gossamer/testing";
import express, { type Express } from "express";
import express4 from "express4";
import { fastify } from "fastify";
import inject from "light-my-request";
import serverless from "serverless-http";
import request from "supertest";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listening } from "./listening.ts";
import { aborted, settled } from "./settled.ts";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const require = createRequire(import.meta.url);

let kit: TestTelemetry;
beforeEach(() => {
  kit = createTestTelemetry();
});
afterEach(() => kit.stop());

function shop(make: () => Express): Express {
  const app = make();
  app.use(expressTelemetry(kit.telemetry));
  app.get("/items/:id", (incoming, response) => void response.json({ id: incoming.params["id"] }));
  app.get("/parts", (_incoming, response) => {
    response.write("one ");
    setImmediate(() => response.end("two"));
  });
  app.get("/broken", () => {
    throw new Error("on purpose");
  });
  app.set("env", "test");
  return app;
}

/** The event of an API gateway. */
function gatewayEvent(path: string): object {
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: "",
    headers: { host: "shop.example", traceparent },
    requestContext: { http: { method: "GET", path, sourceIp: "192.0.2.7" }, stage: "$default" },
    isBase64Encoded: false,
  };
}

interface Answer {
  readonly statusCode: number;
  readonly body: string;
}

async function assertRecords(handle: (event: object, context: object) => Promise<unknown>): Promise<void> {
  const answers: Answer[] = [];
  for (const path of ["/items/7", "/broken"]) answers.push((await handle(gatewayEvent(path), {})) as Answer);
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 500]);
  expect(answers[0]?.body).toBe('{"id":"7"}');
  const spans = await settled(kit, 2);
  expect(await aborted(kit)).toBe(0);
  expect(spans.map(({ name, attributes }) => [name, attributes["http.response.status_code"]])).toEqual([
    ["GET /items/:id", 200],
    ["GET /broken", 500],
  ]);
  for (const { traceId, parentSpanId } of spans) {
    expect([traceId, parentSpanId]).toEqual([traceparent.slice(3, 35), traceparent.slice(36, 52)]);
  }
}

test("a serverless function that flushes before it returns has sent its telemetry (R-A9, C3)", async () => {
  const exported: string[] = [];
  await kit.stop();
  kit = createTestTelemetry({
    exporter: {
      export(spans: readonly { readonly name: string }[], done: (result: { code: number }) => void) {
        exported.push(...spans.map(({ name }) => name));
        done({ code: 0 });
      },
      shutdown: () => Promise.resolve(),
    } as never,
  });
  const handle = serverless(shop(express)) as (event: object, context: object) => Promise<unknown>;
  await handle(gatewayEvent("/items/7"), {});
  expect(await kit.telemetry.flush()).toBe(true);
  expect(exported).toEqual(["GET /items/:id"]);
});

describe.for([
  ["Express 5", express],
  ["Express 4", express4],
] as const)("%s", ([, make]) => {
  test("behind serverless-http, each event gets one complete record in the caller's trace (R-A9, C3)", () =>
    assertRecords(serverless(shop(make)) as never));

  test("behind @codegenie/serverless-express, each event gets one complete record in the caller's trace (R-A9, C3)", () =>
    assertRecords(serverlessExpress({ app: shop(make) }) as never));

  test("a request made with supertest gets one record, as over a socket (R-A9, C4)", async () => {
    const app = shop(make);
    await request(app).get("/items/7").expect(200, { id: "7" });
    await request(app).get("/broken").expect(500);
    const spans = await settled(kit, 2);
    expect(spans.map(({ attributes }) => attributes["http.response.status_code"])).toEqual([200, 500]);
    expect(await aborted(kit)).toBe(0);
  });
});

describe("light-my-request on Express", () => {
  /** A copy of its own: light-my-request gives the prototypes of Express itself other parents, for good. */
  function copyOf(name: string): typeof express {
    for (const file of Object.keys(require.cache)) {
      if (file.includes("/node_modules/express/")) Reflect.deleteProperty(require.cache, file);
    }
    return require(name) as typeof express;
  }

  test.for(["express", "express4"])(
    "%s: an injected request gets one record, as over a socket (R-A9, C4)",
    async (name) => {
      const app = shop(copyOf(name));
      const answers = [];
      for (const url of ["/items/7", "/parts", "/broken"]) answers.push(await inject(app as never, { url }));
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 500]);
      expect(answers.map(({ payload }) => payload).slice(0, 2)).toEqual(['{"id":"7"}', "one two"]);
      const spans = await settled(kit, 3);
      expect(spans.map(({ attributes }) => attributes["http.response.status_code"])).toEqual([200, 200, 500]);
      expect(await aborted(kit)).toBe(0);
    },
  );

  test.for(["express", "express4"])(
    "%s: an injected response after a real request is the same as bare Express's (A9)",
    async (name) => {
      const app = shop(copyOf(name));
      const real = await listening(createServer(app), async (port) =>
        (await fetch(`http://127.0.0.1:${port}/parts`)).text(),
      );
      expect(real).toBe("one two");
      const injected = [];
      for (const url of ["/items/7", "/parts"]) injected.push((await inject(app as never, { url })).payload);
      expect(injected).toEqual(['{"id":"7"}', "one two"]);
      await settled(kit, 3);
      expect(await aborted(kit)).toBe(0);
    },
  );

  test.for(["express", "express4"])("%s: code that patches a response later is still called (A9)", async (name) => {
    const app = shop(copyOf(name));
    await listening(createServer(app), async (port) => {
      await fetch(`http://127.0.0.1:${port}/parts`);
      const base = Object.getPrototypeOf(app.response) as { write: (...args: unknown[]) => unknown };
      const { write } = base;
      const seen: unknown[] = [];
      base.write = function (...args: unknown[]) {
        seen.push(args[0]);
        return Reflect.apply(write, this, args);
      };
      await fetch(`http://127.0.0.1:${port}/parts`);
      Reflect.deleteProperty(base, "write");
      expect(seen).toEqual(["one "]);
    });
  });
});

describe("Fastify", () => {
  const app = async () => {
    const made = fastify();
    await made.register(fastifyTelemetry, kit.telemetry);
    made.get("/items/:id", (incoming, reply) => {
      reply.send({ id: (incoming.params as { id: string }).id });
    });
    made.get("/broken", () => {
      throw new Error("on purpose");
    });
    await made.ready();
    return made;
  };

  test("behind serverless-http, each event gets one complete record in the caller's trace (R-A9, C3)", async () => {
    await assertRecords(serverless((await app()) as never) as never);
  });

  test("behind @fastify/aws-lambda, each event gets one complete record in the caller's trace, from the first one on (R-A9, C3)", async () => {
    const made = fastify();
    // As its users write it: the app is made ready by the first event.
    made.register(fastifyTelemetry, kit.telemetry);
    made.after(() => {
      made.get("/items/:id", (incoming, reply) => {
        reply.send({ id: (incoming.params as { id: string }).id });
      });
      made.get("/broken", () => {
        throw new Error("on purpose");
      });
    });
    await assertRecords(awsLambda(made) as never);
  });

  test("behind @codegenie/serverless-express, each event gets one complete record in the caller's trace (R-A9, C3)", async () => {
    const made = await app();
    await assertRecords(
      serverlessExpress({
        app: ((incoming: object, response: object) => made.routing(incoming as never, response as never)) as never,
      }) as never,
    );
  });
});
