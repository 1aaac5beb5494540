import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { decodeTraceRequest, readTraceRequest } from "./decode-trace-request.ts";
import { otlpSchema } from "./otlp-schema.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

/** A request written by the OpenTelemetry authors' own serialiser. */
function serialised(span: object): Uint8Array {
  const { ProtobufTraceSerializer } = createRequire(import.meta.url)("otlp-schema") as {
    ProtobufTraceSerializer: { serializeRequest(spans: object[]): Uint8Array };
  };
  return ProtobufTraceSerializer.serializeRequest([
    {
      name: "GET /products/:id",
      kind: 1,
      spanContext: () => ({ traceId, spanId, traceFlags: 1 }),
      parentSpanContext: { traceId, spanId: "00f067aa0ba902b7", traceFlags: 1, isRemote: true },
      startTime: [1_700_000_000, 123_456_789],
      endTime: [1_700_000_000, 123_456_790],
      ended: true,
      duration: [0, 1],
      status: { code: 2, message: "no" },
      attributes: {
        "http.route": "/products/:id",
        "http.response.status_code": 500,
        ratio: 0.5,
        ok: true,
        tags: ["a", "b"],
      },
      droppedAttributesCount: 3,
      events: [{ name: "retry", time: [1_700_000_000, 5], attributes: { n: 1 }, droppedAttributesCount: 0 }],
      droppedEventsCount: 4,
      links: [
        { context: { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 0 }, attributes: { why: "batch" } },
      ],
      droppedLinksCount: 5,
      resource: { attributes: { "service.name": "shop" }, schemaUrl: "https://example.com/resource" },
      instrumentationScope: { name: "scope", version: "1.2.3", schemaUrl: "https://example.com/scope" },
      ...span,
    },
  ]);
}

describe("decodeTraceRequest", () => {
  it("reads every field of a span that the OpenTelemetry serialiser wrote (R-A6)", () => {
    const [span, ...rest] = decodeTraceRequest(serialised({}));
    expect(rest).toEqual([]);
    expect(span).toEqual({
      traceId,
      spanId,
      parentSpanId: "00f067aa0ba902b7",
      traceState: "",
      flags: 0x301,
      name: "GET /products/:id",
      kind: 2,
      startTimeUnixNano: 1_700_000_000_123_456_789n,
      endTimeUnixNano: 1_700_000_000_123_456_790n,
      attributes: {
        "http.route": "/products/:id",
        "http.response.status_code": 500,
        ratio: 0.5,
        ok: true,
        tags: ["a", "b"],
      },
      droppedAttributesCount: 3,
      events: [
        { name: "retry", timeUnixNano: 1_700_000_000_000_000_005n, attributes: { n: 1 }, droppedAttributesCount: 0 },
      ],
      droppedEventsCount: 4,
      links: [
        {
          traceId: "1".repeat(32),
          spanId: "2".repeat(16),
          traceState: "",
          flags: 0x100,
          attributes: { why: "batch" },
          droppedAttributesCount: 0,
        },
      ],
      droppedLinksCount: 5,
      status: { code: 2, message: "no" },
      scope: { name: "scope", version: "1.2.3", attributes: {}, schemaUrl: "https://example.com/scope" },
      resource: { "service.name": "shop" },
      resourceSchemaUrl: "https://example.com/resource",
    });
  });

  it("keeps integers exact that a double would round (R-A6)", () => {
    const bytes = encoded([{ key: "big", value: { intValue: "9007199254740993" } }]);
    expect(decodeTraceRequest(bytes)[0]?.attributes).toEqual({ big: 9_007_199_254_740_993n });
  });

  it("tells integers from doubles in the unconverted form (R-A6)", () => {
    const bytes = encoded([
      { key: "integer", value: { intValue: 5 } },
      { key: "double", value: { doubleValue: 5 } },
    ]);
    const attributes = readTraceRequest(bytes).resourceSpans[0]?.scopeSpans[0]?.spans[0]?.attributes;
    expect(attributes?.map(({ value }) => value?.value)).toEqual(["intValue", "doubleValue"]);
  });

  it("refuses a key that is there twice, because a record would hide it (R-A6)", () => {
    const twice = encoded([
      { key: "a", value: { intValue: 1 } },
      { key: "a", value: { intValue: 2 } },
    ]);
    expect(() => decodeTraceRequest(twice)).toThrow('Attribute "a" is there twice.');
  });

  it("takes __proto__ as a key like any other (R-A6)", () => {
    const attributes = decodeTraceRequest(encoded([{ key: "__proto__", value: { stringValue: "x" } }]))[0]?.attributes;
    expect(Object.entries(attributes ?? {})).toEqual([["__proto__", "x"]]);
  });

  it("throws on bytes that are not a request (R-A6)", () => {
    expect(() => decodeTraceRequest(Uint8Array.of(10, 200, 1, 2))).toThrow();
  });
});

function encoded(attributes: object[]): Uint8Array {
  return otlpSchema.trace.v1.ExportTraceServiceRequest.encode({
    resourceSpans: [{ scopeSpans: [{ spans: [{ name: "x", attributes }] }] }],
  }).finish();
}
