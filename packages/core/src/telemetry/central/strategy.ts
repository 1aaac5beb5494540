/** What a central place wants of one service's requests, whichever form it came in. */
export interface Strategy {
  /** For requests that no operation is for. */
  readonly otherwise: Wanted;
  readonly operations: readonly OperationStrategy[];
  /** Of each route at least so many traces a second; 0 for none. */
  readonly minPerSecond: number;
  /** Of each operation at most so many traces a second, and of all others together; undefined for no bound. */
  readonly maxPerSecond: number | undefined;
}

export interface OperationStrategy {
  /** The name of the spans it is for, which for requests is method and route template: `GET /users/:id`. */
  readonly operation: string;
  readonly wanted: Wanted;
}

/** A share from 0 to 1, so many traces a second and never one more, or so many by moving the share. */
export type Wanted =
  | { readonly kind: "ratio"; readonly ratio: number }
  | { readonly kind: "rate-limit" | "adaptive"; readonly perSecond: number };
