import type { Scope } from "../model/scope.ts";
import type { ChunkPriority, ChunkSource } from "../pipeline/queue/chunk.ts";
import type { ChunkWriter, ChunkWriterSettings } from "./chunk-writer.ts";

export interface OutletSettings extends Omit<ChunkWriterSettings, "priority"> {
  readonly unwritable: () => void;
  /** Whether a healthy item would be dropped anyway, so that it need not be encoded. @default none is */
  readonly refuses?: (() => boolean) | undefined;
  /** Told of each item that was refused. */
  readonly refused?: (() => void) | undefined;
}

/** Takes spans or log records and writes them at once, failed and healthy ones apart, so that an overflow can drop the healthy first. Never throws. */
export abstract class Outlet<Item extends { readonly scope: Scope }> implements ChunkSource {
  readonly #settings: OutletSettings;
  // Made when they are first needed: each holds a buffer, and most lanes see one kind of span only.
  #healthy: ChunkWriter<Item> | undefined = undefined;
  #failed: ChunkWriter<Item> | undefined = undefined;

  constructor(settings: OutletSettings) {
    this.#settings = settings;
  }

  protected abstract isFailed(item: Item): boolean;
  protected abstract writer(settings: ChunkWriterSettings): ChunkWriter<Item>;

  write(item: Item): void {
    try {
      if (this.isFailed(item)) (this.#failed ??= this.#writer("failed")).write(item);
      else if (this.#settings.refuses?.() === true) this.#settings.refused?.();
      else (this.#healthy ??= this.#writer("healthy")).write(item);
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

  #writer(priority: ChunkPriority): ChunkWriter<Item> {
    return this.writer({ ...this.#settings, priority });
  }
}
