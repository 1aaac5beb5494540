import { valueText, type ReceivedPoint, type ReceivedValue } from "@gossamer/testing";
import { rowName, type RowKey } from "./ledger.ts";
import { addPoint, emptyDistribution, type Distribution } from "./quantile.ts";

export interface CountedRow {
  readonly key: RowKey;
  readonly times: Distribution;
}

/** What a service counted, by the rows of the ledger. */
export function countedRows(points: readonly ReceivedPoint[]): Map<string, CountedRow> {
  const rows = new Map<string, CountedRow>();
  for (const point of points) {
    const key = {
      service: serviceOf(point),
      method: valueText(point.attributes["http.request.method"]),
      route: optional(point.attributes["http.route"]),
      group: optional(point.attributes["http.response.status_group"]),
    };
    const row = rows.get(rowName(key)) ?? { key, times: emptyDistribution(point.bounds) };
    rows.set(rowName(key), row);
    addPoint(row.times, point);
  }
  return rows;
}

function serviceOf({ resource }: ReceivedPoint): string {
  return valueText(resource["service.name"] ?? "(no name)");
}

/** Just the numbers, to hold against a ledger. */
export function rowCounts(rows: ReadonlyMap<string, CountedRow>): Map<string, number> {
  return new Map([...rows].map(([name, { times }]) => [name, times.count]));
}

export function totalCount(rows: ReadonlyMap<string, CountedRow>): number {
  return [...rows.values()].reduce((sum, { times }) => sum + times.count, 0);
}

function optional(value: ReceivedValue): string | undefined {
  return value === undefined ? undefined : valueText(value);
}
