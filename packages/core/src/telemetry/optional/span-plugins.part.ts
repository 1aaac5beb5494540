import type { CostPart, Timed, TimedOften } from "../../governor/cost-meter.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import { producedResource, type Resource } from "../../model/resource.ts";
import type { SpanData } from "../../model/span-data.ts";
import type { ReadableSpan, SpanProcessor } from "../../model/span-processor.ts";
import type { Settings } from "../../options/settle/settings.ts";
import type { Tally } from "../../tally/tally.ts";
import { ExporterBatches } from "../../tracing/plugins/exporter-batches.ts";
import { PluggedSpan, type PluggedSpanParts } from "../../tracing/plugins/plugged-span.ts";
import { SpanFanOut } from "../../tracing/plugins/span-fan-out.ts";
import type { SpanSink } from "../../tracing/span/span-sink.ts";
import { timedExporter, timedProcessor } from "./timed-plugins.ts";

export interface SpanPluginParts {
  readonly settings: Settings;
  readonly resource: Resource;
  readonly diagnostics: Diagnostics;
  readonly next: SpanSink;
  readonly timed: Timed;
  readonly often: (part: CostPart) => TimedOften;
  readonly spanDrops: Tally;
  readonly faults: Tally;
}

/** The user's processors and exporters, as one. */
export interface SpanPlugins {
  readonly fanOut: SpanFanOut;
  /** True when all of them had done it by the deadline. Never rejects. */
  flush(deadlineMs: number): Promise<boolean>;
  shutdown(deadlineMs: number): Promise<boolean>;
}

const exportTimeoutMs = 30_000;

/** Puts them together, where there are any: else spans take no detour. */
export function createSpanPlugins(parts: SpanPluginParts): SpanPlugins {
  const { settings, diagnostics, spanDrops, faults, timed, often } = parts;
  const { queue, batch } = settings;
  const batches = settings.spanExporters.map(
    (exporter) =>
      new ExporterBatches({
        exporter: timedExporter(exporter, timed),
        maxWaiting: queue.maxSpans,
        maxBatch: batch.maxSpans,
        delayMs: batch.delayMs,
        timeoutMs: exportTimeoutMs,
        drops: spanDrops,
        diagnostics,
      }),
  );
  const processors: readonly SpanProcessor[] = [
    ...settings.spanProcessors.map((processor) => timedProcessor(processor, often)),
    ...batches,
  ];
  const fanOut = new SpanFanOut({
    next: parts.next,
    processors,
    clock: settings.clock,
    resource: producedResource(parts.resource),
    faults,
  });

  async function all(deadlineMs: number, ask: (processor: SpanProcessor) => Promise<void>): Promise<boolean> {
    const answers = Promise.all(processors.map((processor) => succeeded(processor, ask, faults)));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean[]>((resolve) => {
      timer = setTimeout(() => resolve([false]), deadlineMs);
    });
    try {
      return (await Promise.race([answers, late])).every(Boolean);
    } finally {
      clearTimeout(timer);
    }
  }
  return {
    fanOut,
    flush: (deadlineMs) => all(deadlineMs, (processor) => processor.forceFlush()),
    shutdown: (deadlineMs) => all(deadlineMs, (processor) => processor.shutdown()),
  };
}

/**
 * Where spans go while somebody looks at them on their way. What one is told of can be read then or later, when no request waits for it: a span that has
 * ended stays as it is.
 */
export function watchSpans(
  { next, ...parts }: PluggedSpanParts & { readonly next: SpanSink },
  ended: (read: () => ReadableSpan, span: SpanData) => void,
): SpanSink {
  return {
    write(span, lane, key) {
      next.write(span, lane, key);
      ended(() => {
        const plugged = new PluggedSpan(parts, () => span, undefined);
        plugged.finish(span);
        return plugged;
      }, span);
    },
  };
}

async function succeeded(
  processor: SpanProcessor,
  ask: (processor: SpanProcessor) => Promise<void>,
  faults: Tally,
): Promise<boolean> {
  try {
    await ask(processor);
    return true;
  } catch {
    faults.add("span-processor");
    return false;
  }
}
