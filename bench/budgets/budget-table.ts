/** What is promised of one kind of cost, and from where on it is a fault. */
export interface Budget {
  readonly name: string;
  readonly unit: string;
  readonly bound: "at most" | "at least";
  /** Undefined: each preset has its own. */
  readonly target: number | undefined;
  /** From here on it is red; undefined where being over the target is all there is. */
  readonly red?: number;
  /** The only row that is judged. Others are shown. @default all rows */
  readonly only?: BudgetRow;
  /** By row, where they differ. A row that is not in it is shown and not judged. */
  readonly targets?: Readonly<Partial<Record<BudgetRow, number>>>;
}

/**
 * Settings that budgets are printed for: no preset, in production; each preset; and `full`, which is no preset but everything sampled with every
 * attribute.
 */
export const budgetRows = [
  "no preset",
  "minimal",
  "balanced",
  "debug",
  "high-throughput",
  "low-latency",
  "constrained",
  "full",
] as const;

export type BudgetRow = (typeof budgetRows)[number];

export type BudgetName =
  | "span"
  | "metricRecord"
  | "logLine"
  | "request"
  | "cpu"
  | "baseMemory"
  | "queuedSpans"
  | "metricStore"
  | "network"
  | "gzip"
  | "handler";

/** The budgets, each with its target and its red flag. Nowhere else. */
export const budgetTable: Readonly<Record<BudgetName, Budget>> = {
  span: { name: "a span", unit: "µs", bound: "at most", target: 10, red: 50 },
  metricRecord: { name: "a metric record", unit: "µs", bound: "at most", target: 10, red: 100 },
  logLine: { name: "a log line", unit: "µs", bound: "at most", target: 50, red: 500 },
  request: { name: "added to a request", unit: "µs", bound: "at most", target: 1000 },
  cpu: { name: "CPU at 100 requests/s", unit: "%", bound: "at most", target: 1, red: 5 },
  baseMemory: { name: "base memory", unit: "MB", bound: "at most", target: 10 },
  queuedSpans: { name: "1,000 queued spans", unit: "MB", bound: "at most", target: 1, red: 50 },
  metricStore: { name: "metric store, full", unit: "MB", bound: "at most", target: 20 },
  network: { name: "network at 100 requests/s", unit: "KB/s", bound: "at most", target: 1, red: 10, only: "no preset" },
  gzip: { name: "saved by gzip", unit: "%", bound: "at least", target: 70 },
  handler: {
    name: "of a 50 ms handler",
    unit: "%",
    bound: "at most",
    target: undefined,
    targets: { minimal: 0.5, balanced: 1, full: 2, debug: 5 },
  },
};
