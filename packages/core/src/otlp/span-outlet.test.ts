import { decodeTraceRequest } from "@gossamer/testing";
import { expect, test } from "vitest";
import { handClock } from "../metrics/testing/test-metrics.ts";
import type { AttributeList } from "../model/attributes.ts";
import { statusCode } from "../model/span-data.ts";
import type { Chunk } from "../pipeline/queue/chunk.ts";
import { requestOf, spanData } from "../testing/span-data.ts";
import type { EncodedChunk } from "./encoded-chunk.ts";
import { SpanOutlet } from "./span-outlet.ts";

function outlet() {
  const chunks: Chunk<EncodedChunk>[] = [];
  let unwritable = 0;
  const clock = handClock();
  const made = new SpanOutlet({
    maxItems: 10,
    maxBytes: 10_000,
    clock,
    add: (chunk) => chunks.push(chunk),
    dropped: () => {},
    unwritable: () => {
      unwritable++;
    },
  });
  return { outlet: made, chunks, clock, unwritable: () => unwritable };
}

test("failed and healthy spans leave in chunks apart, so that an overflow can drop the healthy first (R-P3)", () => {
  const { outlet: out, chunks, clock } = outlet();
  out.write(spanData({ name: "good" }));
  clock.wait(4);
  out.write(spanData({ name: "bad", statusCode: statusCode.error }));
  out.write(spanData({ name: "fine", statusCode: statusCode.ok }));
  expect(out.items).toBe(3);
  expect(out.oldestMs).toBe(0);
  expect(out.bytes).toBeGreaterThan(0);
  out.seal();
  expect(
    chunks.map(({ priority, payload }) => [priority, decodeTraceRequest(requestOf([payload])).map(({ name }) => name)]),
  ).toEqual([
    ["failed", ["bad"]],
    ["healthy", ["good", "fine"]],
  ]);
  expect([out.items, out.bytes, out.oldestMs]).toEqual([0, 0, undefined]);
});

test("a span that cannot be written is counted, and throws nothing at its owner (R-P1)", () => {
  const { outlet: out, chunks, unwritable } = outlet();
  const { proxy: unreadable, revoke } = Proxy.revocable([], {});
  revoke();
  out.write(spanData({ attributes: ["list", unreadable] as AttributeList }));
  out.write(spanData({ name: "next" }));
  out.seal();
  expect(unwritable()).toBe(1);
  expect(decodeTraceRequest(requestOf(chunks.map(({ payload }) => payload))).map(({ name }) => name)).toEqual(["next"]);
});
