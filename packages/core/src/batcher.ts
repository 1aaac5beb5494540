// Many small things sent as few large ones. Stands alone.
export { Batcher, type BatchSettings, type BatchSize, type Waiting } from "./pipeline/queue/batcher.ts";
export { DynamicBatch, type DynamicBatchSettings } from "./pipeline/queue/dynamic-batch.ts";
export { sizeQueue, type QueueNeed } from "./pipeline/queue/size-queue.ts";
