/** Takes what one request costs, of many. */
export interface RequestCosts {
  /** Whether its end is being measured. */
  readonly isEnding: boolean;
  /** Whether it is written as a trace. */
  isTraced: boolean;
  /** Measures the way into a request's context, up to the first line of what runs in it. */
  entering<T>(run: () => T): () => T;
  end(run: () => void): void;
}
