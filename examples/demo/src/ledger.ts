/** What tells one row of the counts from another: the labels of the duration histogram. */
export interface RowKey {
  /** The name that the service gives itself. */
  readonly service: string;
  readonly method: string;
  /** The template; undefined where no route matches. */
  readonly route: string | undefined;
  /** `2xx` and so on; undefined when nothing was answered. */
  readonly group: string | undefined;
}

export interface Difference {
  readonly row: string;
  readonly sent: number;
  readonly counted: number;
}

/**
 * What the visitors did, by the row it must be counted in: written down by those who sent, so that the service's counts can be held against it.
 */
export class Ledger {
  readonly rows: Map<string, number> = new Map();
  /** Requests that failed underneath HTTP. There must be none, because nobody knows whether they were received. */
  readonly broken: string[] = [];
  /** Sent from outside. */
  sent = 0;
  /** Sent by shops and inventory services to the next inventory service. */
  internal = 0;
  /** Orders whose caller was traced, by trace id: the calls that each must be found as, one trace through all services. */
  readonly tracedOrders: Map<string, readonly string[]> = new Map();
  /** Clients that went away before they had everything. */
  left = 0;

  add(key: RowKey): void {
    const name = rowName(key);
    this.rows.set(name, (this.rows.get(name) ?? 0) + 1);
  }

  get expected(): number {
    return this.sent + this.internal;
  }

  /** The rows where the service counted something else than was sent. Empty when all is well. */
  differences(counted: ReadonlyMap<string, number>): Difference[] {
    return [...new Set([...this.rows.keys(), ...counted.keys()])]
      .map((row) => ({ row, sent: this.rows.get(row) ?? 0, counted: counted.get(row) ?? 0 }))
      .filter(({ sent, counted: count }) => sent !== count);
  }
}

/** A row in words: `express-shop GET /products/:id 2xx`. */
export function rowName({ service, method, route, group }: RowKey): string {
  return `${service} ${method} ${route ?? "(no route)"} ${group ?? "(no answer)"}`;
}

export function statusGroup(status: number): string {
  return `${Math.trunc(status / 100)}xx`;
}
