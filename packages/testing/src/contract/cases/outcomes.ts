import assert from "node:assert/strict";
import { once } from "node:events";
import type { ContractCase } from "../contract-case.ts";

/** How a request ended. */
export const outcomeCases: readonly ContractCase[] = [
  {
    title: "responses below 500 leave the span's status unset and have no error type (R-M1)",
    async run({ send, settle }) {
      for (const status of [200, 204, 304, 400, 404, 418, 499]) await send(`/status/${status}`);
      const { requests, durations } = await settle(7);
      for (const { status, attributes } of requests) {
        assert.equal(status.code, 0);
        assert.equal("error.type" in attributes, false);
      }
      assert.deepEqual(durations.map(({ attributes }) => attributes["http.response.status_group"]).sort(), [
        "2xx",
        "3xx",
        "4xx",
      ]);
      for (const { attributes } of durations) assert.equal("error.type" in attributes, false);
    },
  },
  {
    title:
      "a 5xx without a thrown error is an error without a description, with the code as its type, on the span and in the metrics (R-M1)",
    async run({ send, settle }) {
      await send("/status/503");
      const { requests, durations } = await settle(1);
      assert.deepEqual(requests[0]?.status, { code: 2, message: "" });
      assert.equal(requests[0]?.attributes["error.type"], "503");
      assert.equal(durations[0]?.attributes["error.type"], "503");
      assert.equal(durations[0]?.attributes["http.response.status_group"], "5xx");
    },
  },
  {
    title: "series have the status as group, code or both, as configured (R-M1)",
    telemetry: { statusAttribute: "both" },
    async run({ send, settle }) {
      await send("/status/201");
      await send("/status/202");
      const { durations } = await settle(2);
      assert.deepEqual(
        durations.map(({ attributes }) => [
          attributes["http.response.status_group"],
          Number(attributes["http.response.status_code"]),
        ]),
        [
          ["2xx", 201],
          ["2xx", 202],
        ],
      );
    },
  },
  {
    title: "redirects and empty responses count as completed (R-M1)",
    async run({ send, settle }) {
      assert.equal((await send("/moved")).status, 302);
      assert.equal((await send("/empty")).body, "");
      assert.equal((await send({ method: "PUT", path: "/items/1" })).status, 204);
      const { aborted } = await settle(3);
      assert.equal(aborted, 0);
    },
  },
  {
    title: "a request whose client gives up before any response counts as aborted, without an invented status (R-M2)",
    async run({ open, settle, fixture }) {
      const connection = await open();
      connection.write("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
      await fixture.latches.wait("never:entered");
      connection.reset();
      const { requests, durations, aborted } = await settle(1);
      const { attributes } = requests[0] ?? assert.fail();
      assert.equal("http.response.status_code" in attributes, false);
      assert.equal(attributes["error.type"], "aborted");
      assert.equal(attributes["http.route"], "/never");
      assert.equal("http.response.status_group" in (durations[0]?.attributes ?? {}), false);
      assert.equal(durations[0]?.attributes["error.type"], "aborted");
      assert.equal(aborted, 1);
    },
  },
  {
    title: "the client's address is recorded even after it has left (R-M2)",
    async run({ open, settle, fixture }) {
      const connection = await open();
      connection.write("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
      await fixture.latches.wait("never:entered");
      connection.reset();
      const { requests } = await settle(1);
      assert.match(String(requests[0]?.attributes["network.peer.address"]), /127\.0\.0\.1$/);
    },
  },
  {
    title: "a request whose client leaves during the response counts as aborted, with the status that was sent (R-M2)",
    async run({ open, settle }) {
      const connection = await open();
      connection.write("GET /half HTTP/1.1\r\nHost: x\r\n\r\n");
      await connection.until("half of it");
      connection.reset();
      const { requests, durations, aborted } = await settle(1);
      const { attributes } = requests[0] ?? assert.fail();
      assert.equal(Number(attributes["http.response.status_code"]), 200);
      assert.equal(attributes["error.type"], "aborted");
      assert.equal(durations[0]?.attributes["http.response.status_group"], "2xx");
      assert.equal(aborted, 1);
    },
  },
  {
    title: "a response that the server cuts short counts as aborted (R-M2)",
    async run({ open, settle }) {
      const connection = await open();
      connection.write("GET /destroyed HTTP/1.1\r\nHost: x\r\n\r\n");
      await connection.untilClosed();
      const { requests, aborted } = await settle(1);
      assert.equal(requests[0]?.attributes["error.type"], "aborted");
      assert.equal(aborted, 1);
    },
  },
  {
    title: "a request that the server hangs up on counts as aborted, without a status (R-M2)",
    async run({ open, settle }) {
      const connection = await open();
      connection.write("GET /hung-up HTTP/1.1\r\nHost: x\r\n\r\n");
      await connection.untilClosed();
      const { requests, aborted } = await settle(1);
      assert.equal("http.response.status_code" in (requests[0]?.attributes ?? {}), false);
      assert.equal(aborted, 1);
    },
  },
  {
    title: "a request whose client gives up while sending its body counts as aborted (R-M2)",
    async run({ open, settle, fixture }) {
      const connection = await open();
      connection.write("POST /context/data HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nsome");
      await fixture.latches.wait("data:came");
      connection.reset();
      const { requests, aborted } = await settle(1);
      assert.equal(requests[0]?.name, "POST /context/data");
      assert.equal(aborted, 1);
    },
  },
  {
    title: "a response given after the client has left changes nothing (R-M2)",
    async run({ open, settle, fixture, telemetry }) {
      const connection = await open();
      connection.write("GET /waits HTTP/1.1\r\nHost: x\r\n\r\n");
      await fixture.latches.wait("waits:entered");
      connection.reset();
      assert.equal((await settle(1)).aborted, 1);
      fixture.latches.open("waits:go");
      // The handler goes on in the microtasks before this.
      await new Promise((resolve) => setImmediate(resolve));
      const { counted, aborted, requests } = await settle(1);
      assert.deepEqual([counted, aborted, requests.length], [1, 1, 1]);
      assert.deepEqual(telemetry.status().faults, {});
    },
  },
  {
    title: "requests count as active until they are over (R-M2)",
    async run({ open, settle, fixture, telemetry, receiver }) {
      const connection = await open();
      connection.write("GET /waits HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      await fixture.latches.wait("waits:entered");
      await telemetry.flush();
      assert.deepEqual(
        receiver.latestPoints("http.server.active_requests").map(({ value }) => Number(value)),
        [1],
      );
      fixture.latches.open("waits:go");
      await connection.untilClosed();
      await settle(1);
    },
  },
  {
    title: "an interim response (1xx) is not the response (R-M2)",
    async run({ raw, settle }) {
      const received = await raw("GET /early-hints HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assert.match(received, /^HTTP\/1\.1 102 .*HTTP\/1\.1 200 /s);
      const { requests, aborted } = await settle(1);
      assert.equal(Number(requests[0]?.attributes["http.response.status_code"]), 200);
      assert.equal(aborted, 0);
    },
  },
  {
    title: "pipelined requests over one connection get one record each (R-M1)",
    async run({ raw, settle }) {
      const one = (path: string, more = ""): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
      await raw(one("/items/1") + one("/nowhere") + one("/throw/sync") + one("/", "Connection: close\r\n"));
      const { requests } = await settle(4);
      assert.deepEqual(requests.map(({ name }) => name).sort(), ["GET", "GET /", "GET /items/:id", "GET /throw/sync"]);
    },
  },
  {
    title: "a client that half-closes the connection gets its response and does not count as aborted (R-M2)",
    async run({ open, settle, fixture }) {
      const { socket, ...connection } = await open();
      socket.end("GET /waits HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      await fixture.latches.wait("waits:entered");
      fixture.latches.open("waits:go");
      await (socket.closed ? undefined : once(socket, "close"));
      void connection;
      const { counted } = await settle(1);
      assert.equal(counted, 1);
    },
  },
];
