import { type Context, ROOT_CONTEXT } from "@opentelemetry/api";
import type { SpanData } from "../../model/span-data.ts";
import type { SpanProcessor } from "../../model/span-processor.ts";
import { whenRejected } from "../../model/foreign/when-rejected.ts";
import type { Tally } from "../../tally/tally.ts";
import { PluggedSpan, type PluggedSpanParts } from "./plugged-span.ts";
import type { SpanSink, SpanStarted, SpanStarts } from "../span/span-sink.ts";

export interface SpanFanOutSettings extends PluggedSpanParts {
  /** Where spans go besides. */
  readonly next: SpanSink;
  readonly processors: readonly SpanProcessor[];
  /** Counts processors that threw, as `span-processor`. */
  readonly faults: Tally;
}

/**
 * Hands every recorded span to the processors of the user, beside our own export.
 *
 * A span that is known to be recorded when it begins is told then. One that is kept later is told as begun and ended back to back.
 */
export class SpanFanOut implements SpanSink, SpanStarts {
  readonly #settings: SpanFanOutSettings;
  readonly #open = new WeakMap<object, PluggedSpan>();

  constructor(settings: SpanFanOutSettings) {
    this.#settings = settings;
  }

  readonly #failed = (): void => this.#settings.faults.add("span-processor");

  started({ key, span, read, parentContext }: SpanStarted): void {
    try {
      const plugged = new PluggedSpan(this.#settings, read, span);
      this.#open.set(key, plugged);
      this.#begin(plugged, parentContext);
    } catch {
      // The span could not be read yet: it is told when it has ended.
      this.#settings.faults.add("span-processor");
    }
  }

  write(span: SpanData, lane?: string, key: object = span): void {
    this.#settings.next.write(span, lane);
    let plugged = this.#open.get(key);
    if (plugged === undefined) {
      plugged = new PluggedSpan(this.#settings, () => span, undefined);
      this.#begin(plugged, ROOT_CONTEXT);
    } else {
      this.#open.delete(key);
    }
    plugged.finish(span);
    for (const processor of this.#settings.processors) {
      try {
        whenRejected(processor.onEnd(plugged), this.#failed);
      } catch {
        this.#settings.faults.add("span-processor");
      }
    }
  }

  #begin(plugged: PluggedSpan, parentContext: Context): void {
    for (const processor of this.#settings.processors) {
      try {
        whenRejected(processor.onStart(plugged, parentContext), this.#failed);
      } catch {
        this.#settings.faults.add("span-processor");
      }
    }
  }
}
