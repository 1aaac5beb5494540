/** What one export holds, by the name of its service. */
export interface Counts {
  spans: number;
  serverSpans: number;
  clientSpans: number;
  /** Attributes on the server spans, in all. */
  serverAttributes: number;
  /** Requests that were counted apart from what is sampled. Undefined when the export does not say. */
  requests: number | undefined;
}

/** Two parts of one export together. */
export function sumCounts(a: Counts, b: Counts): Counts {
  return {
    spans: a.spans + b.spans,
    serverSpans: a.serverSpans + b.serverSpans,
    clientSpans: a.clientSpans + b.clientSpans,
    serverAttributes: a.serverAttributes + b.serverAttributes,
    requests: a.requests === undefined && b.requests === undefined ? undefined : (a.requests ?? 0) + (b.requests ?? 0),
  };
}
