/** What both sides have a way to do. The key is the name in a module's query. */
export const pieces = {
  ratio: "deciding: a ratio of 0.1",
  parent: "deciding: parent-based, the parent remote and sampled",
  always: "deciding: always on",
  context: "running in a context: context.with",
  extract: "parsing traceparent, tracestate and baggage: propagation.extract",
  encode: "encoding: a finished span with 8 attributes to OTLP",
  "encode-64": "encoding: a finished span with 64 attributes to OTLP",
} as const;

export type Piece = keyof typeof pieces;
export type Side = "Gossamer" | "OpenTelemetry";

export const sides: readonly Side[] = ["Gossamer", "OpenTelemetry"];

export function nameOfPiece(piece: Piece, side: Side): string {
  return `${side}, ${pieces[piece]}`;
}

/** How many of it go into the time that a decision takes, so that slices are of alike length. */
export const shareOf: Readonly<Record<Piece, number>> = {
  ratio: 1,
  parent: 1,
  always: 1,
  context: 1,
  extract: 8,
  encode: 16,
  "encode-64": 64,
};
