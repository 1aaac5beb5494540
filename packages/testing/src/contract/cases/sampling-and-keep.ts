import assert from "node:assert/strict";
import type { SamplingFacts } from "@gossamer/core";
import { alwaysOn } from "@gossamer/core/samplers";
import type { ContractCase } from "../contract-case.ts";
import type { Identity } from "../fixture/identity.ts";

const nothing = { sampleRatio: 0 };

/** What becomes a trace. */
export const samplingAndKeepCases: readonly ContractCase[] = [
  {
    title: "an unsampled request is counted and has ids, but no span (R-S12, R-M1)",
    telemetry: nothing,
    async run({ send, settle }) {
      const identity = (await send("/identity")).json<Identity>();
      assert.match(identity.traceId, /^[0-9a-f]{32}$/);
      assert.notEqual(identity.traceId, "0".repeat(32));
      assert.equal((identity.flags ?? 1) & 1, 0);
      const { spans, counted } = await settle(1);
      assert.deepEqual([spans.length, counted], [0, 1]);
    },
  },
  {
    title: "children of an unsampled request create no spans (R-S12)",
    telemetry: nothing,
    async run({ send, settle }) {
      await send("/nested");
      await send("/children/5");
      assert.equal((await settle(2)).spans.length, 0);
    },
  },
  {
    title: "isRecording is true for a sampled request (R-I3)",
    async run({ send, settle }) {
      assert.deepEqual((await send("/recording")).json(), { recording: true });
      await settle(1);
    },
  },
  {
    title: "isRecording is false for an unsampled request (R-I3)",
    telemetry: nothing,
    async run({ send, settle }) {
      assert.deepEqual((await send("/recording")).json(), { recording: false });
      await settle(1);
    },
  },
  {
    title: "a failed unsampled request is kept, with the reason and what the handler annotated (R-S10, R-S12)",
    telemetry: nothing,
    async run({ send, settle }) {
      await send("/throw/annotated");
      await send("/items");
      const { spans } = await settle(2);
      assert.equal(spans.length, 1);
      const { attributes, status } = spans[0] ?? assert.fail();
      assert.equal(attributes["sampling.reason"], "error");
      assert.equal(attributes["user.id"], "u-7");
      assert.equal(Number(attributes["cart.items"]), 3);
      assert.equal(attributes["error.type"], "PaymentError");
      assert.equal(status.code, 2);
    },
  },
  {
    title: "a kept request has the ids that were handed out and propagated while it ran (R-S12)",
    telemetry: nothing,
    async run({ send, settle, upstream }) {
      const { traceId } = (await send("/outgoing/500")).json<{ traceId: string }>();
      const { requests } = await settle(1);
      const [span] = requests;
      const [version, propagatedTrace, propagatedSpan, flags] = String(upstream.calls[0]?.["traceparent"]).split("-");
      assert.equal(version, "00");
      assert.equal(span?.traceId, traceId);
      assert.equal(propagatedTrace, traceId);
      assert.equal(propagatedSpan, span.spanId);
      assert.equal(Number.parseInt(flags ?? "", 16) & 1, 0);
      // It goes out as sampled, because processors downstream drop what is not; and without a threshold, because no ratio chose it.
      assert.equal(span.flags & 1, 1);
      assert.doesNotMatch(span.traceState, /th:/);
    },
  },
  {
    title: "an aborted request is kept even if it was not sampled (R-S10)",
    telemetry: nothing,
    async run({ open, settle }) {
      const connection = await open();
      connection.write("GET /half HTTP/1.1\r\nHost: x\r\n\r\n");
      await connection.until("half of it");
      connection.reset();
      const { requests } = await settle(1);
      assert.equal(requests[0]?.attributes["sampling.reason"], "aborted");
    },
  },
  {
    title: "a stream that its client leaves is not kept (R-S10, R-M2)",
    telemetry: nothing,
    async run({ open, settle }) {
      const connection = await open();
      connection.write("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
      await connection.until("data: first");
      connection.reset();
      assert.equal((await settle(1)).spans.length, 0);
    },
  },
  {
    title: "a slow request is kept even if it was not sampled (R-S11)",
    telemetry: { ...nothing, keep: { slowerThanMs: 1 } },
    async run({ open, settle, fixture }) {
      const connection = await open();
      connection.write("GET /waits HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      await fixture.latches.wait("waits:entered");
      const entered = performance.now();
      while (performance.now() - entered < 5) await new Promise((resolve) => setImmediate(resolve));
      fixture.latches.open("waits:go");
      await connection.untilClosed();
      const { requests } = await settle(1);
      assert.equal(requests[0]?.attributes["sampling.reason"], "slow");
    },
  },
  {
    title: "a request that is marked as slow is traced from then on (R-S11)",
    telemetry: nothing,
    async run({ send, settle }) {
      const { flags } = (await send("/hinted")).json<{ flags: number }>();
      assert.equal(flags & 1, 1);
      const { requests } = await settle(1);
      assert.equal(requests[0]?.attributes["sampling.reason"], "hint");
    },
  },
  {
    title: "keeping can be switched off (R-S10)",
    telemetry: { ...nothing, keep: { errors: false, aborted: false, slow: false } },
    async run({ send, settle }) {
      await send("/throw/annotated");
      await send("/status/500");
      assert.equal((await settle(2)).spans.length, 0);
    },
  },
  {
    title: "keeps per second are limited, each route still gets one, and the rest are counted (R-S19)",
    telemetry: { ...nothing, keep: { maxPerSecond: 1 }, clock: standingClock() },
    async run({ send, settle, telemetry }) {
      for (let i = 0; i < 5; i++) await send("/status/500");
      for (let i = 0; i < 5; i++) await send("/throw/sync");
      const { requests, counted } = await settle(10);
      assert.equal(counted, 10);
      assert.deepEqual(requests.map(({ name }) => name).sort(), ["GET /status/:code", "GET /throw/sync"]);
      assert.deepEqual(telemetry.status().sampling.keepDrops, { error: 8 });
    },
  },
  {
    title: "spans per second are limited as a whole, and the rest are counted (R-S19)",
    telemetry: { maxSpansPerSecond: 3, clock: standingClock() },
    async run({ send, settle, telemetry }) {
      for (let i = 0; i < 10; i++) await send("/items");
      const { requests, counted } = await settle(10);
      assert.deepEqual([requests.length, counted], [3, 10]);
      assert.equal(
        telemetry.status().sampling.decisions["span-limit:dropped"] ??
          telemetry.status().sampling.decisions["span-limit:unsampled"],
        7,
      );
    },
  },
  {
    title: "unless a ratio is set, traces per second are limited (R-S3)",
    telemetry: { maxTracesPerSecond: 2, clock: standingClock() },
    async run({ send, settle }) {
      for (let i = 0; i < 6; i++) await send("/items");
      const { requests, counted } = await settle(6);
      assert.deepEqual([requests.length, counted], [2, 6]);
    },
  },
  {
    title: "health checks are counted but not traced (R-I1)",
    async run({ send, settle }) {
      for (const agent of ["kube-probe/1.29", "ELB-HealthChecker/2.0", "GoogleHC/1.0"]) {
        await send({ path: "/health", headers: { "user-agent": agent } });
      }
      const seen = await settle(3);
      assert.equal(seen.spans.length, 0);
      assert.equal(seen.countOf("/health"), 3);
    },
  },
  {
    title: "a health check that fails is kept (R-I1)",
    async run({ send, settle }) {
      await send({ path: "/health/failing", headers: { "user-agent": "kube-probe/1.29" } });
      const { requests } = await settle(1);
      assert.equal(requests[0]?.attributes["sampling.reason"], "error");
    },
  },
  {
    title: "health checks are traced if configured (R-I1)",
    telemetry: { traceProbes: true },
    async run({ send, settle }) {
      await send({ path: "/health", headers: { "user-agent": "kube-probe/1.29" } });
      assert.equal((await settle(1)).requests.length, 1);
    },
  },
  {
    title: "an untraced route is counted and not kept when it fails (R-I1, R-S5)",
    async run({ send, settle }) {
      await send("/untraced");
      await send("/untraced/failing");
      const seen = await settle(2);
      assert.equal(seen.spans.length, 0);
      assert.equal(seen.countOf("/untraced"), 1);
      assert.equal(
        seen.durations.find(({ attributes }) => attributes["http.route"] === "/untraced/failing")?.attributes[
          "error.type"
        ],
        "500",
      );
    },
  },
  {
    title: "a trusted caller's decision to sample wins over an untraced route (R-S2)",
    async run({ send, settle }) {
      await send({
        path: "/untraced",
        headers: { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
      });
      const { requests } = await settle(1);
      assert.equal(requests[0]?.attributes["sampling.reason"], "parent");
    },
  },
  {
    title: "spans before routing are held until the route is known, and are traced with it (R-S4, R-S12)",
    async run({ send, settle }) {
      await send({ path: "/items/1", headers: { "x-before": "child,log" } });
      const seen = await settle(1);
      const root = seen.request("/items/1");
      assert.equal(seen.span("session lookup").parentSpanId, root.spanId);
      assert.equal(seen.span("session lookup").traceId, root.traceId);
      assert.equal(root.attributes["sampling.reason"], "ratio");
    },
  },
  {
    title: "spans before routing are held until the route is known, and are dropped with it (R-S4, R-S12)",
    async run({ send, settle }) {
      await send({ path: "/untraced", headers: { "x-before": "child,log" } });
      assert.equal((await settle(1)).spans.length, 0);
    },
  },
  {
    title: "spans before routing of an unsampled request are kept with it when it fails (R-S12)",
    telemetry: nothing,
    async run({ send, settle }) {
      await send({ path: "/throw/sync", headers: { "x-before": "child" } });
      const seen = await settle(1);
      assert.equal(seen.request("/throw/sync").attributes["sampling.reason"], "error");
      assert.equal(seen.span("session lookup").traceId, seen.request("/throw/sync").traceId);
    },
  },
  {
    title: "a log line before routing has the trace id and does not force the decision (R-G1, R-S12)",
    async run({ send, settle, fixture }) {
      await send({ path: "/untraced", headers: { "x-before": "log" } });
      assert.equal((await settle(1)).spans.length, 0);
      assert.match(fixture.noticed[0]?.traceId ?? "", /^[0-9a-f]{32}$/);
      await send({ path: "/items/1", headers: { "x-before": "log" } });
      const { requests } = await settle(2);
      assert.equal(fixture.noticed[1]?.traceId, requests[0]?.traceId);
    },
  },
  {
    title: "trace flags read before routing force the decision, and the span says so (R-S12)",
    async run({ send, settle, telemetry }) {
      await send({ path: "/items/1", headers: { "x-before": "flags" } });
      const { requests } = await settle(1);
      assert.equal(requests[0]?.attributes["sampling.reason"], "before-route");
      assert.equal(telemetry.status().sampling.decisions["before-route:sampled"], 1);
    },
  },
  {
    title: "an untraced route cannot undo a decision that was read before routing (R-S12)",
    async run({ send, settle, fixture }) {
      await send({ path: "/untraced", headers: { "x-before": "flags" } });
      const { requests } = await settle(1);
      assert.equal(fixture.noticed[0]?.flags, 3);
      assert.equal(requests[0]?.attributes["sampling.reason"], "before-route");
    },
  },
  {
    title: "spans that wait for the route are limited: with too many, the decision is made without it (R-S12)",
    async run({ send, settle }) {
      await send({ path: "/items/1", headers: { "x-before": "many" } });
      const { spans, requests } = await settle(1);
      assert.equal(spans.length, 101);
      assert.equal(requests[0]?.attributes["sampling.reason"], "before-route");
    },
  },
  {
    title: "spans that wait for the route are dropped if it is not traced, as many as may wait (R-S12)",
    telemetry: { sampleRatio: 0 },
    async run({ send, settle }) {
      await send({ path: "/items/1", headers: { "x-before": "many" } });
      assert.equal((await settle(1)).spans.length, 0);
    },
  },
  {
    title: "an outgoing call before routing carries the decision that is final from then on (R-S12)",
    async run({ send, settle, upstream }) {
      await send({ path: "/items/1", headers: { "x-before": "child,outgoing" } });
      const seen = await settle(1);
      const root = seen.request("/items/1");
      const [, traceId, spanId, flags] = String(upstream.calls[0]?.["traceparent"]).split("-");
      assert.deepEqual([traceId, spanId], [root.traceId, root.spanId]);
      assert.equal(Number.parseInt(flags ?? "", 16) & 1, 1);
      assert.equal(root.attributes["sampling.reason"], "before-route");
      assert.equal(seen.span("session lookup").parentSpanId, root.spanId);
    },
  },
  {
    title: "the service's own sampler sees method, route and headers, and decides (R-S4)",
    telemetry: {
      sampler: {
        description: "by route",
        usesRoute: true,
        decide: ({ route, method }: SamplingFacts) => ({
          sampled: method === "GET" && route?.template === "/items/:id",
          reason: "custom",
        }),
      },
    },
    async run({ send, settle }) {
      await send({ path: "/items/1", headers: { "x-before": "child" } });
      await send({ path: "/items", headers: { "x-before": "child" } });
      const { spans } = await settle(2);
      assert.deepEqual(spans.map(({ name }) => name).sort(), ["GET /items/:id", "session lookup"]);
    },
  },
  {
    title: "a sampler that samples everything is the same as ratio 1 (R-S1)",
    telemetry: { sampler: alwaysOn() },
    async run({ send, settle }) {
      await send("/items");
      assert.equal((await settle(1)).requests[0]?.attributes["sampling.reason"], "always-on");
    },
  },
];

/** Time stands still, so that a second has room for exactly one second's worth. */
function standingClock(): NonNullable<NonNullable<ContractCase["telemetry"]>["clock"]> {
  const epochMs = Date.now();
  return { now: () => 1_000, epochMs: () => epochMs, monotonicMs: () => 1_000 };
}
