import { trafficTable } from "../../options/declare/default-numbers.ts";
import { sizeQueue } from "../../pipeline/queue/size-queue.ts";
import { type Check, finding, type Inspected } from "./finding.ts";
import { sendsAnything } from "./settings-checks.ts";

/** Traffic of a shorter time says little. */
const leastUpMs = 10_000;

/** Spans a second so far; undefined when it is too early to tell. */
function spansPerSecond({ status, upMs }: Inspected): number | undefined {
  const { accepted = 0, writing = 0 } = status.traceExport ?? {};
  return upMs < leastUpMs ? undefined : ((accepted + writing) * 1_000) / upMs;
}

const collector: Check = ({ status }) => {
  const { collector: state, dropped = 0 } = status.traceExport ?? {};
  if (state !== "unreachable" && state !== "absent") return undefined;
  return finding(
    "collector",
    "error",
    `The collector does not answer; ${dropped} spans are lost so far.`,
    "Look at its address and whether this machine may reach it. Metrics are made good by the next export.",
  );
};

const refusal: Check = ({ status, settings }) => {
  const spans = status.traceExport?.exporters.find((exporter) => exporter.refusal !== undefined);
  const reason = spans?.refusal ?? status.metricExport?.refusal;
  if (reason === undefined) return undefined;
  const { url } = spans === undefined ? settings.otlp.metrics : settings.otlp.traces;
  const { origin, pathname } = new URL(url);
  const whose =
    spans === undefined || spans.name === "otlp"
      ? `The collector at ${origin}${pathname}`
      : `The exporter ${spans.name}`;
  return finding("refused", "error", `${whose} refuses what it is sent (${reason}).`, refusalFix(reason, pathname));
};

function refusalFix(reason: string, pathname: string): string {
  if (/^status (?:401|403|407|UNAUTHENTICATED|PERMISSION_DENIED)/.test(reason)) {
    return 'Look at the token or key in "otlp.headers" or OTEL_EXPORTER_OTLP_HEADERS.';
  }
  if (/(\/v1\/\w+)\1/.test(pathname)) {
    return `The path is written twice: v1/traces and v1/metrics are added to "otlp.endpoint"; leave them out there, or use "otlp.tracesEndpoint".`;
  }
  if (/^status (?:404|405|301|302|307|308)/.test(reason)) {
    return `Look at the path ${pathname}: v1/traces and v1/metrics are added to "otlp.endpoint", and "otlp.tracesEndpoint" is used as it is.`;
  }
  return "Look at what it says and at its log; what it refuses is not sent again.";
}

const batch: Check = (inspected) => {
  const rate = spansPerSecond(inspected);
  if (rate === undefined) return undefined;
  const { maxSpans } = inspected.settings.batch;
  const advised = trafficTable.find(({ upTo }) => rate <= upTo);
  // A smaller batch costs an export a second more, which matters only where there are many.
  if (advised === undefined || rate < 100 || maxSpans >= advised.batchSpans / 2) return undefined;
  return finding(
    "batch",
    "warning",
    `Batches of ${maxSpans} spans at ${Math.round(rate)} spans a second are ${Math.round(rate / maxSpans)} exports a second.`,
    `Set "batch.maxSpans" to ${advised.batchSpans} and "batch.delayMs" to ${advised.delayMs}.`,
  );
};

const queue: Check = (inspected) => {
  const rate = spansPerSecond(inspected);
  if (rate === undefined) return undefined;
  const { queue: bound, batch: sent } = inspected.settings;
  const needed = sizeQueue({ spansPerSecond: rate, delayMs: sent.delayMs });
  if (needed <= bound.maxSpans) return undefined;
  return finding(
    "queue",
    "warning",
    `The queue holds ${bound.maxSpans} spans, and ${Math.round(rate)} come a second with a delay of ${sent.delayMs} ms.`,
    `Set "queue.maxSpans" to at least ${needed}, or shorten "batch.delayMs".`,
  );
};

const overflow: Check = ({ status }) => {
  const { drops = {} } = status.traceExport ?? {};
  const lost = Object.entries(drops).filter(([reason]) => reason === "queue-full" || reason === "ring-full");
  const count = lost.reduce((sum, [, spans]) => sum + spans, 0);
  if (count === 0) return undefined;
  return finding(
    "overflow",
    "error",
    `${count} spans were dropped because the queue was full.`,
    'Lower "sampleRatio", raise "queue.maxSpans" and "queue.maxBytes", or set "queue.overflow" to "spill".',
  );
};

const breaker: Check = ({ settings, status }) => {
  if (!sendsAnything(settings)) return undefined;
  if (settings.breaker === undefined) {
    return finding(
      "breaker",
      "warning",
      "The breaker is off: each batch is tried in full while the collector is away.",
      'Set "breaker.enabled" to true.',
    );
  }
  const open = status.traceExport?.exporters.find((exporter) => exporter.breaker === "open");
  if (open === undefined) return undefined;
  return finding(
    "breaker",
    "error",
    `The breaker of ${open.name} is open: nothing is sent to it now.`,
    'Look at the collector. A "fallback" keeps what comes meanwhile.',
  );
};

const debugAttributes: Check = ({ settings, status }) => {
  const removed = status.spans.attributeDrops["debug"] ?? 0;
  if (settings.preset === "debug") {
    return finding(
      "debug-attributes",
      settings.isProduction ? "error" : "warning",
      'The preset "debug" traces every request with all its attributes.',
      'Choose the preset "balanced" or "minimal".',
    );
  }
  if (!settings.isProduction || removed === 0) return undefined;
  return finding(
    "debug-attributes",
    "info",
    `${removed} attributes named debug.… were removed, as always in production.`,
    "Take them out of the code, or give those that production needs another name.",
  );
};

const series: Check = ({ status }) => {
  const full = status.metrics.instruments.find(({ overflowed }) => overflowed > 0);
  if (full === undefined) return undefined;
  const { attribute = "an attribute", values = 0 } = status.metrics.growing ?? {};
  return finding(
    "series",
    "error",
    `The metric ${full.name} has more than ${status.metrics.maxSeries} series: ${attribute} has ${values} values.`,
    `Bound the values of ${attribute}, or raise "maxSeries".`,
  );
};

/** What the time since the start tells. */
export const trafficChecks: readonly Check[] = [
  collector,
  refusal,
  batch,
  queue,
  overflow,
  breaker,
  debugAttributes,
  series,
];
