import type { Context } from "@opentelemetry/api";
import type { SpanWords } from "./ids.ts";

/** What becomes of a span: it is written, or not, or that is open until its request ends. Asking decides nothing. */
export type SpanFate = "written" | "open" | "lost";

/** The span in which a value is counted. */
export interface ExemplarSpan extends SpanWords {
  readonly fate: SpanFate;
  /** Calls at the end of the request if the span is written then. */
  whenWritten(tell: () => void): void;
}

/** Which values become exemplars: those of spans that are written, none, or all. */
export type ExemplarFilter = "traced" | "none" | "all";

/** Finds the span of a context, or of the active one; undefined for none. Never throws. */
export type FindExemplarSpan = (context: Context | undefined) => ExemplarSpan | undefined;
