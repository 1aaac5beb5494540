import { countedRows, totalCount } from "./counted-rows.ts";
import { bytes, milliseconds, plural, whole } from "./figures.ts";
import type { Ledger } from "./ledger.ts";
import type { Arrivals, Cost, ShopStatus, Spread, WireTotals } from "./messages.ts";
import { quantile } from "./quantile.ts";
import { textTable } from "./text-table.ts";

/** What the requests cost and how long they took, by route and status group, from the histogram that arrived. */
export function routeTable(arrivals: Arrivals, seconds: number): string[] {
  const rows = [...countedRows(arrivals.durations).values()]
    .sort((a, b) => b.times.count - a.times.count)
    .map(({ key, times }) => [
      key.method,
      key.route ?? "(no route)",
      key.group ?? "–",
      whole(times.count),
      (times.count / seconds).toFixed(1),
      milliseconds(quantile(times, 0.5)),
      milliseconds(quantile(times, 0.95)),
      milliseconds(quantile(times, 0.99)),
    ]);
  return [
    ...textTable(
      [
        { title: "method", align: "left" },
        { title: "route", align: "left" },
        { title: "status", align: "left" },
        { title: "requests" },
        { title: "per s" },
        { title: "p50 ms" },
        { title: "p95 ms" },
        { title: "p99 ms" },
      ],
      rows,
    ),
    "  Percentiles lie between two bounds of the histogram and are interpolated there. A stream",
    "  (/order-updates) counts by the time to its headers; – is a client who left before any.",
  ];
}

/** How what was sent compares with what was counted, in total. */
export function countLines(ledger: Ledger, arrivals: Arrivals): string[] {
  const counted = totalCount(countedRows(arrivals.durations));
  const rows = [
    ["sent by visitors", whole(ledger.sent), `${whole(ledger.left)} of them went away before the end`],
    ["sent by the shop to its inventory service", whole(ledger.internal), "one for each order taken or out of stock"],
    ["counted by the shop", whole(counted), "in http.server.request.duration as it arrived"],
  ];
  return textTable([{ title: "", align: "left" }, { title: "" }, { title: "", align: "left" }], rows).slice(1);
}

/** Which requests were kept as traces, why, and the last of each kind. */
export function keptLines(arrivals: Arrivals): string[] {
  const reasons = Object.entries(arrivals.reasons).sort(([, a], [, b]) => b - a);
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  const first = ["error", "slow", "aborted"];
  const order = (reason: string): number => (first.includes(reason) ? first.indexOf(reason) : first.length);
  return [
    `  ${plural(total, "request")} kept: ${reasons.map(([reason, count]) => `${reason} ${whole(count)}`).join(", ")}`,
    "",
    ...textTable(
      [
        { title: "reason", align: "left" },
        { title: "request", align: "left" },
        { title: "status" },
        { title: "ms" },
        { title: "trace id", align: "left" },
      ],
      arrivals.kept
        .toSorted((a, b) => order(a.reason) - order(b.reason))
        .map(({ reason, name, status, durationMs, traceId }) => [
          reason,
          name,
          status,
          milliseconds(durationMs / 1_000),
          traceId,
        ]),
    ),
  ];
}

/** What went over the wire. */
export function wireLines({ spans, traces, metrics }: Arrivals): string[] {
  const sent = ({ requests, wireBytes, bodyBytes }: WireTotals): string[] => [
    whole(requests),
    bytes(wireBytes),
    bytes(bodyBytes),
    bodyBytes === 0 ? "–" : `${Math.round((1 - wireBytes / bodyBytes) * 100)} %`,
  ];
  return textTable(
    [
      { title: "", align: "left" },
      { title: "exports" },
      { title: "on the wire" },
      { title: "before gzip" },
      { title: "saved" },
    ],
    [
      [`traces (${plural(spans, "span")})`, ...sent(traces)],
      ["metrics", ...sent(metrics)],
    ],
  );
}

/** What was lost, and why, as the shop's own accounts say it after the last delivery. */
export function lossLines({ spans, sampling, traceExport, metricExport }: ShopStatus): string[] {
  const drops = { ...spans.drops, ...traceExport?.drops };
  const refused = Object.entries(sampling.keepDrops).filter(([, count]) => count > 0);
  const lost = Object.entries(drops).filter(([, count]) => count > 0);
  const failed = (traceExport?.failedTries ?? 0) + (metricExport?.failedTries ?? 0);
  const list = (entries: readonly (readonly [string, number])[]): string =>
    entries.length === 0 ? "none" : entries.map(([reason, count]) => `${reason} ${whole(count)}`).join(", ");
  return textTable(
    [
      { title: "", align: "left" },
      { title: "", align: "left" },
    ],
    [
      ["spans dropped", list(lost)],
      ["requests that a keep rule wanted and its bounds refused", list(refused)],
      ["exports that had to be tried again", whole(failed)],
    ],
  ).slice(1);
}

export function costLines({ bareUs, servingUs, deliveryUs, slices, requestsASlice }: Cost): string[] {
  const about = ({ median, low, high }: Spread): string[] => [
    `about ${median.toFixed(1)}`,
    `${low.toFixed(1)} to ${high.toFixed(1)}`,
  ];
  return [
    ...textTable(
      [{ title: "processor time a request, in µs", align: "left" }, { title: "median" }, { title: "middle half" }],
      [
        ["added while it is served", ...about(servingUs)],
        ["added apart from it: compressing and sending", ...about(deliveryUs)],
        ["the bare request", `about ${bareUs.toFixed(1)}`],
      ],
    ),
    `  This machine, now: GET /healthz in one process without a network, ${slices} slices of ${whole(requestsASlice)} requests with`,
    "  and as many without in turns; one request in ten is traced, each slice is delivered by itself.",
  ];
}
