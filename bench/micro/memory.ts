import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { eachFresh } from "../harness/each-fresh.ts";
import type { Part } from "../parts/part.ts";
import { estimate, number, table } from "../report/table.ts";
import { Comparison } from "../statistics/comparison.ts";
import { microSubjects } from "./micro-subjects.ts";
import { makeSpans } from "./subjects/orders-span.ts";

const rounds = { full: 7, quick: 3 } as const;
const warmUpSpans = 5000;
const queuedSpans = 20_000;
const maxHeldBytes = 344;

/** What a span that waits to be sent holds in memory. */
export const memory: Part = {
  name: "memory",
  title: "Bytes held a queued span with 8 attributes",
  async run(settings) {
    const subjects = await microSubjects("gossamer-held", "opentelemetry-held");
    const measured = await eachFresh(subjects, {
      rounds: settings.rounds ?? rounds[settings.mode],
      pinning: settings.pinning,
      sinkUrl: settings.sink.url,
      progress: (text) => settings.progress.say(text),
      async measure(handle) {
        await handle.slice(warmUpSpans);
        return handle.heldBytes(queuedSpans);
      },
    });
    const otlpBytes = await otlpBytesASpan();
    const comparison = new Comparison(measured);
    const names = subjects.map(({ subject }) => subject.name);
    const ours = comparison.cost(names[0]!);
    return {
      text: [
        table(
          ["", "bytes a span"],
          names.map((name) => [name, estimate(comparison.cost(name))]),
        ),
        `Heap and buffers after a forced collection, ${queuedSpans} spans queued. The span itself is ${number(otlpBytes)} bytes of OTLP; OpenTelemetry holds ${estimate(comparison.ratio(names[1]!, names[0]!))} × as much.`,
      ].join("\n"),
      targets: [
        {
          promise: "Bytes held a queued span with 8 attributes",
          bound: "at most",
          limit: maxHeldBytes,
          measured: ours,
          rank: "asked",
        },
      ],
      packages: subjects.flatMap(({ subject }) => subject.packages),
      data: { queuedSpans, otlpBytesASpan: otlpBytes, heldBytesASpan: Object.fromEntries(measured) },
    };
  },
};

/** How long the span is on the wire, by a serialiser that is not ours: what no queue of spans can hold less than. */
async function otlpBytesASpan(): Promise<number> {
  const exporter = new InMemorySpanExporter();
  const tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer(
    "orders",
    "1.0.0",
  );
  const encoded = async (spans: number): Promise<number> => {
    exporter.reset();
    await makeSpans(tracer, 8, spans);
    return ProtobufTraceSerializer.serializeRequest(exporter.getFinishedSpans())?.length ?? Number.NaN;
  };
  return ((await encoded(1001)) - (await encoded(1))) / 1000;
}
