import { decodeTraceRequest } from "@gossamer/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { handClock } from "../metrics/testing/test-metrics.ts";
import type { AttributeList } from "../model/attributes.ts";
import type { Scope } from "../model/scope.ts";
import type { Chunk } from "../pipeline/queue/chunk.ts";
import { requestOf, spanData, testScope } from "../testing/span-data.ts";
import { SpanChunkWriter } from "./span-chunk-writer.ts";
import type { EncodedChunk } from "./encoded-chunk.ts";

const otherScope: Scope = { name: "pg", version: "8" };

function chunkWriter(bounds: { maxItems?: number; maxBytes?: number } = {}) {
  const clock = handClock();
  const chunks: Chunk<EncodedChunk>[] = [];
  const since: number[] = [];
  const drops: string[] = [];
  const writer = new SpanChunkWriter({
    maxItems: 100,
    maxBytes: 10_000,
    ...bounds,
    priority: "healthy",
    clock,
    add: (chunk, sinceMs) => {
      chunks.push(chunk);
      since.push(sinceMs);
    },
    dropped: (reason) => drops.push(reason),
  });
  return { writer, clock, chunks, since, drops };
}

function named(name: string, scope = testScope, filler = 0) {
  return spanData({ name, scope, attributes: filler === 0 ? [] : ["filler", "x".repeat(filler)] });
}

function namesIn(chunks: readonly Chunk<EncodedChunk>[]): string[] {
  return decodeTraceRequest(requestOf(chunks.map(({ payload }) => payload))).map(({ name }) => name);
}

test("a chunk is handed over when it holds as many spans as a batch may (R-P1)", () => {
  const { writer, chunks } = chunkWriter({ maxItems: 3 });
  for (let i = 0; i < 7; i++) writer.write(named(`s${i}`));
  expect(chunks.map(({ items }) => items)).toEqual([3, 3]);
  expect(writer.items).toBe(1);
  writer.seal();
  expect(namesIn(chunks)).toEqual(["s0", "s1", "s2", "s3", "s4", "s5", "s6"]);
});

test("no chunk is ever larger than its bounds, and together they hold every span once (R-P1)", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 300, max: 2_000 }),
      fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 40 }),
      (maxItems, maxBytes, fillers) => {
        const { writer, chunks, drops } = chunkWriter({ maxItems, maxBytes });
        for (const [i, filler] of fillers.entries()) writer.write(named(`s${i}`, testScope, filler));
        writer.seal();
        for (const { items, bytes, payload } of chunks) {
          expect(items).toBeLessThanOrEqual(maxItems);
          expect(bytes).toBeLessThanOrEqual(maxBytes);
          expect(bytes).toBe(payload.bytes.length);
        }
        expect(namesIn(chunks)).toEqual(fillers.map((_, i) => `s${i}`));
        expect(drops).toEqual([]);
      },
    ),
  );
});

test("a span larger than a chunk may be is dropped and counted, and its neighbours are not harmed (R-P1)", () => {
  const { writer, chunks, drops } = chunkWriter({ maxBytes: 500 });
  writer.write(named("before"));
  writer.write(named("giant", testScope, 5_000));
  writer.write(named("after"));
  writer.seal();
  expect(drops).toEqual(["too-large"]);
  expect(namesIn(chunks)).toEqual(["before", "after"]);
});

test("a span that cannot be written leaves nothing of itself behind (R-P1)", () => {
  const { writer, chunks } = chunkWriter();
  const changed: unknown[] = ["a"];
  const broken = spanData({ name: "broken", attributes: ["list", changed] as AttributeList });
  changed.push({});
  writer.write(named("before"));
  expect(() => writer.write(broken)).toThrow(TypeError);
  writer.write(named("after"));
  writer.seal();
  expect(namesIn(chunks)).toEqual(["before", "after"]);
});

test("a chunk can be cut at the end of any of its spans (R-P1)", () => {
  const { writer, chunks } = chunkWriter();
  for (let i = 0; i < 5; i++) writer.write(named(`s${i}`, testScope, i * 40));
  writer.seal();
  const [chunk] = chunks;
  const { bytes, ends } = chunk!.payload;
  expect(ends.at(-1)).toBe(bytes.length);
  for (let cut = 1; cut <= 5; cut++) {
    const end = ends[cut - 1]!;
    const part: EncodedChunk = {
      bytes: bytes.subarray(0, end),
      ends: ends.slice(0, cut),
      segments: [{ scope: testScope, first: 0 }],
    };
    expect(decodeTraceRequest(requestOf([part])).map(({ name }) => name)).toEqual(
      ["s0", "s1", "s2", "s3", "s4"].slice(0, cut),
    );
  }
});

test("spans of a scope travel together, over chunks and turns, and each keeps its own scope (R-P12)", () => {
  const { writer, chunks } = chunkWriter({ maxItems: 4 });
  const order = [testScope, otherScope, otherScope, testScope, otherScope, testScope];
  for (const [i, scope] of order.entries()) writer.write(named(`${scope.name}${i}`, scope));
  writer.seal();
  const spans = decodeTraceRequest(requestOf(chunks.map(({ payload }) => payload)));
  expect(spans.map(({ name, scope }) => [name, scope.name])).toEqual([
    ["shop0", "shop"],
    ["shop3", "shop"],
    ["shop5", "shop"],
    ["pg1", "pg"],
    ["pg2", "pg"],
    ["pg4", "pg"],
  ]);
});

test("a chunk knows since when its first span waits (R-P1)", () => {
  const { writer, clock, since } = chunkWriter();
  expect(writer.oldestMs).toBeUndefined();
  clock.wait(10);
  writer.write(named("a"));
  clock.wait(5);
  writer.write(named("b"));
  expect(writer.oldestMs).toBe(10);
  writer.seal();
  expect(since).toEqual([10]);
  expect(writer.oldestMs).toBeUndefined();
});

test("sealing nothing hands nothing over (R-P1)", () => {
  const { writer, chunks } = chunkWriter();
  writer.seal();
  expect(chunks).toEqual([]);
  expect(writer.bytes).toBe(0);
});

test("a chunk that was handed over keeps its bytes while others are written, whether it was small or filled the buffer (R-P1)", () => {
  const { writer, chunks } = chunkWriter({ maxBytes: 65_536, maxItems: 1_000 });
  for (let i = 0; i < 900; i++) writer.write(named(`s${i}`, testScope, 300));
  writer.seal();
  for (let i = 900; i < 910; i++) writer.write(named(`s${i}`, testScope, 300));
  writer.seal();
  for (let i = 910; i < 1_200; i++) writer.write(named(`s${i}`, testScope, 300));
  writer.seal();
  expect(namesIn(chunks)).toEqual(Array.from({ length: 1_200 }, (_, i) => `s${i}`));
  // What a chunk holds on to is little more than its bytes.
  for (const { payload, bytes } of chunks)
    expect(payload.bytes.buffer.byteLength - bytes).toBeLessThan(bytes * 0.05 + 64);
});
