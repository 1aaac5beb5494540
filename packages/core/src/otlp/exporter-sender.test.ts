import { InMemorySpanExporter } from "@opentelemetry/sdk-trace";
import { describe, expect, it } from "vitest";
import { producedResource } from "../model/resource.ts";
import type { ReadableSpan, SpanExporter } from "../model/span-processor.ts";
import { statusCode } from "../model/span-data.ts";
import { startTimer } from "../pipeline/time/timers.ts";
import { requestOf, spanData } from "../testing/span-data.ts";
import { handClock } from "../metrics/testing/test-metrics.ts";
import { ConsoleExporter, spanLine } from "./console-exporter.ts";
import { ExporterSender } from "./exporter-sender.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { readTraceRequest } from "./read-trace-request.ts";
import { writeSpan } from "./span-writer.ts";

const makeResource = (attributes: object) => producedResource({ attributes: { ...attributes } });

function requestWith(...changes: Parameters<typeof spanData>[0][]): Uint8Array {
  const writer = new ProtobufWriter(16);
  const ends = changes.map((change) => {
    writeSpan(writer, spanData(change), handClock(1_700_000_000_000));
    return writer.position;
  });
  const { scope } = spanData();
  return requestOf([{ bytes: writer.bytes(), ends: Uint32Array.from(ends), segments: [{ scope, first: 0 }] }]);
}

function sender(exporter: SpanExporter, timeoutMs = 1_000): ExporterSender {
  return new ExporterSender({ exporter, name: "test", timeoutMs, makeResource, startTimer });
}

const exporting = (run: SpanExporter["export"]): SpanExporter => ({
  export: run,
  shutdown: () => Promise.reject(new Error("never ends well")),
});

describe("ExporterSender", () => {
  it("gives an exporter of OpenTelemetry the spans as they were recorded (R-P12)", async () => {
    const exporter = new InMemorySpanExporter();
    const full = requestWith({
      name: "GET /shop",
      kind: 1,
      p0: 5,
      p1: 6,
      flags: 3 | 512,
      traceState: "ot=th:8",
      startMs: 10,
      endMs: 12.5,
      attributes: ["text", "ä", "whole", -42, "half", 0.5, "yes", true, "list", ["a", null, "b"], "__proto__", "kept"],
      droppedAttributesCount: 1,
      events: [{ name: "retry", timeMs: 11, attributes: ["n", 2], droppedAttributesCount: 0 }],
      links: [
        {
          traceId: "0af7651916cd43dd8448eb211c80319c",
          spanId: "b7ad6b7169203331",
          traceState: "",
          flags: 1 | 256 | 512,
          attributes: [],
          droppedAttributesCount: 0,
        },
      ],
      statusCode: statusCode.error,
      statusMessage: "it broke",
    });
    await expect(sender(exporter as unknown as SpanExporter).send([full])).resolves.toEqual({
      outcome: "accepted",
      rejected: 0,
    });
    const [span] = exporter.getFinishedSpans();
    expect(span).toMatchObject({
      name: "GET /shop",
      kind: 1,
      parentSpanContext: { traceId: "0123456789abcdef00000001ffffffff", spanId: "0000000500000006", isRemote: true },
      startTime: [1_700_000_000, 10_000_000],
      endTime: [1_700_000_000, 12_500_000],
      duration: [0, 2_500_000],
      status: { code: 2, message: "it broke" },
      ended: true,
      instrumentationScope: { name: "shop", version: "1.2.3" },
      droppedAttributesCount: 1,
      links: [{ context: { spanId: "b7ad6b7169203331", isRemote: true } }],
      events: [{ name: "retry", attributes: { n: 2 } }],
    });
    expect(Object.entries(span?.attributes ?? {})).toEqual([
      ["text", "ä"],
      ["whole", -42],
      ["half", 0.5],
      ["yes", true],
      ["list", ["a", null, "b"]],
      ["__proto__", "kept"],
    ]);
    expect(span?.spanContext()).toMatchObject({ spanId: "7fffffff80000000", traceFlags: 3 });
    expect(span?.spanContext().traceState?.serialize()).toBe("ot=th:8");
    expect(span?.resource.attributes).toEqual({ "service.name": "shop" });
  });

  it.each<[string, SpanExporter["export"], object]>([
    ["fails", (_spans, back) => back({ code: 1, error: new Error("down") }), { cause: "status", reason: "down" }],
    [
      "throws",
      () => {
        throw new Error("broken");
      },
      { cause: "status", reason: "broken" },
    ],
    ["never calls back", () => {}, { cause: "deadline", reason: "no answer within 20 ms" }],
  ])("takes an exporter that %s for one that failed, and may be tried again (R-P12)", async (_how, run, result) => {
    await expect(sender(exporting(run), 20).send([requestWith({})])).resolves.toMatchObject({
      outcome: "retryable",
      ...result,
    });
  });

  it("believes the first answer of an exporter that calls back twice (R-P12)", async () => {
    const twice = exporting((_spans, back) => {
      back({ code: 0 });
      back({ code: 1 });
    });
    await expect(sender(twice).send([requestWith({})])).resolves.toMatchObject({ outcome: "accepted" });
  });

  it("answers what is under way when it closes, and after that (R-P9)", async () => {
    const one = sender(
      exporting(() => {}),
      60_000,
    );
    const sent = one.send([requestWith({})]);
    one.close();
    await expect(sent).resolves.toMatchObject({ reason: "closed" });
    await expect(one.send([requestWith({})])).resolves.toMatchObject({ reason: "closed" });
  });

  it("refuses a body that is none (R-P8)", async () => {
    const exporter = exporting((_spans, back) => back({ code: 0 }));
    await expect(sender(exporter).send([requestWith({}).subarray(0, 30)])).resolves.toMatchObject({
      outcome: "refused",
    });
  });
});

describe("the console", () => {
  it("prints a span as one line, whatever its texts hold (R-P12)", () => {
    let printed = "";
    const spans: ReadableSpan[] = readTraceRequest(
      requestWith({ name: "a\nb\u001b[31m\u2028", attributes: ["k", "v\n\u009b"] }, { name: "plain", statusCode: 2 }),
      makeResource,
    );
    new ConsoleExporter((text) => (printed += text)).export(spans, () => {});
    const lines = printed.split("\n");
    expect(lines).toHaveLength(3);
    // eslint-disable-next-line no-control-regex
    expect(printed).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028]/);
    expect(lines[1]).toBe(
      "2023-11-14T22:13:20.000Z 1.00 ms internal plain error trace=0123456789abcdef00000001ffffffff span=7fffffff80000000 {}",
    );
    expect(spanLine(spans[0] as ReadableSpan)).toContain(String.raw`a\nb`);
  });
});
