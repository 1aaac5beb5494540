import assert from "node:assert/strict";
import type { ContractCase } from "../contract-case.ts";
import type { World } from "../world.ts";

const secret = "the secret of the services of the suite";
const trace = "0af7651916cd43dd8448eb211c80319c";
const parent = "b7ad6b7169203331";

/** Requests that are traced because somebody who may ask for it has. */
export const ticketCases: readonly ContractCase[] = [
  {
    title:
      "a request with a ticket is traced in full, whatever the ratio and the caller, as often as the ticket allows (R-S20)",
    telemetry: { sampleRatio: 0, trustIncoming: false, tickets: { secret } },
    async run({ telemetry, send, settle }) {
      const ticket = telemetry.sampling.ticket({ route: "GET /items/:id", count: 1 });
      const headers = { "gossamer-ticket": ticket, traceparent: `00-${trace}-${parent}-00` };
      await send({ path: "/items/1", headers });
      await send({ path: "/items/2", headers });
      const { spans, counted } = await settle(2);
      assert.deepEqual(
        spans.map(({ attributes }) => [attributes["url.path"], attributes["sampling.reason"]]),
        [["/items/1", "ticket"]],
      );
      assert.equal(counted, 2);
      assert.deepEqual(telemetry.status().sampling.tickets, { used: 1, spent: 1 });
    },
  },
  {
    title: "a ticket is valid only for its route, also if the framework routes late (R-S20)",
    telemetry: { sampleRatio: 0, tickets: { secret } },
    async run({ telemetry, send, settle }) {
      const ticket = telemetry.sampling.ticket({ route: "GET /identity", count: 5 });
      const headers = { "gossamer-ticket": ticket };
      await send({ path: "/items/1", headers });
      await send({ path: "/nowhere", headers });
      const { spans } = await settle(2);
      assert.deepEqual(spans, []);
      assert.deepEqual(telemetry.status().sampling.tickets, { "other-route": 2 });
    },
  },
  {
    title: "wrong, oversized and repeated tickets change nothing and are counted (R-S20)",
    telemetry: { sampleRatio: 0, tickets: { secret } },
    async run({ telemetry, send, settle }) {
      const ticket = telemetry.sampling.ticket({ count: 5 });
      const last = ticket.at(-1) === "A" ? "B" : "A";
      for (const text of [`${ticket.slice(0, -1)}${last}`, `${ticket},${ticket}`, "x".repeat(5_000), "%00"]) {
        assert.equal((await send({ path: "/items/1", headers: { "gossamer-ticket": text } })).status, 200);
      }
      const { spans } = await settle(4);
      assert.deepEqual(spans, []);
      assert.deepEqual(telemetry.status().sampling.tickets, { wrong: 1, malformed: 2, oversized: 1 });
    },
  },
  {
    title:
      "services called by a ticketed request trace it too, and what they receive is valid for nothing else (R-S20)",
    telemetry: { sampleRatio: 0, trustIncoming: false, tickets: { secret } },
    async run(world) {
      const { telemetry, send, settle, upstream } = world;
      const ticket = telemetry.sampling.ticket({ count: 1 });
      await send({ path: "/outgoing/200", headers: { "gossamer-ticket": ticket } });
      const [shown] = upstream.calls;
      assert.ok(shown !== undefined);
      assert.notEqual(shown["gossamer-ticket"], ticket);
      // The service behind, with the headers of that call.
      await send({ path: "/items/1", headers: headersOf(shown) });
      // Whoever got hold of them has nothing for a trace of his own.
      await send({ path: "/items/2", headers: { ...headersOf(shown), traceparent: `00-${trace}-${parent}-01` } });
      const seen = await settle(3);
      assert.equal(seen.request("/items/1").attributes["sampling.reason"], "ticket");
      assert.equal(seen.request("/items/1").links[0]?.traceId, seen.request("/outgoing/200").traceId);
      assert.equal(seen.requests.length, 2);
      assert.deepEqual(telemetry.status().sampling.tickets, { used: 2, "other-trace": 1 });
    },
  },
  {
    title: "without a ticket, or without a secret, nothing is passed on (R-S20)",
    telemetry: { tickets: { secret } },
    async run({ send, settle, upstream }) {
      await send("/outgoing/200");
      await settle(1);
      assert.equal(upstream.calls[0]?.["gossamer-ticket"], undefined);
      assert.ok(upstream.calls[0]?.["traceparent"] !== undefined);
    },
  },
  {
    title: "explain says what a ticket would do without using it up (R-S20)",
    telemetry: { sampleRatio: 0, tickets: { secret, header: "x-trace-me" } },
    async run({ telemetry, send, settle }: World) {
      const ticket = telemetry.sampling.ticket({ route: "GET /items/:id" });
      const request = { route: "/items/:id", headers: { "X-Trace-Me": ticket } };
      for (let i = 0; i < 3; i++) assert.equal(telemetry.explain(request).decidedBy, "ticket");
      assert.equal(telemetry.explain({ ...request, route: "/identity" }).decidedBy, "default");
      assert.deepEqual(telemetry.status().sampling.tickets, {});
      await send({ path: "/items/1", headers: { "x-trace-me": ticket } });
      assert.equal((await settle(1)).requests.length, 1);
    },
  },
];

function headersOf(shown: NodeJS.Dict<string | string[]>): Record<string, string> {
  return { "gossamer-ticket": String(shown["gossamer-ticket"]), traceparent: String(shown["traceparent"]) };
}
