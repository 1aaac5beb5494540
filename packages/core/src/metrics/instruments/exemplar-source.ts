import type { Context } from "@opentelemetry/api";
import type { Clock } from "../../model/clock.ts";
import type { ExemplarFilter, ExemplarSpan, FindExemplarSpan } from "../../model/exemplar-span.ts";
import type { SpanWords } from "../../model/ids.ts";
import type { OfferedExemplar } from "../cells/exemplar-slots.ts";

/** What takes exemplars. */
export interface TakesExemplars {
  offer(exemplar: OfferedExemplar): void;
}

export interface ExemplarSourceParts {
  readonly filter: Exclude<ExemplarFilter, "none">;
  readonly find: FindExemplarSpan;
  readonly clock: Clock;
}

/** The span of a value that may become an exemplar; `none` where one without a span may. */
export type SpanOfValue = ExemplarSpan | "none";

/** Offers values of the user's instruments as exemplars. */
export class ExemplarSource {
  readonly #parts: ExemplarSourceParts;
  readonly #takesAll: boolean;

  constructor(parts: ExemplarSourceParts) {
    this.#parts = parts;
    this.#takesAll = parts.filter === "all";
  }

  /** The span of a value that is counted now; undefined where that is no exemplar. */
  spanOf(context: Context | undefined): SpanOfValue | undefined {
    const span = this.#parts.find(context);
    if (this.#takesAll) return span ?? "none";
    return span === undefined || span.fate === "lost" ? undefined : span;
  }

  /** Offers a value where its span is written: now, or once that is known. */
  offer(cell: TakesExemplars, value: number, span: SpanOfValue): void {
    const momentMs = this.#parts.clock.now();
    if (span === "none") this.#offer(cell, value, momentMs, undefined);
    else if (this.#takesAll || span.fate === "written") this.#offer(cell, value, momentMs, span);
    else span.whenWritten(() => this.#offer(cell, value, momentMs, span));
  }

  #offer(cell: TakesExemplars, value: number, momentMs: number, span: SpanWords | undefined): void {
    cell.offer({ value, timeMs: this.#parts.clock.epochMs(momentMs), span, isNotable: false });
  }
}
