/** How a request ended, as an adapter tells it. */
export interface Outcome {
  /** The status that was sent; undefined when no response head left the process. */
  readonly statusCode: number | undefined;
  /** Whether the whole response was handed over. False for an abort. */
  readonly completed: boolean;
  /** How the service itself broke off a response that was not completed; absent where its client left, or nobody can tell. */
  readonly brokenOff?: BreakOff | undefined;
  /** Where response headers can be read, for those that are wanted on spans. */
  readonly response?: { getHeader(name: string): unknown };
}

/** A response that the service broke off while its client was there. */
export interface BreakOff {
  /** What it destroyed. A connection is also closed by a service that stops: that alone is no failure. */
  readonly destroyed: "response" | "connection";
  /** What it said of it. */
  readonly error: unknown;
}

/** The status groups that label the duration histogram, by the first digit of the status; index 0 is "nothing was sent". */
export const statusGroups: readonly [undefined, "1xx", "2xx", "3xx", "4xx", "5xx"] = [
  undefined,
  "1xx",
  "2xx",
  "3xx",
  "4xx",
  "5xx",
];

/** The place of a status in {@link statusGroups}; a status outside 100–599 counts as nothing sent. */
export function statusGroupIndex(statusCode: number | undefined): number {
  if (statusCode === undefined || statusCode < 100 || statusCode > 599) return 0;
  return Math.trunc(statusCode / 100);
}
