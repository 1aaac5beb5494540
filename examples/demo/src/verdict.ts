import { countedRows, rowCounts, totalCount } from "./counted-rows.ts";
import { plural, whole } from "./figures.ts";
import type { Ledger } from "./ledger.ts";
import type { Arrivals, Cost, ShopStatus } from "./messages.ts";

export interface Stopped {
  readonly exit: number | string;
  readonly status: ShopStatus;
}

/** Everything that is not as it must be, a line each. Empty when sent = counted in every row, and nothing was lost on the way. */
export function faults(ledger: Ledger, arrivals: Arrivals, { exit, status }: Stopped): string[] {
  const found = ledger
    .differences(rowCounts(countedRows(arrivals.durations)))
    .map(({ row, sent, counted }) => `${row}: ${whole(sent)} sent, ${whole(counted)} counted`);
  if (ledger.broken.length > 0) {
    found.push(`${plural(ledger.broken.length, "request")} broke underneath HTTP, first: ${ledger.broken[0]}`);
  }
  if (arrivals.malformedRequests > 0)
    found.push(`${plural(arrivals.malformedRequests, "export")} could not be decoded`);
  if (exit !== 0) found.push(`the shop ended with ${exit} instead of 0`);
  const exported = status.traceExport?.exported ?? 0;
  if (exported !== arrivals.spans) found.push(`${plural(exported, "span")} exported, ${whole(arrivals.spans)} arrived`);
  for (const [place, count] of Object.entries(status.faults)) {
    if (count > 0) found.push(`the engine failed at ${place}, ${plural(count, "time")}`);
  }
  return found;
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
