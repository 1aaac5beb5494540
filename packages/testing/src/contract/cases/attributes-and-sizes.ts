import assert from "node:assert/strict";
import type { OtlpReceiver } from "../../otlp-receiver.ts";
import type { ContractCase } from "../contract-case.ts";
import type { Identity } from "../fixture/identity.ts";

const sizes = { bodySizes: true };

function histogramSums(receiver: OtlpReceiver): [request: number, response: number] {
  const sum = (name: string): number =>
    receiver.latestPoints(name).reduce((total, point) => total + Number(point.sum ?? 0), 0);
  return [sum("http.server.request.body.size"), sum("http.server.response.body.size")];
}

/** Which attributes leave, and how large bodies were. */
export const attributeAndSizeCases: readonly ContractCase[] = [
  {
    title: "the attribute set minimal has only method, route, status, error type and the sampling reason (R-L8)",
    telemetry: { attributeSet: "minimal" },
    async run({ send, settle }) {
      await send("/status/500?page=1");
      const { requests } = await settle(1);
      assert.deepEqual(Object.keys(requests[0]?.attributes ?? {}).sort(), [
        "error.type",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "sampling.ratio",
        "sampling.reason",
      ]);
    },
  },
  {
    title: "the attribute set standard has no peer address, host or user agent (R-L8)",
    telemetry: { attributeSet: "standard" },
    async run({ send, settle }) {
      await send({ path: "/items/1?page=1", headers: { "user-agent": "curl/8" } });
      const { requests } = await settle(1);
      const { attributes } = requests[0] ?? assert.fail();
      for (const name of ["url.path", "url.query", "url.scheme", "client.address", "network.protocol.version"])
        assert.ok(name in attributes, name);
      for (const name of ["network.peer.address", "server.address", "user_agent.original"])
        assert.ok(!(name in attributes), name);
    },
  },
  {
    title: "attributes are removed, kept and redacted by name or glob, both the handler's and ours (R-L2)",
    telemetry: {
      attributeFilters: [{ keep: "app.*" }, { remove: ["http.user_agent", "url.*", "child.*"] }],
      redactAttributes: ["app.tier"],
    },
    async run({ send, settle, telemetry }) {
      await send({ path: "/named?a=1", headers: { "user-agent": "curl/8" } });
      const { requests } = await settle(1);
      const { attributes, droppedAttributesCount } = requests[0] ?? assert.fail();
      assert.equal(attributes["app.tier"], "REDACTED");
      for (const name of ["url.path", "url.query", "url.scheme", "user_agent.original"])
        assert.ok(!(name in attributes), name);
      assert.equal(attributes["http.route"], "/named");
      assert.equal(droppedAttributesCount, 0);
      assert.equal(telemetry.status().spans.attributeDrops["filter"], 4);
    },
  },
  {
    title: "captured headers hide secrets by default (R-L6)",
    telemetry: {
      captureRequestHeaders: ["Authorization", "Cookie", "X-Tenant", "X-Own"],
      captureResponseHeaders: ["Set-Cookie"],
      redactHeaders: ["X-Own"],
    },
    async run({ send, settle }) {
      const headers = { authorization: "Bearer secret", cookie: "sid=secret", "x-tenant": "blue", "x-own": "secret" };
      await send({ path: "/headers", headers });
      const { requests } = await settle(1);
      const { attributes } = requests[0] ?? assert.fail();
      assert.deepEqual(attributes["http.request.header.authorization"], ["REDACTED"]);
      assert.deepEqual(attributes["http.request.header.cookie"], ["sid=REDACTED"]);
      assert.deepEqual(attributes["http.request.header.x-tenant"], ["blue"]);
      assert.deepEqual(attributes["http.request.header.x-own"], ["REDACTED"]);
      assert.deepEqual(attributes["http.response.header.set-cookie"], ["a=REDACTED", "b=REDACTED"]);
      assert.ok(!JSON.stringify(attributes).includes("secret"));
    },
  },
  {
    title: "only allowed baggage is read and passed on (R-L4)",
    telemetry: { baggage: { allowIncoming: ["app.*", "tenant"], allowOutgoing: ["tenant"] } },
    async run({ send, settle, upstream, telemetry }) {
      const headers = { baggage: "app.plan=gold,tenant=acme,secret=1" };
      const { baggage } = (await send({ path: "/identity", headers })).json<Identity>();
      assert.deepEqual(baggage.map(([key]) => key).sort(), ["app.plan", "tenant"]);
      await send({ path: "/outgoing/200", headers });
      await settle(2);
      assert.equal(upstream.calls.at(-1)?.["baggage"], "tenant=acme");
      assert.ok((telemetry.status().spans.drops["baggage-refused"] ?? 0) >= 2);
    },
  },
  {
    title: "body sizes are on the span and in the histograms if enabled (R-L3)",
    telemetry: sizes,
    async run({ send, settle, receiver }) {
      const body = JSON.stringify({ text: "grüße" });
      const answer = await send({
        method: "POST",
        path: "/echo",
        headers: { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) },
        body,
      });
      const { requests } = await settle(1);
      const { attributes } = requests[0] ?? assert.fail();
      assert.equal(attributes["http.request.body.size"], Buffer.byteLength(body));
      assert.equal(attributes["http.response.body.size"], Buffer.byteLength(answer.body));
      assert.deepEqual(histogramSums(receiver), [Buffer.byteLength(body), Buffer.byteLength(answer.body)]);
    },
  },
  {
    title: "a chunked body is measured, and parsed as without telemetry (R-L3)",
    telemetry: sizes,
    async run({ send, settle }) {
      const body = JSON.stringify({ text: "x".repeat(50_000) });
      const headers = { "content-type": "application/json", "transfer-encoding": "chunked" };
      const answer = await send({ method: "POST", path: "/echo", headers, body });
      assert.equal(answer.body, body);
      const { requests } = await settle(1);
      assert.equal(requests[0]?.attributes["http.request.body.size"], body.length);
    },
  },
  {
    title: "responses without a body, also those to HEAD, have size 0 (R-L3)",
    telemetry: sizes,
    async run({ send, settle }) {
      await send({ method: "PUT", path: "/items/1" });
      await send({ method: "HEAD", path: "/items" });
      const { requests } = await settle(2);
      assert.deepEqual(
        requests.map(({ attributes }) => attributes["http.response.body.size"]),
        [0, 0],
      );
    },
  },
  {
    title: "unless enabled, body sizes are recorded nowhere (R-L3)",
    async run({ send, settle, receiver }) {
      await send("/items");
      const { requests } = await settle(1);
      assert.ok(!("http.response.body.size" in (requests[0]?.attributes ?? {})));
      assert.deepEqual(receiver.latestPoints("http.server.response.body.size"), []);
    },
  },
  {
    title: "a preset applies to requests: sampled ones have the minimal attributes (R-C1)",
    telemetry: { preset: "minimal", sampleRatio: 1 },
    async run({ send, settle, telemetry }) {
      await send("/items/1?page=2");
      const { requests } = await settle(1);
      assert.ok(!("url.path" in (requests[0]?.attributes ?? {})));
      const { settings } = telemetry.status();
      assert.deepEqual(settings["attributeSet"], { value: "minimal", from: "preset", preset: "minimal" });
      assert.deepEqual(settings["sampleRatio"], { value: 1, from: "code" });
    },
  },
];
