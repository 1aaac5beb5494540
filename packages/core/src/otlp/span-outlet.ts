import { type SpanData, statusCode } from "../model/span-data.ts";
import type { ChunkPriority, ChunkSource } from "../pipeline/chunk.ts";
import { SpanChunkWriter, type SpanChunkWriterSettings } from "./span-chunk-writer.ts";

/** Takes finished spans and writes them at once, failed and healthy ones apart, so that an overflow can drop the healthy first. Never throws. */
export class SpanOutlet implements ChunkSource {
  readonly #healthy: SpanChunkWriter;
  readonly #failed: SpanChunkWriter;
  readonly #unwritable: () => void;

  constructor(settings: Omit<SpanChunkWriterSettings, "priority"> & { readonly unwritable: () => void }) {
    const writer = (priority: ChunkPriority): SpanChunkWriter => new SpanChunkWriter({ ...settings, priority });
    this.#healthy = writer("healthy");
    this.#failed = writer("failed");
    this.#unwritable = settings.unwritable;
  }

  write(span: SpanData): void {
    try {
      (span.statusCode === statusCode.error ? this.#failed : this.#healthy).write(span);
    } catch {
      this.#unwritable();
    }
  }

  seal(): void {
    this.#failed.seal();
    this.#healthy.seal();
  }

  get items(): number {
    return this.#healthy.items + this.#failed.items;
  }

  get bytes(): number {
    return this.#healthy.bytes + this.#failed.bytes;
  }

  get oldestMs(): number | undefined {
    const healthy = this.#healthy.oldestMs;
    const failed = this.#failed.oldestMs;
    if (healthy === undefined || failed === undefined) return healthy ?? failed;
    return Math.min(healthy, failed);
  }
}
