import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { ReceivedPoint } from "../../decode-metrics-request.ts";
import type { ReceivedSpan } from "../../decode-trace-request.ts";
import type { ContractCase } from "../contract-case.ts";

const lastsMs = 60;

/** Responses that go on for as long as somebody listens. */
export const streamCases: readonly ContractCase[] = [
  {
    title: "an event stream that its client leaves counts as ended normally (R-M2)",
    async run({ open, settle }) {
      const connection = await open();
      connection.write("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
      await connection.until("data: first");
      connection.reset();
      const { requests, aborted, durations } = await settle(1);
      const { attributes, status } = requests[0] ?? assert.fail();
      assert.equal(Number(attributes["http.response.status_code"]), 200);
      assert.equal("error.type" in attributes, false);
      assert.equal(status.code, 0);
      assert.equal(durations[0]?.attributes["http.response.status_group"], "2xx");
      assert.equal(aborted, 0);
    },
  },
  {
    title:
      "an event stream's duration is the time to its headers; its lifetime is a separate metric and the span's duration (R-M2)",
    async run({ open, settle }) {
      const connection = await open();
      connection.write("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
      await connection.until("data: first");
      await sleep(lastsMs);
      connection.reset();
      const { requests, durations, streams } = await settle(1);
      assertLifetime(requests[0], durations[0], streams[0]);
    },
  },
  {
    title: "an event stream whose headers were flushed early is measured as a stream (R-M2)",
    async run({ open, settle }) {
      const connection = await open();
      connection.write("GET /events/flushed HTTP/1.1\r\nHost: x\r\n\r\n");
      await connection.until("data: first");
      connection.reset();
      const { streams, aborted } = await settle(1);
      assert.equal(streams.length, 1);
      assert.equal(aborted, 0);
    },
  },
  {
    title: "an event stream that the server ends is measured as a stream too (R-M2)",
    async run({ open, settle, fixture }) {
      const connection = await open();
      connection.write("GET /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      await connection.until("data: first");
      fixture.latches.open("events:end");
      await connection.untilClosed();
      const { streams, aborted } = await settle(1);
      assert.equal(streams[0]?.count, 1);
      assert.equal(aborted, 0);
    },
  },
  {
    title: "a route declared as a stream is measured as one, whatever its content type (R-M2, R-S5)",
    async run({ open, settle, fixture }) {
      const connection = await open();
      connection.write("GET /download HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      await connection.until("part one");
      await sleep(lastsMs);
      fixture.latches.open("download:go");
      await connection.untilClosed();
      const { requests, durations, streams } = await settle(1);
      assertLifetime(requests[0], durations[0], streams[0]);
      assert.equal(streams[0]?.attributes["http.route"], "/download");
    },
  },
  {
    title: "a chunked response is not a stream (R-M2)",
    async run({ send, settle }) {
      assert.equal((await send("/chunked")).body, "one,two,three");
      const { streams } = await settle(1);
      assert.equal(streams.length, 0);
    },
  },
];

/** Bounds that a slow machine widens and never breaks: the stream lasted at least so long beyond its headers. */
function assertLifetime(
  span: ReceivedSpan | undefined,
  duration: ReceivedPoint | undefined,
  stream: ReceivedPoint | undefined,
): void {
  assert.equal(duration?.count, 1);
  assert.equal(stream?.count, 1);
  const toHeaders = duration.sum ?? 0;
  const lifetime = stream.sum ?? 0;
  // A timer may be up to a millisecond early.
  assert.ok(lifetime - toHeaders >= (lastsMs - 2) / 1000, `lifetime ${lifetime} s, to headers ${toHeaders} s`);
  const spanSeconds = Number((span?.endTimeUnixNano ?? 0n) - (span?.startTimeUnixNano ?? 0n)) / 1e9;
  assert.ok(Math.abs(spanSeconds - lifetime) < 1e-6, `span ${spanSeconds} s, lifetime ${lifetime} s`);
}
