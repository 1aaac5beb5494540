import { countedRows, totalCount } from "./counted-rows.ts";
import { bytes, milliseconds, plural, whole } from "./figures.ts";
import type { Ledger } from "./ledger.ts";
import type { Arrivals, Cost, ShopStatus, Spread, WireTotals } from "./messages.ts";
import { quantile } from "./quantile.ts";
import { textTable } from "./text-table.ts";

/** What the requests cost and how long they took, by route and status group, from the histogram that arrived. */
export function routeTable(arrivals: Arrivals, seconds: number): string[] {
  const rows = [...countedRows(arrivals.durations).values()]
    .sort((a, b) => a.key.service.localeCompare(b.key.service) || b.times.count - a.times.count)
    .map(({ key, times }) => [
      key.service,
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
        { title: "service", align: "left" },
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
    ["sent to inventory services", whole(ledger.internal), "by a shop for each order, and by one to its supplier"],
    ["counted by the shops", whole(counted), "in http.server.request.duration as it arrived"],
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

/** A trace that went through all shops, call by call, and how many such there were. */
export function crossingLines({ tracedOrders }: Ledger, { crossings }: Arrivals): string[] {
  const longest = [...tracedOrders.keys()]
    .map((traceId) => [traceId, crossings.get(traceId) ?? []] as const)
    .sort(([, a], [, b]) => b.length - a.length)[0];
  if (longest === undefined) return [];
  const [traceId, calls] = longest;
  return [
    `  ${plural(crossings.size, "trace")} went through more than one service. One of them, ${traceId}:`,
    ...calls.map((call, depth) => `    ${"  ".repeat(depth)}${depth === 0 ? "" : "└ "}${call}`),
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

/** What was lost, and why, as the shops' own accounts say it after the last delivery. */
export function lossLines(statuses: readonly ShopStatus[]): string[] {
  const lost = added(statuses.flatMap(({ spans, traceExport }) => [spans.drops, traceExport?.drops ?? {}]));
  const refused = added(statuses.map(({ sampling }) => sampling.keepDrops));
  const failed = statuses.reduce(
    (sum, { traceExport, metricExport }) => sum + (traceExport?.failedTries ?? 0) + (metricExport?.failedTries ?? 0),
    0,
  );
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

function added(counts: readonly Readonly<Record<string, number>>[]): (readonly [string, number])[] {
  const sums = new Map<string, number>();
  for (const [reason, count] of counts.flatMap((each) => Object.entries(each)))
    sums.set(reason, (sums.get(reason) ?? 0) + count);
  return [...sums].filter(([, count]) => count > 0);
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
