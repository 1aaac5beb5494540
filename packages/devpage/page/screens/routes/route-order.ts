import type { RouteRow } from "../../../src/protocol.ts";

export const routeOrders = ["rate", "p50", "p95", "p99", "failed", "aborted", "traced", "cost", "route"] as const;
export type RouteOrder = (typeof routeOrders)[number];

/** The figures that are shown: of the last minute where it had requests, else of all time. */
export function figuresOf({ lastMinute, total }: RouteRow): RouteRow["total"] {
  return lastMinute.count > 0 ? lastMinute : total;
}

const worth: Readonly<Record<Exclude<RouteOrder, "route">, (row: RouteRow) => number>> = {
  rate: ({ lastMinute, total }) => lastMinute.count * 1e6 + total.count,
  p50: (row) => figuresOf(row).p50Ms ?? -1,
  p95: (row) => figuresOf(row).p95Ms ?? -1,
  p99: (row) => figuresOf(row).p99Ms ?? -1,
  failed: ({ total }) => total.byStatus["5xx"],
  aborted: ({ total }) => total.aborted,
  traced: ({ keptShare }) => keptShare ?? -1,
  cost: ({ cost }) => cost?.spansPerMinute ?? 0,
};

/** The keys of rows in an order, and since when it holds. */
export interface SteadyOrder {
  readonly order: RouteOrder;
  readonly at: number;
  readonly keys: readonly string[];
}

const steadyMs = 5_000;

/**
 * Rows in an order that can be read: figures change each second, but rows change places every five seconds at most, and not while somebody points at one. A new
 * row is a reason to look again, and so is another order.
 */
export function steadyOrder(
  rows: readonly RouteRow[],
  before: SteadyOrder | undefined,
  { order, now, isPointedAt }: { readonly order: RouteOrder; readonly now: number; readonly isPointedAt: boolean },
): SteadyOrder {
  if (before !== undefined && before.order === order && before.keys.length === rows.length) {
    const isRecent = now >= before.at && now < before.at + steadyMs;
    const known = new Set(before.keys);
    if ((isRecent || isPointedAt) && rows.every(({ key }) => known.has(key))) return before;
  }
  return { order, at: now, keys: sorted(rows, order).map(({ key }) => key) };
}

function sorted(rows: readonly RouteRow[], order: RouteOrder): RouteRow[] {
  if (order === "route") return rows.toSorted((a, b) => (a.route ?? "").localeCompare(b.route ?? ""));
  const worthOf = worth[order];
  return rows.toSorted((a, b) => worthOf(b) - worthOf(a));
}
