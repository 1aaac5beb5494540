import assert from "node:assert/strict";
import type { ContractCase } from "../contract-case.ts";

/** Which route a request is told by. */
export const routeCases: readonly ContractCase[] = [
  {
    title: "every request gets one record and one server span, whatever the response (R-M1, R-I1)",
    async run({ send, settle }) {
      for (const path of ["/", "/items", "/items/1", "/status/404", "/throw/sync", "/nowhere", "/moved"])
        await send(path);
      const { counted, requests, spans } = await settle(7);
      assert.equal(counted, 7);
      assert.equal(requests.length, 7);
      assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, spans.length);
    },
  },
  {
    title: "a request is named after its method and route template, never after its URL (R-A1, R-M1)",
    async run({ send, settle }) {
      await send("/orders/4711/lines/12?page=3");
      await send("/items/99");
      const seen = await settle(2);
      const order = seen.request("/orders/4711/lines/12");
      assert.equal(order.name, "GET /orders/:orderId/lines/:lineId");
      assert.equal(order.attributes["http.route"], "/orders/:orderId/lines/:lineId");
      assert.equal(seen.request("/items/99").name, "GET /items/:id");
      assert.equal(seen.countOf("/orders/:orderId/lines/:lineId"), 1);
      for (const { attributes } of seen.durations) assert.doesNotMatch(JSON.stringify(attributes), /4711|99/);
    },
  },
  {
    title: "the root route is / (R-M1)",
    async run({ send, settle }) {
      await send("/");
      const seen = await settle(1);
      assert.equal(seen.request("/").name, "GET /");
      assert.equal(seen.countOf("/"), 1);
    },
  },
  {
    title: "one route with two methods has two series and two names (R-M1)",
    async run({ send, settle }) {
      await send("/items/1");
      await send({ method: "PUT", path: "/items/1" });
      const { requests, durations } = await settle(2);
      assert.deepEqual(requests.map(({ name }) => name).sort(), ["GET /items/:id", "PUT /items/:id"]);
      assert.deepEqual(durations.map(({ attributes }) => attributes["http.request.method"]).sort(), ["GET", "PUT"]);
    },
  },
  {
    title: "requests that match no route share one series without a route and are named after their method only (R-L5)",
    async run({ send, settle }) {
      for (const path of ["/nowhere", "/wp-login.php", "/items/1/2/3", "/.env"])
        assert.equal((await send(path)).status, 404);
      const seen = await settle(4);
      assert.deepEqual(new Set(seen.requests.map(({ name }) => name)), new Set(["GET"]));
      for (const { attributes } of seen.requests) assert.equal("http.route" in attributes, false);
      assert.equal(seen.durations.length, 1);
      assert.equal(seen.countOf(undefined), 4);
    },
  },
  {
    title: "the route is recorded even if the handler throws (R-A1)",
    async run({ send, settle }) {
      await send("/throw/async/17");
      await send("/throw/sync");
      const seen = await settle(2);
      assert.equal(seen.request("/throw/async/17").name, "GET /throw/async/:id");
      assert.equal(seen.request("/throw/sync").attributes["http.route"], "/throw/sync");
      assert.equal(seen.countOf("/throw/async/:id"), 1);
    },
  },
  {
    title: "encoded paths are reported under the route that the framework matched (R-L5)",
    async run({ send, settle }) {
      await send("/%69tems/1");
      await send("/items/a%2Fb");
      const seen = await settle(2);
      const answers = new Set(seen.requests.map(({ attributes }) => attributes["http.route"]));
      for (const route of answers) assert.ok(route === undefined || route === "/items/:id", String(route));
      assert.equal(seen.request("/items/a%2Fb").name, "GET /items/:id");
    },
  },
  {
    title: "a route's own name and attributes are on its spans; its series keep the template (R-S5)",
    async run({ send, settle }) {
      await send("/named");
      const seen = await settle(1);
      const { name, attributes } = seen.request("/named");
      assert.equal(name, "GET the named one");
      assert.equal(attributes["app.tier"], "gold");
      assert.equal(attributes["http.route"], "/named");
      assert.equal(seen.countOf("/named"), 1);
    },
  },
  {
    title: "HEAD is reported under the route of its GET, with its own method (R-M1)",
    async run({ send, settle }) {
      const { status, body } = await send({ method: "HEAD", path: "/items/5" });
      assert.deepEqual([status, body], [200, ""]);
      const seen = await settle(1);
      assert.equal(seen.request("/items/5").name, "HEAD /items/:id");
      assert.equal(seen.durations[0]?.attributes["http.request.method"], "HEAD");
    },
  },
  {
    title: "OPTIONS is counted with its own method (R-M1)",
    async run({ send, settle }) {
      await send({ method: "OPTIONS", path: "/items/5" });
      const { requests, durations } = await settle(1);
      assert.equal(requests[0]?.attributes["http.request.method"], "OPTIONS");
      assert.match(requests[0]?.name ?? "", /^OPTIONS( \/items\/:id)?$/);
      assert.equal(durations[0]?.attributes["http.request.method"], "OPTIONS");
    },
  },
  {
    title: "an unknown method is reported as _OTHER and named HTTP; its own name is only on the span (R-L5)",
    async run({ send, settle }) {
      await send({ method: "PROPFIND", path: "/items/5" });
      const { requests, durations } = await settle(1);
      const [span] = requests;
      assert.equal(span?.attributes["http.request.method"], "_OTHER");
      assert.equal(span?.attributes["http.request.method_original"], "PROPFIND");
      assert.match(span?.name ?? "", /^HTTP( |$)/);
      assert.equal(durations[0]?.attributes["http.request.method"], "_OTHER");
      assert.equal("http.request.method_original" in (durations[0]?.attributes ?? {}), false);
    },
  },
];
