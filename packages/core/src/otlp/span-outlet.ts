import { type SpanData, statusCode } from "../model/span-data.ts";
import type { ChunkPriority, ChunkSource } from "../pipeline/queue/chunk.ts";
import { SpanChunkWriter, type SpanChunkWriterSettings } from "./span-chunk-writer.ts";

export interface SpanOutletSettings extends Omit<SpanChunkWriterSettings, "priority"> {
  readonly unwritable: () => void;
  /** Whether a healthy span would be dropped anyway, so that it need not be encoded. @default none is */
  readonly refuses?: (() => boolean) | undefined;
  /** Told of each span that was refused. */
  readonly refused?: (() => void) | undefined;
}

/** Takes finished spans and writes them at once, failed and healthy ones apart, so that an overflow can drop the healthy first. Never throws. */
export class SpanOutlet implements ChunkSource {
  readonly #settings: SpanOutletSettings;
  // Made when they are first needed: each holds a buffer, and most lanes see one kind of span only.
  #healthy: SpanChunkWriter | undefined = undefined;
  #failed: SpanChunkWriter | undefined = undefined;

  constructor(settings: SpanOutletSettings) {
    this.#settings = settings;
  }

  write(span: SpanData): void {
    try {
      if (span.statusCode === statusCode.error) (this.#failed ??= this.#writer("failed")).write(span);
      else if (this.#settings.refuses?.() === true) this.#settings.refused?.();
      else (this.#healthy ??= this.#writer("healthy")).write(span);
    } catch {
      this.#settings.unwritable();
    }
  }

  seal(): void {
    this.#failed?.seal();
    this.#healthy?.seal();
  }

  get items(): number {
    return (this.#healthy?.items ?? 0) + (this.#failed?.items ?? 0);
  }

  get bytes(): number {
    return (this.#healthy?.bytes ?? 0) + (this.#failed?.bytes ?? 0);
  }

  get oldestMs(): number | undefined {
    const healthy = this.#healthy?.oldestMs;
    const failed = this.#failed?.oldestMs;
    if (healthy === undefined || failed === undefined) return healthy ?? failed;
    return Math.min(healthy, failed);
  }

  #writer(priority: ChunkPriority): SpanChunkWriter {
    return new SpanChunkWriter({ ...this.#settings, priority });
  }
}
