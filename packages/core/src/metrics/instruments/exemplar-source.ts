import type { Context } from "@opentelemetry/api";
import type { Clock } from "../../model/clock.ts";
import type { ExemplarFilter, FindExemplarSpan } from "../../model/exemplar-span.ts";
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

/** Offers values of the user's instruments as exemplars. */
export class ExemplarSource {
  readonly #parts: ExemplarSourceParts;

  constructor(parts: ExemplarSourceParts) {
    this.#parts = parts;
  }

  /** Offers a value where its span is written: now, or once that is known. */
  offer(cells: readonly TakesExemplars[], value: number, context: Context | undefined): void {
    const { find, filter, clock } = this.#parts;
    const span = find(context);
    if (filter === "all") return this.#offer(cells, value, clock.now(), span);
    if (span === undefined || span.fate === "lost") return;
    const momentMs = clock.now();
    if (span.fate === "written") this.#offer(cells, value, momentMs, span);
    else span.whenWritten(() => this.#offer(cells, value, momentMs, span));
  }

  #offer(cells: readonly TakesExemplars[], value: number, momentMs: number, span: SpanWords | undefined): void {
    const offered = { value, timeMs: this.#parts.clock.epochMs(momentMs), span, isNotable: false };
    for (const cell of cells) cell.offer(offered);
  }
}
