import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { RequestLine } from "@gossamer/core";
import type { ContractCase } from "../contract-case.ts";
import type { World } from "../world.ts";

/** The log line of each request. */
export const requestLineCases: readonly ContractCase[] = [
  {
    title: "a request has one line: method, route, status, duration, sizes, ids and why it was sampled (R-G2)",
    async run(world) {
      const lines = take(world);
      await world.send({
        method: "POST",
        path: "/echo",
        headers: { "content-type": "application/json" },
        body: '{"a":1}',
      });
      const { requests } = await world.settle(1);
      assert.equal(lines.length, 1);
      const [line] = lines;
      assert.deepEqual(
        [line?.level, line?.method, line?.route, line?.statusCode, line?.aborted],
        ["info", "POST", "/echo", 201, false],
      );
      assert.deepEqual([line?.traceId, line?.spanId], [requests[0]?.traceId, requests[0]?.spanId]);
      assert.equal(line?.samplingReason, requests[0]?.attributes["sampling.reason"]);
      assert.equal(line?.requestBytes, 7);
      assert.ok((line?.durationMs ?? -1) >= 0);
      assert.equal(line?.path, undefined);
    },
  },
  {
    title: "an unsampled healthy request has no line, a 4xx a warning, a failure an error (R-G2)",
    telemetry: { sampleRatio: 0 },
    async run(world) {
      const lines = take(world);
      for (const path of ["/items/1", "/status/404", "/status/503", "/nowhere"]) await world.send(path);
      await world.settle(4);
      assert.deepEqual(
        lines.map(({ level, route, statusCode }) => [level, route, statusCode]),
        [
          ["warn", "/status/:code", 404],
          ["error", "/status/:code", 503],
          ["warn", undefined, 404],
        ],
      );
    },
  },
  {
    title:
      "an error that a handler throws is on its request's one line, with its stack; the stack is on no span (R-G7)",
    async run(world) {
      const lines = take(world);
      await world.send("/throw/sync");
      const { requests } = await world.settle(1);
      assert.equal(lines.length, 1);
      assert.equal(lines[0]?.errorType, "FixtureError");
      assert.equal((lines[0]?.error as Error | undefined)?.stack, "FixtureError: thrown at once");
      const [span] = requests;
      assert.equal(span?.events.length, 0);
      assert.equal("exception.stacktrace" in (span?.attributes ?? {}), false);
    },
  },
  {
    title: "a request whose client left has a line without a status (R-G2)",
    async run(world) {
      const lines = take(world);
      const connection = await world.open();
      connection.write("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
      await world.fixture.latches.wait("never:entered");
      connection.reset();
      await world.settle(1);
      assert.deepEqual(
        lines.map(({ level, route, statusCode, aborted }) => [level, route, statusCode, aborted]),
        [["warn", "/never", undefined, true]],
      );
    },
  },
  {
    title: "a stream's line is written when it ends, with the time to its headers (R-G2)",
    async run(world) {
      const lines = take(world);
      const connection = await world.open();
      connection.write("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
      await connection.until("data: first");
      await sleep(20);
      assert.equal(lines.length, 0);
      world.fixture.latches.open("events:end");
      await world.settle(1);
      connection.reset();
      const [line] = lines;
      assert.deepEqual([line?.level, line?.route, line?.aborted], ["info", "/events", false]);
      assert.ok((line?.streamMs ?? 0) > (line?.durationMs ?? 0));
    },
  },
  {
    title: "text from a client (method, path, headers) can create neither lines nor fields (R-G2)",
    telemetry: { sampleRatio: 0 },
    async run(world) {
      const lines = take(world);
      const evil = "%0A%7B%22level%22:60%7D%22,%22x%22:%22";
      await world.send({ path: `/${evil}?${evil}`, headers: { "user-agent": evil, "x-before": "none" } });
      await world.settle(1);
      assert.equal(JSON.stringify(lines).includes("level%22"), false);
      assert.deepEqual(
        lines.map(({ level, route }) => [level, route]),
        [["warn", undefined]],
      );
    },
  },
  {
    title: "with `all`, every request has a line; a failing logger loses only its own lines (R-G2)",
    telemetry: { sampleRatio: 0, requestLine: "all" },
    async run(world) {
      const lines = take(world);
      const stop = world.telemetry.logging.logRequests({
        write() {
          throw new Error("a logger that fails");
        },
      });
      await world.send("/items/1");
      stop();
      await world.send("/items/1");
      await world.settle(2);
      assert.equal(lines.length, 2);
      assert.equal(world.telemetry.status().faults["request-line"], 1);
    },
  },
  {
    title: "the name returned by categorizeError is the error type on span, metric and line (R-G7)",
    telemetry: { categorizeError: (error) => (error instanceof Error ? `kind of ${error.name}` : undefined) },
    async run(world) {
      const lines = take(world);
      await world.send("/throw/async/1");
      const { requests, durations } = await world.settle(1);
      const word = "kind of PaymentError";
      assert.equal(requests[0]?.attributes["error.type"], word);
      assert.equal(durations[0]?.attributes["error.type"], word);
      assert.equal(lines[0]?.errorType, word);
    },
  },
];

function take({ telemetry }: World): RequestLine[] {
  const lines: RequestLine[] = [];
  telemetry.logging.logRequests({ write: (line) => void lines.push(line) });
  return lines;
}
