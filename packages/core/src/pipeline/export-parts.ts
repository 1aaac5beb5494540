import type { Diagnostics } from "../model/diagnostics.ts";
import type { BatchSettings } from "./queue/batcher.ts";
import type { BodyStore, StoreLoss } from "./fallback/body-store.ts";
import type { Breaker } from "./breaker/breaker.ts";
import type { Chunk, ChunkSource } from "./queue/chunk.ts";
import type { CollectorLog } from "./log/collector-log.ts";
import type { FinishedTry } from "./delivery/exporter.ts";
import type { LaneParts } from "./queue/pipeline-lane.ts";
import type { PayloadParts } from "./delivery/dispatch.ts";
import type { RetrySettings } from "./delivery/retry.ts";
import type { Sender } from "./transport/sender.ts";
import type { StartTimer } from "./time/timers.ts";

export interface ExportSettings {
  /** Of the one lane, where no `lanes` are given. */
  readonly queue: { readonly maxItems: number; readonly maxBytes: number };
  /** Of the one lane, where no `lanes` are given. */
  readonly batch: BatchSettings;
  readonly retry: RetrySettings;
  /** Batches on their way at once. */
  readonly maxConcurrentExports: number;
  /** Over all lanes, batches on their way and a ring. @default none */
  readonly maxMemoryBytes?: number | undefined;
  /** The use of a lane from which on a line warns, from 0 to 1. @default none does */
  readonly warningRatio?: number | undefined;
  /** The longest that a new request is held where a lane's overflow is `block`. @default 500 */
  readonly maxBlockMs?: number | undefined;
}

/** One more way out, used while those before it are held back by their breakers. */
export interface PipelineExporter {
  /** In accounts. @default "otlp" */
  readonly name?: string | undefined;
  readonly sender: Sender;
  /** Shared by the signals of one collector, so that its trouble is one line; one of its own by default. */
  readonly collectorLog?: CollectorLog | undefined;
  readonly breaker?: Breaker | undefined;
}

export interface ExportPipelineParts<Payload> extends PipelineExporter, PayloadParts<Payload> {
  readonly settings: ExportSettings;
  /** The lanes, the first served first; one of them is the main one. @default that one, as the settings say */
  readonly lanes?: readonly LaneParts[] | undefined;
  /** The lane that takes what names none. @default "http" */
  readonly mainLane?: string | undefined;
  /** What is still being written for the one lane; its `seal` calls `add`. */
  readonly source?: ChunkSource | undefined;
  /** Makes the parts of a body of chunks, once a batch, just before its first try. */
  readonly assemble: (chunks: readonly Chunk<Payload>[]) => readonly Uint8Array[];
  /** The exporters behind the first, in their order. */
  readonly next?: readonly PipelineExporter[] | undefined;
  /** Bytes that what comes here takes before it comes; they count in `maxMemoryBytes`. @default none */
  readonly heldBytes?: (() => number) | undefined;
  /** Makes the store that takes over while no exporter does. */
  readonly store?: ((lost: StoreLoss) => BodyStore) | undefined;
  /** Whether the user named the endpoint. */
  readonly endpointGiven: boolean;
  readonly diagnostics: Diagnostics;
  /** Told of every try when it is over; never throws. */
  readonly tried?: ((tried: FinishedTry) => void) | undefined;
  /** Monotonic milliseconds. */
  readonly now?: (() => number) | undefined;
  /** From 0 to 1. */
  readonly random?: (() => number) | undefined;
  readonly startTimer?: StartTimer | undefined;
}
