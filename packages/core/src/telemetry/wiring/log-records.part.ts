import { EngineLoggerProvider, type LoggerProviderParts } from "../../logging/logger-provider.ts";
import { LogRecords, type LogRecordsParts } from "../../logging/log-records.ts";
import type { Timed } from "../../governor/cost-meter.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import type { Resource } from "../../model/resource.ts";
import type { Settings } from "../../options/settle/settings.ts";
import { BufferPool } from "../../otlp/buffer-pool.ts";
import { type EncodedChunk, toChunk } from "../../otlp/encoded-chunk.ts";
import { exportRequestParts } from "../../otlp/export-request.ts";
import { LogOutlet } from "../../otlp/logs/log-outlet.ts";
import { splitChunk } from "../../otlp/split-chunk.ts";
import type { FinishedTry } from "../../pipeline/delivery/exporter.ts";
import { ExportPipeline } from "../../pipeline/export-pipeline.ts";
import type { CollectorLog } from "../../pipeline/log/collector-log.ts";
import type { Sender } from "../../pipeline/transport/sender.ts";
import type { Tally } from "../../tally/tally.ts";
import { collectorExporter } from "./collector-exporter.ts";
import { fallbackStore, fallbackWords } from "./fallback-store.ts";

export interface LogExportParts {
  readonly settings: Settings;
  readonly resource: Resource;
  readonly diagnostics: Diagnostics;
  readonly sender: Sender;
  readonly timed: Timed;
  readonly collectorLog: CollectorLog;
  /** Takes records that could not be written, by reason. */
  readonly drops: Tally;
  /** Bytes that telemetry holds elsewhere: lines that wait for their trace, and the way of spans. */
  readonly heldBytes: () => number;
  /** Told of every export that is over. */
  readonly tried: (tried: FinishedTry) => void;
}

export interface LogExport {
  readonly outlet: LogOutlet;
  readonly pipeline: ExportPipeline<EncodedChunk>;
}

const lane = "logs";
const maxChunkBytes = 65_536;

/** What the log records of a process are made of. */
export function createLogRecords(parts: LogRecordsParts): LogRecords {
  return new LogRecords(parts);
}

/** What the loggers of the API are made of. */
export function createLoggerProvider(parts: LoggerProviderParts): EngineLoggerProvider {
  return new EngineLoggerProvider(parts);
}

/** Makes the way of log records: an outlet, one lane, and the collector behind it. */
export function createLogExport(parts: LogExportParts): LogExport {
  const { settings, resource, diagnostics, sender, collectorLog, drops } = parts;
  const { logsLane, queue, batch, otlp, clock, fallback } = settings;
  const buffers = new BufferPool();
  const { batchRecords } = logsLane;
  const outlet = new LogOutlet({
    maxItems: batchRecords,
    maxBytes: Math.min(batch.maxBytes, maxChunkBytes),
    maxItemBytes: batch.maxBytes,
    clock,
    buffers,
    add: (chunk, sinceMs) => pipeline.add(chunk, sinceMs, lane),
    dropped: (reason) => drops.add(reason),
    unwritable: () => drops.add("unwritable"),
  });
  const bounds = {
    queue: { maxItems: logsLane.maxRecords, maxBytes: queue.maxBytes },
    batch: { maxItems: batchRecords, maxBytes: batch.maxBytes, delayMs: logsLane.delayMs },
  };
  const pipeline = new ExportPipeline<EncodedChunk>({
    ...collectorExporter({
      settings,
      sender,
      collectorLog,
      meanwhile: fallbackWords("log records", fallback),
      diagnostics,
    }),
    unit: "log records",
    settings: {
      ...bounds,
      retry: { ...otlp.retry, totalMs: logsLane.totalMs },
      maxConcurrentExports: otlp.maxConcurrentExports,
      maxMemoryBytes: settings.maxMemoryBytes,
      warningRatio: queue.warningRatio,
    },
    mainLane: lane,
    lanes: [{ ...bounds, name: lane, source: outlet, overflow: queue.overflow === "spill" ? "spill" : "drop-oldest" }],
    assemble: (chunks) =>
      parts.timed("export", () =>
        exportRequestParts(
          resource,
          chunks.map(({ payload }) => payload),
        ),
      ),
    done(chunks) {
      for (const { payload } of chunks) if (payload.room !== undefined) buffers.give(payload.room);
    },
    split: ({ payload, priority }) => {
      const halves = splitChunk(payload);
      return halves && [toChunk(halves[0], priority), toChunk(halves[1], priority)];
    },
    heldBytes: parts.heldBytes,
    store: fallbackStore("log records", parts),
    endpointGiven: otlp.logs.endpointGiven,
    diagnostics,
    tried: parts.tried,
    now: () => clock.now(),
  });
  return { outlet, pipeline };
}
