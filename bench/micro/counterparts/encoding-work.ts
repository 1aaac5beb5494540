import type { Span, Tracer } from "@opentelemetry/api";
import type { RunningSubject, Surroundings } from "../../harness/subject.ts";
import { type AttributeCount, startOrdersSpan } from "../subjects/orders-span.ts";
import type { Side } from "./pieces.ts";

const spansABatch = 512;

/** Finished spans to OTLP bytes, 512 a batch: the same ones over and over, so that nothing but writing them is measured. */
export async function encodingWork(
  side: Side,
  attributes: AttributeCount,
  surroundings: Surroundings,
): Promise<RunningSubject> {
  const encode = side === "Gossamer" ? await ours(attributes, surroundings) : await theirs(attributes);
  let encoded = 0;
  return {
    async run(times) {
      for (let left = times; left > 0; left -= spansABatch) encoded += encode(Math.min(left, spansABatch));
    },
    counted: () => encoded,
  };
}

/** Encodes so many of the finished spans, and answers how many that were. */
type Encode = (spans: number) => number;

/** The writer that the engine has behind its tracer. It is not exported, so it is taken from where it was built. */
async function ours(attributes: AttributeCount, surroundings: Surroundings): Promise<Encode> {
  const { blackHoleEngine } = await import("../subjects/black-hole-engine.ts");
  const { createClock } = await import("../../../packages/core/dist/model/clock.js");
  const { SpanChunkWriter } = await import("../../../packages/core/dist/otlp/span-chunk-writer.js");
  const engine = await blackHoleEngine(surroundings, 20_000, { limits: { attributes: 128 } });
  type Written = Parameters<InstanceType<typeof SpanChunkWriter>["write"]>[0];
  // The engine's spans are what its writer reads.
  const spans = finishedSpans(engine.tracer, attributes) as unknown as readonly Written[];
  let items = 0;
  let bytes = 0;
  const writer = new SpanChunkWriter({
    maxItems: spansABatch,
    maxBytes: 8 * 1024 * 1024,
    priority: "normal" as never,
    clock: createClock(),
    add(chunk) {
      items += chunk.items;
      bytes += chunk.bytes;
    },
    dropped(reason) {
      throw new Error(`a span was dropped: ${reason}`);
    },
  });
  return (count) => {
    items = 0;
    bytes = 0;
    for (let i = 0; i < count; i++) writer.write(spans[i]!);
    writer.seal();
    return bytes > count * leastBytes(attributes) ? items : 0;
  };
}

async function theirs(attributes: AttributeCount): Promise<Encode> {
  const { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } = await import("@opentelemetry/sdk-trace");
  const { ProtobufTraceSerializer } = await import("@opentelemetry/otlp-transformer");
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  finishedSpans(provider.getTracer("orders", "1.0.0"), attributes);
  await provider.forceFlush();
  const spans = exporter.getFinishedSpans();
  return (count) => {
    const some = count === spans.length ? spans : spans.slice(0, count);
    const { length } = ProtobufTraceSerializer.serializeRequest(some) ?? [];
    return length > count * leastBytes(attributes) ? some.length : 0;
  };
}

function finishedSpans(tracer: Tracer, attributes: AttributeCount): Span[] {
  return Array.from({ length: spansABatch }, (_, i) => {
    const span = startOrdersSpan(tracer, attributes, i);
    span.end();
    return span;
  });
}

/** Fewer a span than this cannot hold that many attributes. */
function leastBytes(attributes: AttributeCount): number {
  return 60 + 12 * attributes;
}
