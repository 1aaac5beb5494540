import assert from "node:assert/strict";
import { Agent } from "node:http";
import type { ContractCase } from "../contract-case.ts";
import type { Identity } from "../fixture/identity.ts";
import type { World } from "../world.ts";

const boundary = "----contract";
const multipart = [
  `--${boundary}`,
  'Content-Disposition: form-data; name="title"',
  "",
  "a picture",
  `--${boundary}`,
  'Content-Disposition: form-data; name="file"; filename="a.txt"',
  "Content-Type: text/plain",
  "",
  "x".repeat(200_000),
  `--${boundary}--`,
  "",
].join("\r\n");

/** Which request the code that runs belongs to. */
export const contextCases: readonly ContractCase[] = [
  {
    title: "the handler sees the context of its request across awaits, timers, ticks and microtasks (R-I8)",
    run: async (world) => {
      await assertSame(world, (await world.send("/context/waits")).json());
    },
  },
  {
    title: "the handler sees the context of its request behind a JSON parser (R-I8)",
    async run(world) {
      const headers = { "content-type": "application/json" };
      const answer = await world.send({ method: "POST", path: "/context/json", headers, body: '{"a":1}' });
      await assertSame(world, answer.json());
    },
  },
  {
    title: "the handler sees the context of its request behind a multipart parser (R-I8)",
    async run(world) {
      const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
      const answer = await world.send({ method: "POST", path: "/context/multipart", headers, body: multipart });
      const { seen, fields } = answer.json<{ seen: string[]; fields: Record<string, string> }>();
      assert.equal(fields["title"], "a picture");
      await assertSame(world, seen);
    },
  },
  {
    title:
      "body listeners see the context of their request, also for parts that arrive later on a reused connection (R-I8)",
    run: (world) => sendInParts(world, "/context/data"),
  },
  {
    title:
      "a piped body sees the context of its request, also for parts that arrive later on a reused connection (R-I8)",
    run: (world) => sendInParts(world, "/context/pipe"),
  },
  {
    title:
      "an iterated body sees the context of its request, also for parts that arrive later on a reused connection (R-I8)",
    run: (world) => sendInParts(world, "/context/iterate"),
  },
  {
    title: "reading a body as text does not change the request's context (R-I8)",
    async run(world) {
      const answer = await world.send({ method: "POST", path: "/context/consume", body: "x".repeat(100_000) });
      const { length, seen } = answer.json<{ length: number; seen: string[] }>();
      assert.equal(length, 100_000);
      await assertSame(world, seen);
    },
  },
  {
    title: "a hundred concurrent requests over kept connections do not mix up ids, attributes or responses (R-I8)",
    async run({ send, settle }) {
      const agent = new Agent({ keepAlive: true, maxSockets: 10 });
      try {
        const numbers = Array.from({ length: 100 }, (_, i) => String(i));
        const answers = await Promise.all(
          numbers.map(async (number) =>
            (await send({ path: `/identity/${number}`, agent })).json<Identity & { number: string }>(),
          ),
        );
        const seen = await settle(100);
        assert.equal(new Set(answers.map(({ traceId }) => traceId)).size, 100);
        for (const { number, traceId, spanId } of answers) {
          const span = seen.request(`/identity/${number}`);
          assert.deepEqual([span.traceId, span.spanId], [traceId, spanId]);
          assert.equal(span.attributes["request.number"], number);
        }
      } finally {
        agent.destroy();
      }
    },
  },
  {
    title: "bind ties a function or an emitter's listeners to the current request (R-I8)",
    async run(world) {
      await assertSame(world, (await world.send("/context/bound")).json());
    },
  },
  {
    title: "outside a request there is no context (R-I8)",
    async run({ telemetry, send, settle }) {
      await send("/");
      assert.equal(telemetry.traceId(), undefined);
      assert.equal(telemetry.current(), undefined);
      await settle(1);
    },
  },
  {
    title: "work that outlives an unsampled request creates no spans (R-S12)",
    telemetry: { sampleRatio: 0 },
    async run({ send, settle, fixture }) {
      await send("/outlives");
      await settle(1);
      fixture.latches.open("outlives:go");
      await fixture.latches.wait("outlives:done");
      assert.equal((await settle(1)).spans.length, 0);
      assert.match(fixture.noticed[0]?.traceId ?? "", /^[0-9a-f]{32}$/);
    },
  },
  {
    title: "work that outlives its request keeps the trace and does not change the request (R-I8)",
    async run({ send, settle, fixture, telemetry, receiver }) {
      await send("/outlives");
      const root = (await settle(1)).request("/outlives");
      fixture.latches.open("outlives:go");
      await fixture.latches.wait("outlives:done");
      await telemetry.flush();
      assert.equal(fixture.noticed[0]?.traceId, root.traceId);
      await receiver.waitForSpans((spans) => spans.some(({ name }) => name === "late child"));
      for (const { traceId } of receiver.spans) assert.equal(traceId, root.traceId);
      assert.equal("too.late" in root.attributes, false);
    },
  },
];

async function assertSame({ settle }: World, seen: readonly string[]): Promise<void> {
  assert.ok(seen.length > 0);
  const { requests } = await settle(1);
  assert.deepEqual(new Set(seen), new Set([requests[0]?.traceId]));
}

/** Another request first, so that the connection has a context of its own past; then a body in two parts. */
async function sendInParts({ open, settle, fixture }: World, path: string): Promise<void> {
  const connection = await open();
  connection.write("GET /items/1 HTTP/1.1\r\nHost: x\r\n\r\n");
  await connection.until('{"id":"1"}');
  connection.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 10\r\n\r\nfirst`);
  await fixture.latches.wait("data:came");
  connection.write("secnd");
  const received = await connection.untilClosed();
  const seen = JSON.parse(received.slice(received.lastIndexOf("\r\n\r\n") + 4)) as string[];
  assert.ok(seen.length >= 3, `${seen.length} moments`);
  const { traceId } = (await settle(2)).request(path);
  assert.deepEqual(new Set(seen), new Set([traceId]));
}
