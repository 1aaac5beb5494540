import { decodeTraceRequest, readTraceRequest } from "@gossamer/testing";
import { expect, test } from "vitest";
import { handClock } from "../metrics/testing/test-metrics.ts";
import type { Scope } from "../model/scope.ts";
import { spanData } from "../testing/span-data.ts";
import { SpanChunkWriter } from "./span-chunk-writer.ts";
import type { EncodedChunk } from "./encoded-chunk.ts";
import { exportRequestParts } from "./export-request.ts";

function chunkOf(scopes: readonly Scope[], filler = ""): EncodedChunk {
  let sealed: EncodedChunk | undefined;
  const writer = new SpanChunkWriter({
    maxItems: 1_000,
    maxBytes: 1_000_000,
    priority: "healthy",
    clock: handClock(),
    add: ({ payload }) => {
      sealed = payload;
    },
    dropped: () => {},
  });
  for (const scope of scopes) writer.write(spanData({ scope, attributes: ["filler", filler] }));
  writer.seal();
  if (sealed === undefined) throw new Error("No chunk was sealed.");
  return sealed;
}

const bare: Scope = { name: "", version: "" };
const full: Scope = { name: "pg", version: "8.1", schemaUrl: "https://example.test/scope" };

test("resource, scopes and their schema URLs arrive with every span (R-P12)", () => {
  const resource = {
    attributes: { "service.name": "shop", "process.pid": 7, absent: undefined },
    schemaUrl: "https://example.test/resource",
  };
  const spans = decodeTraceRequest(Buffer.concat(exportRequestParts(resource, [chunkOf([bare, full])])));
  expect(spans.map(({ scope }) => scope)).toEqual([
    { name: "", version: "", attributes: {}, schemaUrl: "" },
    { name: "pg", version: "8.1", attributes: {}, schemaUrl: "https://example.test/scope" },
  ]);
  for (const span of spans) {
    expect(span.resource).toEqual({ "service.name": "shop", "process.pid": 7 });
    expect(span.resourceSchemaUrl).toBe("https://example.test/resource");
  }
});

test("one group a scope goes out, however many chunks it is spread over (R-P12)", () => {
  const chunks = [chunkOf([full, bare]), chunkOf([bare, full]), chunkOf([full])];
  const request = readTraceRequest(Buffer.concat(exportRequestParts({ attributes: {} }, chunks)));
  expect(request.resourceSpans).toHaveLength(1);
  expect(request.resourceSpans[0]?.scopeSpans.map(({ scope, spans }) => [scope?.name, spans.length])).toEqual([
    ["pg", 3],
    ["", 2],
  ]);
});

test.for([10, 100, 120, 16_000, 16_400, 300_000])(
  "lengths of every size are told right, with %i bytes in a span (R-P12)",
  (bytes) => {
    const filler = "x".repeat(bytes);
    const parts = exportRequestParts({ attributes: { note: filler } }, [chunkOf([full], filler)]);
    const [span] = decodeTraceRequest(Buffer.concat(parts));
    expect([span?.attributes["filler"], span?.resource["note"]]).toEqual([filler, filler]);
  },
);

test.for([null, 7, {}, "", ["x"], Symbol("x")])(
  "a scope or resource whose texts are %s is sent without them, with everybody's spans (B8)",
  (odd) => {
    const scope = { name: odd, version: odd, schemaUrl: odd } as unknown as Scope;
    const resource = { attributes: { "service.name": "shop" }, schemaUrl: odd as string };
    const spans = decodeTraceRequest(Buffer.concat(exportRequestParts(resource, [chunkOf([scope, full])])));
    expect(spans.map((span) => span.scope)).toEqual([
      { name: "", version: "", attributes: {}, schemaUrl: "" },
      { name: "pg", version: "8.1", attributes: {}, schemaUrl: "https://example.test/scope" },
    ]);
  },
);
