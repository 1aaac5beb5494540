/** A request that has ended, for whoever looks on. Plain values: nothing of the request is held. */
export interface EndedRequest {
  /** Milliseconds since 1970. */
  readonly endedAt: number;
  /** One of the known methods, else `_OTHER`. */
  readonly method: string;
  /** The template that the framework matched; undefined when it matched none. */
  readonly route: string | undefined;
  /** What was done, where somebody named it: `query GetUser`. */
  readonly operation: string | undefined;
  /** As the client sent it, without the query, at most 1,024 characters. */
  readonly path: string;
  /** The status that was sent; undefined when none was. */
  readonly statusCode: number | undefined;
  /** Whether the client left before the whole answer, or the answer was cut. */
  readonly aborted: boolean;
  /** From begin to end; of a stream to its headers. */
  readonly durationMs: number;
  /** The same as on span and metric; undefined on success. */
  readonly errorType: string | undefined;
  /** Undefined where nobody needed one. */
  readonly traceId: string | undefined;
  /** Whether it was sampled, or was not and was kept; undefined where it has no trace. */
  readonly traced: "sampled" | "kept" | undefined;
  /** Why: of the decision, or of what kept it. */
  readonly reason: string;
  readonly rule: string | undefined;
  readonly ratio: number | undefined;
}
