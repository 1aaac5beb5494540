import { countedRows, totalCount } from "./counted-rows.ts";
import { bytes, plural, whole } from "./figures.ts";
import type { Ledger } from "./ledger.ts";
import type { Arrivals, Cost } from "./messages.ts";
import type { PeerCost } from "./peer-cost.ts";
import { waterfallLines } from "./waterfall.ts";

/** What happened, in the numbers that matter. */
export function summaryLines(ledger: Ledger, arrivals: Arrivals, seconds: number): string[] {
  const { reasons, spans, traces, metrics, waterfall } = arrivals;
  const counted = totalCount(countedRows(arrivals.durations));
  const kept = Object.values(reasons).reduce((sum, count) => sum + count, 0);
  const failures = ["error", "aborted", "slow"].map((reason) => `${reason} ${whole(reasons[reason] ?? 0)}`);
  const share = counted === 0 ? "" : ` (${((kept / counted) * 100).toFixed(1)} %)`;
  return [
    `  ${whole(ledger.expected).padStart(8)} requests in ${Math.round(seconds)} s, and ${whole(counted)} counted: rates, latencies and errors are exact`,
    `  ${whole(kept).padStart(8)} of them have a trace${share}: those sampled, and all that went wrong (${failures.join(", ")})`,
    `  ${bytes(traces.wireBytes + metrics.wireBytes).padStart(8)} went to the collector, in ${plural(traces.requests + metrics.requests, "export")}: ${plural(spans, "span")}, and the metrics`,
    ...(waterfall.length === 0 ? [] : ["", "ONE ORDER, THROUGH THREE SERVICES", ...waterfallLines(waterfall)]),
  ];
}

/** What it cost, beside what OpenTelemetry would have. */
export function costSummary({ servingUs, deliveryUs, bareUs }: Cost, peer: PeerCost | undefined): string[] {
  const here = `  Here and now: about ${(servingUs.median + deliveryUs.median).toFixed(1)} µs of processor time a request, one in ten traced, beside ${bareUs.toFixed(1)} µs for the bare request.`;
  if (peer === undefined) return [here];
  const { gossamerUs, openTelemetryUs, ratio, source, processor } = peer;
  const us = (value: number): string => `${value.toFixed(1)} µs`;
  return [
    here,
    `  Beside OpenTelemetry, ${ratio} traced, an Express request: Gossamer ${us(gossamerUs)}, OpenTelemetry ${us(openTelemetryUs)}, ${(openTelemetryUs / gossamerUs).toFixed(0)} times as much`,
    `  (${processor}; ${source}, written by \`pnpm bench\`).`,
  ];
}
