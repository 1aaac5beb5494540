import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import websocket, { type WebsocketHandler } from "@fastify/websocket";
import { type ContractCase, openRaw, type World } from "@gossamer/testing/contract";
import type { FastifyInstance, preHandlerHookHandler } from "fastify";
import { withApp } from "./with-app.ts";

const lastsMs = 60;

function upgradeRequest(path: string): string {
  return [
    `GET ${path} HTTP/1.1`,
    "Host: x",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "\r\n",
  ].join("\r\n");
}

/** The ways a Fastify reply leaves that are no `send` of a value. */
export const fastifyReplyCases: readonly ContractCase[] = [
  {
    title: "a hijacked reply gets one record with the status that the service wrote (R-M1)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.get("/hijacked", (_request, reply) => {
            reply.hijack();
            reply.raw.writeHead(202, { "content-type": "text/plain" });
            reply.raw.end("by hand");
          });
        },
        async (app) => {
          assert.equal((await app.get("/hijacked")).body, "by hand");
          const { requests, aborted } = await world.settle(1);
          assert.equal(Number(requests[0]?.attributes["http.response.status_code"]), 202);
          assert.equal(aborted, 0);
        },
      ),
  },
  {
    title: "a response written directly to the socket's response object gets one record with its status (R-M1)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.get("/raw", async (_request, reply) => {
            reply.raw.statusCode = 203;
            reply.raw.end("past it");
            return reply;
          });
        },
        async (app) => {
          assert.equal((await app.get("/raw")).body, "past it");
          const { requests } = await world.settle(1);
          assert.equal(Number(requests[0]?.attributes["http.response.status_code"]), 203);
        },
      ),
  },
  {
    title: "Node streams, web streams and Response objects are sent unchanged and count as completed (R-M1)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.get("/node", (_request, reply) => reply.send(Readable.from(["one,", "two"])));
          app.get("/web", (_request, reply) => reply.send(new Blob(["one,", "two"]).stream()));
          app.get("/response", (_request, reply) => reply.send(new Response("one,two", { status: 201 })));
        },
        async (app) => {
          for (const path of ["/node", "/web", "/response"]) assert.equal((await app.get(path)).body, "one,two");
          const { requests, aborted } = await world.settle(3);
          assert.equal(aborted, 0);
          assert.deepEqual(
            requests.map(({ attributes }) => Number(attributes["http.response.status_code"])),
            [200, 200, 201],
          );
        },
      ),
  },
  {
    title: "an event stream sent by Fastify is measured as a stream: its duration is the time to the headers (R-M2)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.get("/events", (_request, reply) => {
            const events = new Readable({ read: () => {} });
            events.push("data: first\n\n");
            setTimeout(() => events.push(null), lastsMs);
            return reply.type("text/event-stream").send(events);
          });
        },
        async (app) => {
          await app.get("/events");
          const { durations, streams } = await world.settle(1);
          assert.ok(Number(durations[0]?.sum) < lastsMs / 1_000, `${durations[0]?.sum}`);
          assert.ok(Number(streams[0]?.sum) >= (lastsMs - 5) / 1_000, `${streams[0]?.sum}`);
        },
      ),
  },
  {
    title: "a stream that fails midway counts as aborted, with the status that was sent (R-M2)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.get("/breaks", (_request, reply) => {
            const broken = new Readable({ read: () => {} });
            broken.push("one");
            setTimeout(() => broken.destroy(new Error("disk gone")), 5);
            return reply.send(broken);
          });
        },
        async (app) => {
          await assert.rejects(app.get("/breaks"));
          const { requests, aborted } = await world.settle(1);
          assert.equal(aborted, 1);
          assert.equal(requests[0]?.attributes["error.type"], "aborted");
        },
      ),
  },
  {
    title: "an event stream that fails midway counts as aborted and is kept (R-M2, R-S10)",
    telemetry: { sampleRatio: 0 },
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.get("/events", (_request, reply) => {
            const broken = new Readable({ read: () => {} });
            broken.push("data: first\n\n");
            setTimeout(() => broken.destroy(new Error("feed gone")), 5);
            return reply.type("text/event-stream").send(broken);
          });
        },
        async (app) => {
          await assert.rejects(app.get("/events"));
          const { requests, streams, aborted } = await world.settle(1);
          assert.deepEqual([streams.length, aborted], [1, 1]);
          const { attributes } = requests[0] ?? assert.fail();
          assert.deepEqual([attributes["error.type"], attributes["sampling.reason"]], ["aborted", "aborted"]);
        },
      ),
  },
  {
    title: "a request made with inject() is counted like a client's, whether it completes or is cut off (R-A2)",
    run: (world) =>
      withApp(
        world,
        (app) => {
          app.get("/items/:id", async ({ params }) => params);
          app.get("/cut", (_request, reply) => void reply.raw.destroy());
        },
        async ({ app }) => {
          assert.equal((await app.inject("/items/7")).body, '{"id":"7"}');
          const first = await world.settle(1);
          assert.equal(first.requests[0]?.name, "GET /items/:id");
          assert.equal(first.aborted, 0);
          await assert.rejects(app.inject("/cut"));
          assert.equal((await world.settle(2)).aborted, 1);
        },
      ),
  },
  {
    title:
      "a web socket gets one record with status 101 and the time to the upgrade, and does not count as aborted (R-M2)",
    run: (world) =>
      withApp(world, sockets(world), async ({ port }) => {
        const connection = await openRaw(port);
        connection.write(upgradeRequest("/socket/7"));
        await connection.until("hello");
        await sleep(lastsMs);
        connection.reset();
        const { requests, durations, streams, aborted } = await world.settle(1);
        const { name, attributes } = requests[0] ?? assert.fail();
        assert.equal(name, "GET /socket/:room");
        assert.equal(Number(attributes["http.response.status_code"]), 101);
        assert.equal("error.type" in attributes, false);
        assert.ok(Number(durations[0]?.sum) < lastsMs / 1_000, `${durations[0]?.sum}`);
        assert.ok(Number(streams[0]?.sum) >= (lastsMs - 5) / 1_000, `${streams[0]?.sum}`);
        assert.equal(aborted, 0);
      }),
  },
  {
    title: "a web socket that a hook refuses gets one record with the status of the refusal (R-M1)",
    run: (world) =>
      withApp(world, sockets(world), async ({ port }) => {
        const connection = await openRaw(port);
        connection.write(upgradeRequest("/guarded"));
        await connection.until("HTTP/1.1 401");
        connection.reset();
        const { requests, streams, aborted } = await world.settle(1);
        assert.equal(Number(requests[0]?.attributes["http.response.status_code"]), 401);
        assert.deepEqual([streams.length, aborted], [0, 0]);
      }),
  },
  {
    title: "a client that leaves before its web socket opens counts as aborted, without a status (R-M2)",
    run: (world) =>
      withApp(world, sockets(world), async ({ port }) => {
        const connection = await openRaw(port);
        connection.write(upgradeRequest("/waiting"));
        await world.fixture.latches.wait("waiting:entered");
        connection.reset();
        const { requests, aborted } = await world.settle(1);
        assert.equal("http.response.status_code" in (requests[0]?.attributes ?? {}), false);
        assert.equal(aborted, 1);
      }),
  },
];

/** Routes of `@fastify/websocket`: one that greets, one that is guarded, one whose guard never answers. */
function sockets({ fixture }: World): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    await app.register(websocket);
    const greet: WebsocketHandler = (socket) => {
      socket.on("error", () => {});
      socket.send("hello");
    };
    app.get("/socket/:room", { websocket: true }, greet);
    app.get("/guarded", { websocket: true, preHandler: (_request, reply) => void reply.code(401).send("no") }, greet);
    const never = (): void => fixture.latches.open("waiting:entered");
    app.get("/waiting", { websocket: true, preHandler: never as preHandlerHookHandler }, greet);
  };
}
