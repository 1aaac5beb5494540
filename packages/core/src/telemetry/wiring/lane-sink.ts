import type { SpanData } from "../../model/span-data.ts";
import type { SpanOutlet } from "../../otlp/span-outlet.ts";
import type { StampedSpan } from "../../otlp/span-stamp.ts";
import type { SpanSink } from "../../tracing/span/span-sink.ts";

/** Hands each span to the outlet of its lane. */
export class LaneSink implements SpanSink {
  readonly #main: SpanOutlet;
  readonly #others: ReadonlyMap<string, SpanOutlet>;

  constructor(main: SpanOutlet, others: ReadonlyMap<string, SpanOutlet>) {
    this.#main = main;
    this.#others = others;
  }

  write(span: SpanData, lane?: string): void {
    this.#outlet(lane).write(span);
  }

  stamp(span: StampedSpan, lane?: string): void {
    this.#outlet(lane).write(span);
  }

  #outlet(lane: string | undefined): SpanOutlet {
    return (lane === undefined ? undefined : this.#others.get(lane)) ?? this.#main;
  }
}
