import type { ReadableSpan, SpanProcessor, Telemetry } from "@gossamer/core";
import type { PageData } from "./data/page-data.ts";
import { storedSpan } from "./data/stored-span.ts";
import { checkTelemetry, engineBehind } from "./engine-page.ts";
import { processPages } from "./process-pages.ts";
import type { StoredSpan } from "./traces/span-tree.ts";

const sampledFlag = 1;

/**
 * Shows the spans of an OpenTelemetry SDK on the page: `new NodeSDK({ spanProcessors: [new BatchSpanProcessor(exporter), devPageSpanProcessor()] })`. For a
 * process whose spans an SDK makes; those of our own provider are shown without it. SDK 2 and 3.
 *
 * Costs a look while nobody has the page open. It exports nothing, changes nothing and never throws; spans that are recorded and not sampled are not
 * shown.
 *
 * @param telemetry whose page it is; the one of this process where it is left out, which may be created later
 * @throws OptionError for what is no telemetry
 */
export function devPageSpanProcessor(telemetry?: Telemetry): SpanProcessor {
  checkTelemetry(telemetry, "devPageSpanProcessor");
  return {
    onStart() {},
    onEnd(span) {
      const engine = engineBehind(telemetry);
      const data = engine && processPages.shown.get(engine)?.data;
      if (data?.isOpen === true) show(data, span);
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

function show(data: PageData, span: ReadableSpan): void {
  try {
    const { traceId, traceFlags } = span.spanContext();
    if ((traceFlags & sampledFlag) === 0) return;
    data.addSpanLater(
      () => read(span, data.source.service.name),
      () => traceId,
    );
  } catch {
    // Somebody else's span, which cannot be read.
  }
}

function read(span: ReadableSpan, service: string): StoredSpan | undefined {
  try {
    return storedSpan(span, service);
  } catch {
    return undefined;
  }
}
