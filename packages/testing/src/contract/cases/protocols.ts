import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import type { ContractCase } from "../contract-case.ts";
import type { World } from "../world.ts";

/** The same over TLS and over HTTP/2. */
export const protocolCases: readonly ContractCase[] = [
  {
    title: "over HTTP/1.0, a request without a host is recorded without an invented host (R-I11)",
    async run({ raw, settle }) {
      assert.match(await raw("GET /items/1 HTTP/1.0\r\n\r\n"), /^HTTP\/1\.1 200 /);
      const { requests } = await settle(1);
      assert.equal(requests[0]?.attributes["network.protocol.version"], "1.0");
      assert.equal("server.address" in (requests[0]?.attributes ?? {}), false);
    },
  },
  {
    title: "over TLS, a request is recorded as https (R-I11)",
    protocol: "tls",
    run: (world) => assertRequests(world, "1.1"),
  },
  {
    title: "over HTTP/2, a request is recorded as https and version 2 (R-I11)",
    protocol: "http2",
    run: (world) => assertRequests(world, "2"),
  },
  {
    title: "over TLS, the client's address and port are recorded (R-I11)",
    protocol: "tls",
    run: (world) => assertPeer(world),
  },
  {
    title: "over HTTP/2, the client's address and port are recorded (R-I11)",
    protocol: "http2",
    run: (world) => assertPeer(world),
  },
  {
    title: "over HTTP/2, many requests on one connection do not mix (R-I11)",
    protocol: "http2",
    async run({ port, settle }) {
      const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
      try {
        await Promise.all(
          Array.from({ length: 30 }, async (_, i) => {
            const stream = session.request({ ":path": `/identity/${i}` });
            stream.resume();
            await once(stream, "close");
          }),
        );
        const seen = await settle(30);
        assert.equal(new Set(seen.requests.map(({ traceId }) => traceId)).size, 30);
        for (let i = 0; i < 30; i++) {
          assert.equal(seen.request(`/identity/${i}`).attributes["request.number"], String(i));
        }
      } finally {
        session.destroy();
      }
    },
  },
  {
    title:
      "over HTTP/2, a request cancelled before any response counts as aborted, without an invented status (R-I11, R-M2)",
    protocol: "http2",
    async run({ port, settle, fixture }) {
      const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
      try {
        const stream = session.request({ ":path": "/never" });
        await fixture.latches.wait("never:entered");
        stream.close(8);
        await once(stream, "close");
        const { requests, aborted } = await settle(1);
        assert.equal("http.response.status_code" in (requests[0]?.attributes ?? {}), false);
        assert.equal(aborted, 1);
      } finally {
        session.destroy();
      }
    },
  },
  {
    title: "over HTTP/2, a request whose connection breaks counts as aborted (R-I11, R-M2)",
    protocol: "http2",
    async run({ port, settle, fixture }) {
      const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
      const stream = session.request({ ":path": "/never" });
      stream.on("error", () => {});
      await fixture.latches.wait("never:entered");
      session.destroy();
      const { requests, aborted } = await settle(1);
      assert.equal(requests[0]?.attributes["error.type"], "aborted");
      assert.equal(aborted, 1);
    },
  },
  {
    title: "over HTTP/2, an event stream that its client leaves counts as ended normally (R-I11, R-M2)",
    protocol: "http2",
    run: (world) => leaveStream(world, "/events"),
  },
  {
    title: "over HTTP/2, an event stream whose headers were flushed early is measured as a stream (R-I11, R-M2)",
    protocol: "http2",
    run: (world) => leaveStream(world, "/events/flushed"),
  },
  {
    title: "over HTTP/2, body listeners see the context of their request (R-I11, R-I8)",
    protocol: "http2",
    async run({ send, settle }) {
      const seen = (await send({ method: "POST", path: "/context/data", body: "x".repeat(100_000) })).json<string[]>();
      assert.deepEqual(new Set(seen), new Set([(await settle(1)).requests[0]?.traceId]));
    },
  },
  {
    title: "over HTTP/2, a caller's trace is followed (R-I11, R-S2)",
    protocol: "http2",
    async run({ send, settle }) {
      await send({ path: "/", headers: { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } });
      assert.equal((await settle(1)).requests[0]?.traceId, "0af7651916cd43dd8448eb211c80319c");
    },
  },
];

async function assertRequests({ send, settle, port }: World, version: string): Promise<void> {
  assert.equal((await send("/items/1?a=1")).body, '{"id":"1"}');
  assert.equal((await send("/throw/sync")).status, 500);
  assert.equal((await send("/nowhere")).status, 404);
  const seen = await settle(3);
  const { name, attributes } = seen.request("/items/1");
  assert.equal(name, "GET /items/:id");
  assert.equal(attributes["url.scheme"], "https");
  assert.equal(attributes["network.protocol.version"], version);
  assert.equal(attributes["server.address"], "127.0.0.1");
  assert.equal(Number(attributes["server.port"]), port);
  assert.equal(seen.request("/throw/sync").attributes["error.type"], "FixtureError");
  for (const point of seen.durations) assert.equal(point.attributes["url.scheme"], "https");
  assert.equal(seen.aborted, 0);
}

async function assertPeer({ send, settle }: World): Promise<void> {
  await send("/items/1");
  const { requests } = await settle(1);
  const { attributes } = requests[0] ?? assert.fail();
  assert.match(String(attributes["client.address"]), /127\.0\.0\.1$/);
  assert.match(String(attributes["network.peer.address"]), /127\.0\.0\.1$/);
  assert.ok(Number(attributes["network.peer.port"]) > 0);
}

async function leaveStream({ port, settle }: World, path: string): Promise<void> {
  const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  try {
    const stream = session.request({ ":path": path });
    await once(stream, "data");
    stream.close(8);
    await once(stream, "close");
    const { requests, streams, aborted } = await settle(1);
    assert.equal("error.type" in (requests[0]?.attributes ?? {}), false);
    assert.deepEqual([streams.length, aborted], [1, 0]);
  } finally {
    session.destroy();
  }
}
