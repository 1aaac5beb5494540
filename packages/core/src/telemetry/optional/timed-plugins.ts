import type { CostPart, Timed, TimedOften } from "../../governor/cost-meter.ts";
import type { SpanExporter, SpanProcessor } from "../../model/span-processor.ts";

/** A processor of the user's whose work on spans is measured. */
export function timedProcessor(processor: SpanProcessor, often: (part: CostPart) => TimedOften): SpanProcessor {
  const [started, ended] = [often("plugins"), often("plugins")];
  return {
    onStart: (span, context) => started(() => processor.onStart(span, context)),
    onEnd: (span) => ended(() => processor.onEnd(span)),
    forceFlush: () => processor.forceFlush(),
    shutdown: () => processor.shutdown(),
  };
}

/** An exporter of the user's whose work on this thread is measured. */
export function timedExporter(exporter: SpanExporter, timed: Timed): SpanExporter {
  return {
    export: (spans, done) => timed("plugins", () => exporter.export(spans, done)),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  };
}
