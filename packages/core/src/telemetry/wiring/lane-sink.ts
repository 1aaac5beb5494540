import type { SpanData } from "../../model/span-data.ts";
import type { SpanSink } from "../../tracing/span/span-sink.ts";

/** Hands each span to the outlet of its lane. */
export class LaneSink implements SpanSink {
  readonly #main: SpanSink;
  readonly #others: ReadonlyMap<string, SpanSink>;

  constructor(main: SpanSink, others: ReadonlyMap<string, SpanSink>) {
    this.#main = main;
    this.#others = others;
  }

  write(span: SpanData, lane?: string): void {
    ((lane === undefined ? undefined : this.#others.get(lane)) ?? this.#main).write(span);
  }
}
