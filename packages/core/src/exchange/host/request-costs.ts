/** Takes what one request costs, of many. */
export interface RequestCosts {
  /** Measures the way into a request's context, up to the first line of what runs in it. */
  entering<T>(run: () => T): () => T;
  timed<T>(part: "end", run: () => T): T;
}
