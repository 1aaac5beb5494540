/** What the shop's own code asks of telemetry: a span around an expensive step, and the id that log lines carry. */
export interface Observer {
  span<Result>(name: string, work: () => Result): Result;
  traceId(): string | undefined;
}

/** Nothing observed: for tests, and to compare with. */
export const unobserved: Observer = {
  span: (_name, work) => work(),
  traceId: () => undefined,
};
