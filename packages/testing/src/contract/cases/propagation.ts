import assert from "node:assert/strict";
import { parentBased, ratio } from "@gossamer/core/samplers";
import type { ContractCase } from "../contract-case.ts";
import type { Identity } from "../fixture/identity.ts";

const trace = "0af7651916cd43dd8448eb211c80319c";
const parent = "b7ad6b7169203331";
const sampled = `00-${trace}-${parent}-01`;
const unsampled = `00-${trace}-${parent}-00`;

/** What travels in and out with a request. */
export const propagationCases: readonly ContractCase[] = [
  {
    title: "a sampled caller is followed: its trace, its span as parent, its decision (R-S2)",
    telemetry: { sampleRatio: 0 },
    async run({ send, settle }) {
      await send({ path: "/items/1", headers: { traceparent: sampled } });
      const { requests } = await settle(1);
      const span = requests[0] ?? assert.fail();
      assert.deepEqual([span.traceId, span.parentSpanId], [trace, parent]);
      assert.equal(span.attributes["sampling.reason"], "parent");
      // OTLP: bit 8 says that it is known whether the parent is remote, bit 9 that it is.
      assert.equal(span.flags & 0x200, 0x200);
    },
  },
  {
    title: "an unsampled caller is followed: its trace is not recorded here (R-S2)",
    async run({ send, settle }) {
      const identity = (await send({ path: "/identity", headers: { traceparent: unsampled } })).json<Identity>();
      assert.equal(identity.traceId, trace);
      assert.equal((identity.flags ?? 1) & 1, 0);
      const { spans, counted } = await settle(1);
      assert.deepEqual([spans.length, counted], [0, 1]);
    },
  },
  {
    title: "an unsampled caller's request is kept when it fails, in the caller's trace (R-S10)",
    async run({ send, settle }) {
      await send({ path: "/status/500", headers: { traceparent: unsampled } });
      const { requests } = await settle(1);
      assert.deepEqual([requests[0]?.traceId, requests[0]?.parentSpanId], [trace, parent]);
      assert.equal(requests[0]?.attributes["sampling.reason"], "error");
    },
  },
  {
    title:
      "a caller outside the trust boundary neither continues its trace here nor forces sampling; our new trace links to it (R-S18)",
    telemetry: { trustIncoming: false },
    async run({ send, settle }) {
      await send({ path: "/items/1", headers: { traceparent: unsampled, tracestate: "vendor=1" } });
      const { requests } = await settle(1);
      const span = requests[0] ?? assert.fail();
      assert.notEqual(span.traceId, trace);
      assert.equal(span.parentSpanId, "");
      assert.deepEqual(
        span.links.map(({ traceId, spanId }) => [traceId, spanId]),
        [[trace, parent]],
      );
      assert.equal(span.attributes["sampling.reason"], "ratio");
    },
  },
  {
    title: "an untrusted sampled flag does not force sampling (R-S18)",
    telemetry: { trustIncoming: false, sampleRatio: 0 },
    async run({ send, settle }) {
      await send({ path: "/items/1", headers: { traceparent: sampled } });
      assert.equal((await settle(1)).spans.length, 0);
    },
  },
  {
    title: "trust is decided per request, from the framework's request object (R-S18)",
    telemetry: {
      trustIncoming: (request) =>
        (request as { headers: Record<string, string | undefined> }).headers["x-gateway"] === "ours",
    },
    async run({ send, settle }) {
      await send({ path: "/items/1", headers: { traceparent: sampled, "x-gateway": "ours" } });
      await send({ path: "/items/2", headers: { traceparent: sampled } });
      const seen = await settle(2);
      assert.equal(seen.request("/items/1").traceId, trace);
      assert.notEqual(seen.request("/items/2").traceId, trace);
    },
  },
  {
    title: "an outgoing call carries the context of the span that makes it (R-I12)",
    async run({ send, settle, upstream }) {
      await send({ path: "/outgoing/200", headers: { traceparent: sampled } });
      const { requests } = await settle(1);
      assert.equal(upstream.calls[0]?.["traceparent"], `00-${trace}-${requests[0]?.spanId}-01`);
    },
  },
  {
    title: "other vendors' tracestate is passed on unchanged (R-I12)",
    async run({ send, settle, upstream }) {
      await send({
        path: "/outgoing/200",
        headers: { traceparent: sampled, tracestate: "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7" },
      });
      assert.equal(upstream.calls[0]?.["tracestate"], "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7");
      const { requests } = await settle(1);
      assert.equal(requests[0]?.traceState, "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7");
    },
  },
  {
    title: "the tracestate carries the ratio's threshold, so that counts can be estimated (R-S1)",
    async run({ send, settle, upstream }) {
      await send("/outgoing/200");
      assert.match(String(upstream.calls[0]?.["tracestate"]), /^ot=th:0$/);
      assert.match((await settle(1)).requests[0]?.traceState ?? "", /^ot=th:0$/);
    },
  },
  {
    title: "the caller's randomness is used for the service's own ratio and is never overwritten (R-S1)",
    telemetry: { sampler: parentBased({ root: ratio(0.5), remoteSampled: ratio(0.5), remoteNotSampled: ratio(0.5) }) },
    async run({ send, settle }) {
      for (const [rv, flag] of [
        ["00000000000000", 0],
        ["ffffffffffffff", 1],
      ] as const) {
        const headers = { traceparent: unsampled, tracestate: `ot=rv:${rv}` };
        const identity = (await send({ path: "/identity", headers })).json<Identity>();
        assert.equal((identity.flags ?? 0) & 1, flag, rv);
        assert.match(identity.traceState ?? "", new RegExp(`rv:${rv}`));
      }
      assert.equal((await settle(2)).requests[0]?.traceState, "ot=th:8;rv:ffffffffffffff");
    },
  },
  {
    title: "the caller's random flag is passed on unchanged, and set on ids made here (R-S1)",
    async run({ send, settle, upstream }) {
      for (const flags of ["00", "01", "02", "03"]) {
        await send({ path: "/outgoing/200", headers: { traceparent: `00-${trace}-${parent}-${flags}` } });
      }
      await send("/outgoing/200");
      await settle(5);
      assert.deepEqual(
        upstream.calls.map(({ traceparent }) => String(traceparent).slice(-2)),
        ["00", "01", "02", "03", "03"],
      );
    },
  },
  {
    title: "an unsampled request's outgoing calls are distinguishable: each carries its own span id (C17)",
    telemetry: { sampleRatio: 0 },
    async run({ send, upstream }) {
      await send({ path: "/calls/3", headers: { traceparent: unsampled } });
      const parents = upstream.calls.map(({ traceparent }) => String(traceparent).split("-"));
      assert.equal(parents.length, 3);
      assert.deepEqual([...new Set(parents.map(([, traceId]) => traceId))], [trace]);
      assert.equal(new Set(parents.map(([, , spanId]) => spanId)).size, 3);
      assert.ok(!parents.some(([, , spanId]) => spanId === parent));
    },
  },
  {
    title: "baggage is available to the handler and passed on to the services it calls (R-I12)",
    async run({ send, settle, upstream }) {
      const headers = { baggage: "tenant=acme,plan=gold%20plus" };
      const { baggage } = (await send({ path: "/identity", headers })).json<Identity>();
      assert.deepEqual(baggage, [
        ["tenant", "acme"],
        ["plan", "gold plus"],
      ]);
      await send({ path: "/outgoing/200", headers });
      assert.equal(upstream.calls[0]?.["baggage"], "tenant=acme,plan=gold%20plus");
      await settle(2);
    },
  },
  {
    title: "only the configured propagators run (R-I12)",
    telemetry: { propagators: ["baggage"] },
    async run({ send, settle, upstream }) {
      await send({ path: "/outgoing/200", headers: { traceparent: sampled, baggage: "a=1" } });
      assert.equal(upstream.calls[0]?.["traceparent"], undefined);
      assert.equal(upstream.calls[0]?.["baggage"], "a=1");
      assert.notEqual((await settle(1)).requests[0]?.traceId, trace);
    },
  },
  {
    title: "without propagators, no context is read or sent (R-I12)",
    telemetry: { propagators: ["none"] },
    async run({ send, settle, upstream }) {
      await send({ path: "/outgoing/200", headers: { traceparent: sampled, baggage: "a=1" } });
      assert.equal(upstream.calls[0]?.["traceparent"], undefined);
      assert.equal(upstream.calls[0]?.["baggage"], undefined);
      assert.notEqual((await settle(1)).requests[0]?.traceId, trace);
    },
  },
  {
    title: "a malformed traceparent starts a new trace (R-I12)",
    async run({ send, settle }) {
      const broken = [
        "",
        "00",
        `00-${trace}-${parent}`,
        `00-${trace}-${parent}-1`,
        `00-${trace}-${parent}-01-more`,
        `ff-${trace}-${parent}-01`,
        `00-${trace.toUpperCase()}-${parent}-01`,
        `00-${"0".repeat(32)}-${parent}-01`,
        `00-${trace}-${"0".repeat(16)}-01`,
        `00-${trace}x-${parent}-01`,
        `00_${trace}_${parent}_01`,
        `${sampled},${sampled}`,
        "x".repeat(10_000),
      ];
      for (const traceparent of broken) {
        assert.equal((await send({ path: "/items/1", headers: { traceparent } })).status, 200);
      }
      const { requests } = await settle(broken.length);
      for (const span of requests) {
        assert.notEqual(span.traceId, trace);
        assert.equal(span.parentSpanId, "");
      }
    },
  },
  {
    title: "a traceparent of a later version is followed as far as it is known (R-I12)",
    async run({ send, settle }) {
      await send({ path: "/items/1", headers: { traceparent: `cc-${trace}-${parent}-01-what-comes-later` } });
      assert.equal((await settle(1)).requests[0]?.traceId, trace);
    },
  },
  {
    title: "a malformed tracestate loses the tracestate but not the trace (R-I12)",
    async run({ send, settle, upstream }) {
      const broken = [
        "=1",
        "a",
        "a=",
        "A=1",
        Array.from({ length: 33 }, (_, i) => `k${i}=1`).join(","),
        `${"k".repeat(257)}=1`,
        `a=${"v".repeat(257)}`,
        "a=b=c",
        "a=\u00e9",
      ];
      for (const tracestate of broken) {
        await send({ path: "/outgoing/200", headers: { traceparent: sampled, tracestate } });
      }
      const { requests } = await settle(broken.length);
      for (const { traceId } of requests) assert.equal(traceId, trace);
      assert.deepEqual(
        upstream.calls.map(({ tracestate }) => tracestate),
        broken.map(() => undefined),
      );
    },
  },
  {
    title: "empty members, spaces and tabs in a tracestate are accepted (R-I12)",
    async run({ send, settle, upstream }) {
      await send({ path: "/outgoing/200", headers: { traceparent: sampled, tracestate: "a=1, ,\tb=2 ,," } });
      await settle(1);
      assert.equal(
        String(upstream.calls[0]?.["tracestate"])
          .replaceAll(/[ \t]/g, "")
          .replaceAll(/,+$|(?<=,),+/g, ""),
        "a=1,b=2",
      );
    },
  },
];
