import {
  startOtlpReceiver,
  valueText,
  type ReceivedPoint,
  type ReceivedRequest,
  type ReceivedSpan,
} from "@gossamer/testing";
import { Crossings } from "./crossings.ts";
import type { Arrivals, FromReceiver, KeptRequest, ToReceiver } from "./messages.ts";
import { ServiceCounts } from "./service-arrivals.ts";
import { barsOf } from "./waterfall.ts";

const duration = "http.server.request.duration";
const serverKind = 2;
const keptEach = 3;

const reasons: Record<string, number> = {};
const crossings = new Crossings();
const services = new ServiceCounts();
const kept = new Map<string, KeptRequest[]>();
const wire = {
  "/v1/traces": { requests: 0, wireBytes: 0, bodyBytes: 0 },
  "/v1/metrics": { requests: 0, wireBytes: 0, bodyBytes: 0 },
  "/v1/logs": { requests: 0, wireBytes: 0, bodyBytes: 0 },
};

// Few are kept: all that is told later is summed up as it comes, so that watching for hours costs no more than watching for seconds.
const receiver = await startOtlpReceiver({ maxKept: 5_000, onRequest: sumUp });

function sumUp(request: ReceivedRequest): void {
  const totals = wire[request.path];
  totals.requests++;
  totals.wireBytes += request.wireBytes;
  totals.bodyBytes += request.bodyBytes;
  services.add(request);
  for (const span of request.spans) {
    if (span.kind !== serverKind) continue;
    noteKept(span);
    crossings.add(span);
  }
}

function noteKept(span: ReceivedSpan): void {
  const reason = valueText(span.attributes["sampling.reason"] ?? "not said");
  reasons[reason] = (reasons[reason] ?? 0) + 1;
  const last = kept.get(reason) ?? [];
  kept.set(reason, last);
  last.push({
    reason,
    name: `${valueText(span.resource["service.name"] ?? "")} ${span.name}`,
    status: valueText(span.attributes["http.response.status_code"] ?? "–"),
    durationMs: Number(span.endTimeUnixNano - span.startTimeUnixNano) / 1e6,
    traceId: span.traceId,
  });
  if (last.length > keptEach) last.shift();
}

function arrivals(): Arrivals {
  const others: ReceivedPoint[] = [];
  for (const name of receiver.metrics.keys()) {
    if (name !== duration) others.push(...receiver.latestPoints(name));
  }
  const chains = crossings.chains();
  const longest = [...chains].reduce<readonly [string, readonly string[]]>(
    (best, one) => (one[1].length >= best[1].length ? one : best),
    ["", []],
  )[0];
  return {
    durations: receiver.latestPoints(duration),
    others,
    spans: receiver.totals.spans,
    reasons,
    kept: [...kept.values()].flat(),
    crossings: chains,
    waterfall: barsOf(receiver.spans.filter(({ traceId }) => traceId === longest)),
    services: services.byName(),
    traces: wire["/v1/traces"],
    metrics: wire["/v1/metrics"],
    malformedRequests: receiver.totals.malformedRequests,
  };
}

function tell(message: FromReceiver): void {
  process.send?.(message);
}

process.on("message", (message: ToReceiver) => {
  if (message.kind === "report") tell({ kind: "report", report: arrivals() });
});
// Ctrl-C reaches every process of the terminal. The demo decides in which order they go; when the demo itself is gone, so is this.
process.on("SIGINT", () => {});
process.on("disconnect", () => void receiver.close());
tell({ kind: "ready", url: receiver.url });
