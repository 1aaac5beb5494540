import { countedRows, rowCounts, totalCount } from "./counted-rows.ts";
import { plural, whole } from "./figures.ts";
import type { Ledger } from "./ledger.ts";
import type { Arrivals, Cost, ShopStatus } from "./messages.ts";

export interface Stopped {
  readonly service: string;
  readonly exit: number | string;
  readonly status: ShopStatus;
}

/** Everything that is not as it must be, a line each. Empty when sent = counted in every row, and nothing was lost on the way. */
export function faults(ledger: Ledger, arrivals: Arrivals, shops: readonly Stopped[]): string[] {
  const found = ledger
    .differences(rowCounts(countedRows(arrivals.durations)))
    .map(({ row, sent, counted }) => `${row}: ${whole(sent)} sent, ${whole(counted)} counted`);
  if (ledger.broken.length > 0) {
    found.push(`${plural(ledger.broken.length, "request")} broke underneath HTTP, first: ${ledger.broken[0]}`);
  }
  if (arrivals.malformedRequests > 0)
    found.push(`${plural(arrivals.malformedRequests, "export")} could not be decoded`);
  const exported = shops.reduce((sum, { status }) => sum + (status.traceExport?.exported ?? 0), 0);
  if (exported !== arrivals.spans) found.push(`${plural(exported, "span")} exported, ${whole(arrivals.spans)} arrived`);
  found.push(...shops.flatMap(shopFaults), ...crossingFaults(ledger, arrivals));
  return found;
}

function shopFaults({ service, exit, status }: Stopped): string[] {
  const failed = Object.entries(status.faults).filter(([, count]) => count > 0);
  return [
    ...(exit === 0 ? [] : [`${service} ended with ${exit} instead of 0`]),
    ...failed.map(([place, count]) => `the engine of ${service} failed at ${place}, ${plural(count, "time")}`),
  ];
}

/** Whether each order whose caller was traced arrived as one trace, through every service it asked. */
function crossingFaults({ tracedOrders }: Ledger, { crossings }: Arrivals): string[] {
  if (![...tracedOrders.values()].some((calls) => new Set(calls.map(serviceOf)).size > 2))
    return ["no traced order went through three services"];
  const found: string[] = [];
  for (const [traceId, calls] of tracedOrders) {
    // An order at the last shop stays in its service.
    if (new Set(calls.map(serviceOf)).size === 1) continue;
    const arrived = crossings.get(traceId)?.join(" → ") ?? "nothing";
    if (arrived !== calls.join(" → "))
      found.push(`trace ${traceId}: ${calls.join(" → ")} was asked, ${arrived} arrived`);
  }
  return found;
}

function serviceOf(call: string): string {
  return call.split(" ", 1)[0] ?? "";
}

/** Whether what was measured did its work: the observed twin must have counted each request it was given. */
export function costFaults({ observedRequests }: Cost, { durations }: Arrivals): string[] {
  const counted = totalCount(
    countedRows(durations.filter(({ resource }) => resource["service.name"] === "express-shop-twin")),
  );
  return counted === observedRequests
    ? []
    : [`of ${whole(observedRequests)} requests given to measure the cost, ${whole(counted)} were counted`];
}
