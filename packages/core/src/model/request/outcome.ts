/** How a request ended, as an adapter tells it. */
export interface Outcome {
  /** The status that was sent; undefined when no response head left the process. */
  readonly statusCode: number | undefined;
  /** Whether the whole response was handed over. False for an abort. */
  readonly completed: boolean;
  /** Where response headers can be read, for those that are wanted on spans. */
  readonly response?: { getHeader(name: string): unknown };
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
