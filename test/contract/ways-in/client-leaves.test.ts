import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:http2";
import { telemetry as expressTelemetry } from "@gossamer/express";
import { telemetry as fastifyTelemetry } from "@gossamer/fastify";
import { createTestTelemetry, type TestTelemetry } from "@gossamer/testing";
import { identityNow, openRaw } from "@gossamer/testing/contract";
import express from "express";
import { fastify } from "fastify";
import { pinoHttp } from "pino-http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { begun } from "./begun.ts";
import { listening } from "./listening.ts";
import { aborted, settled } from "./settled.ts";

let kit: TestTelemetry;
beforeEach(() => {
  kit = createTestTelemetry();
});
afterEach(() => kit.stop());

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves one handler at `/`, and sends it requests that are cut off once it has begun. */
type Serve = (handle: Handle, run: (port: number) => Promise<void>) => Promise<void>;

const frameworks: readonly (readonly [string, Serve])[] = [
  [
    "Express",
    (handle, run) => {
      const app = express();
      app.use(expressTelemetry(kit.telemetry));
      app.all("/", handle);
      return listening(createServer(app), run);
    },
  ],
  [
    "Fastify",
    async (handle, run) => {
      const app = fastify();
      await app.register(fastifyTelemetry, kit.telemetry);
      app.addContentTypeParser("*", (_request, _payload, done) => {
        done(null);
      });
      app.all("/", (request, reply) => {
        reply.hijack();
        handle(request.raw, reply.raw);
      });
      await app.ready();
      await listening(app.server, run);
    },
  ],
];

async function cutOff(port: number, before: readonly string[] = []): Promise<void> {
  const connection = await openRaw(port);
  const all = [...before, "/"];
  const haveBegun = begun(all.length, connection.socket);
  connection.write(all.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(""));
  await haveBegun;
  connection.socket.destroy();
}

describe.for(frameworks)("%s", ([name, serve]) => {
  test("a response given in the `aborted` event was never sent: the request counts as aborted, without a status (R-M2, C12)", () =>
    serve(
      (request, response) => void request.on("aborted", () => response.end("too late")),
      async (port) => {
        await cutOff(port);
        const [span] = await settled(kit, 1);
        expect([await aborted(kit), span?.attributes["http.response.status_code"]]).toEqual([1, undefined]);
        expect(span?.attributes["error.type"]).toBe("aborted");
      },
    ));

  test("a response after `socket.destroy()` was never sent: the request counts as aborted, without a status (R-M2, C12)", () =>
    serve(
      (request, response) => {
        request.socket.destroy();
        response.end("too late");
      },
      async (port) => {
        await cutOff(port);
        const [span] = await settled(kit, 1);
        expect([await aborted(kit), span?.attributes["http.response.status_code"]]).toEqual([1, undefined]);
      },
    ));

  test.for<[string, string, (request: IncomingMessage, answer: () => void) => unknown]>([
    ["in the `aborted` event", "GET", (request, answer) => request.on("aborted", answer)],
    [
      "behind `socket.destroy()`",
      "GET",
      (request, answer) => {
        request.socket.destroy();
        answer();
      },
    ],
    [
      "in the `aborted` event of an upload, which Node itself tells that it was bad",
      "POST",
      (request, answer) => request.resume().on("aborted", answer),
    ],
  ])(
    "on a connection that was used before, a response %s was never sent either, whether written at once or in parts (R-M2, C12)",
    ([, method, when]) =>
      serve(
        (request, response) => {
          if (request.url === "/?warm") return void response.end("warm".repeat(500));
          when(request, () => {
            response.statusCode = 418;
            if (request.url === "/?parts") response.write("too ");
            response.end("late");
          });
        },
        async (port) => {
          for (const path of ["/", "/?parts"]) {
            const connection = await openRaw(port);
            connection.write("GET /?warm HTTP/1.1\r\nHost: x\r\n\r\n");
            await connection.until("warmwarm");
            const hasBegun = begun(1, connection.socket);
            connection.write(
              `${method} ${path} HTTP/1.1\r\nHost: x\r\n${method === "POST" ? "Content-Length: 90\r\n" : ""}\r\n`,
            );
            await hasBegun;
            connection.socket.destroy();
          }
          const spans = await settled(kit, 4);
          const statuses = spans.map(({ attributes }) => attributes["http.response.status_code"]);
          expect(statuses.toSorted()).toEqual([200, 200, undefined, undefined]);
          expect(await aborted(kit)).toBe(2);
        },
      ),
  );

  test("a response being sent when its client leaves has its status, also on a connection that was used before (R-M2, C12)", () =>
    serve(
      (request, response) => {
        response.statusCode = 203;
        response.end(request.url === "/?warm" ? "warm" : Buffer.alloc(30_000_000));
      },
      async (port) => {
        const connection = await openRaw(port);
        connection.write("GET /?warm HTTP/1.1\r\nHost: x\r\n\r\n");
        await connection.until("warm");
        connection.socket.pause();
        const hasBegun = begun(1, connection.socket);
        connection.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await hasBegun;
        connection.socket.destroy();
        const spans = await settled(kit, 2);
        expect(spans.map(({ attributes }) => attributes["http.response.status_code"])).toEqual([203, 203]);
        expect(await aborted(kit)).toBe(1);
      },
    ));

  test("a response that began while its client was still sending has its status if the client leaves (R-M2, C12)", () =>
    serve(
      (request, response) => {
        request.resume();
        response.statusCode = 202;
        response.write("progress");
      },
      async (port) => {
        const connection = await openRaw(port);
        connection.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n\r\nbegun");
        await connection.until("progress");
        connection.socket.destroy();
        const [span] = await settled(kit, 1);
        expect([await aborted(kit), span?.attributes["http.response.status_code"]]).toEqual([1, 202]);
      },
    ));

  test("pipelined requests whose client leaves before their turn count as aborted, and none stays active (R-M2, C12)", () =>
    serve(
      (request, response) => {
        if (request.url === "/?late") response.end("waits for its turn");
      },
      async (port) => {
        await cutOff(port, ["/?first", "/?late"]);
        const spans = await settled(kit, 3);
        expect(await aborted(kit)).toBe(3);
        expect(spans.map(({ attributes }) => attributes["http.response.status_code"])).toEqual([
          undefined,
          undefined,
          undefined,
        ]);
      },
    ));

  test("if the client leaves, listeners on request and response still run in the request's context (R-I8, C11)", async () => {
    const seen: [string, string, string][] = [];
    await serve(
      (request, response) => {
        const mine = identityNow().traceId;
        for (const [what, emitter] of [
          ["request", request],
          ["response", response],
        ] as const) {
          emitter.on("close", () => void seen.push([what, mine, identityNow().traceId]));
        }
      },
      async (port) => {
        await Promise.all([cutOff(port), cutOff(port)]);
        await settled(kit, 2);
        await expect.poll(() => seen.length).toBe(4);
      },
    );
    expect(seen.map(([what]) => what).toSorted()).toEqual(["request", "request", "response", "response"]);
    for (const [what, mine, then] of seen) expect(`${what} ${then}`).toBe(`${what} ${mine}`);
    expect(new Set(seen.map(([, mine]) => mine)).size, name).toBe(2);
  });
});

test("Fastify's onRequestAbort hooks run in the request's context (R-I8, C11)", async () => {
  const seen: string[] = [];
  const app = fastify();
  await app.register(fastifyTelemetry, kit.telemetry);
  app.addHook("onRequestAbort", (_request, done) => {
    seen.push(identityNow().traceId);
    done();
  });
  app.get("/", (_request, reply) => void reply.hijack());
  await app.ready();
  await listening(app.server, async (port) => {
    await cutOff(port);
    const [span] = await settled(kit, 1);
    await expect.poll(() => seen).toEqual([span?.traceId]);
  });
});

test("pino-http's line about an aborted request is written in that request's context (R-G1, C11)", async () => {
  const app = express();
  const lines: string[] = [];
  app.use(expressTelemetry(kit.telemetry));
  app.use(
    pinoHttp(
      { mixin: () => ({ trace_id: identityNow().traceId }) },
      { write: (line: string) => void lines.push(line) },
    ),
  );
  app.get("/", () => {});
  await listening(createServer(app), async (port) => {
    await cutOff(port);
    const [span] = await settled(kit, 1);
    await expect
      .poll(() => lines.map((line) => JSON.parse(line) as object))
      .toMatchObject([{ trace_id: span?.traceId, msg: "request aborted" }]);
  });
});

test("code that runs after an abort, on another connection, runs in no request's context (R-I8, C11)", async () => {
  const contexts: string[] = [];
  const app = express();
  app.use(expressTelemetry(kit.telemetry));
  app.get("/", () => {});
  const server = createServer(app);
  server.on("connection", () => void contexts.push(identityNow().traceId));
  await listening(server, async (port) => {
    await cutOff(port);
    await settled(kit, 1);
    const connection = await openRaw(port);
    await expect.poll(() => contexts.length).toBe(2);
    connection.socket.destroy();
  });
  expect(new Set(contexts)).toEqual(new Set([identityNow().traceId]));
});

test("over HTTP/2, headers written in the tick in which the session is destroyed cause no harm (R-M2, C12)", async () => {
  const thrown: unknown[] = [];
  const app = fastify({ http2: true });
  await app.register(fastifyTelemetry, kit.telemetry);
  app.get("/", (request, reply) => {
    reply.hijack();
    request.raw.stream.session?.destroy();
    try {
      reply.raw.writeHead(200, { "content-type": "text/event-stream" });
      reply.raw.end("too late");
    } catch (error) {
      thrown.push(error);
    }
  });
  const address = await app.listen({ port: 0, host: "127.0.0.1" });
  const session = connect(address);
  session.on("error", () => {});
  const stream = session.request({ ":path": "/" });
  stream.on("error", () => {});
  await once(stream, "close");
  await settled(kit, 1);
  session.destroy();
  await app.close();
  expect([thrown, await aborted(kit)]).toEqual([[], 1]);
});
