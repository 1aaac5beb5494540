import type { Timed } from "../../governor/cost-meter.ts";
import { timedSender } from "../../governor/timed-sender.ts";
import type { Resource } from "../../model/resource.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import type { SpanExporter } from "../../model/span-processor.ts";
import type { Settings } from "../../options/settle/settings.ts";
import { BufferPool } from "../../otlp/buffer-pool.ts";
import { type EncodedChunk, toChunk } from "../../otlp/encoded-chunk.ts";
import { SpanOutlet } from "../../otlp/span-outlet.ts";
import { splitChunk } from "../../otlp/split-chunk.ts";
import { exportRequestParts } from "../../otlp/export-request.ts";
import { breakerLog } from "../../pipeline/breaker/breaker-log.ts";
import { CollectorLog } from "../../pipeline/log/collector-log.ts";
import type { FinishedTry } from "../../pipeline/delivery/exporter.ts";
import type { PipelineExporter } from "../../pipeline/export-parts.ts";
import { ExportPipeline } from "../../pipeline/export-pipeline.ts";
import type { LaneParts } from "../../pipeline/queue/pipeline-lane.ts";
import type { Sender } from "../../pipeline/transport/sender.ts";
import type { Tally } from "../../tally/tally.ts";
import type { SpanSink } from "../../tracing/span/span-sink.ts";
import { consoleExporter, exporterSender } from "../optional/exporter-sender.part.ts";
import { collectorExporter } from "./collector-exporter.ts";
import { createBreaker } from "./create-breaker.ts";
import { fallbackStore, fallbackWords } from "./fallback-store.ts";
import { LaneSink } from "./lane-sink.ts";

export interface TraceExportParts {
  readonly settings: Settings;
  readonly resource: Resource;
  readonly diagnostics: Diagnostics;
  /** Takes spans that could not be written, by reason. */
  readonly spanDrops: Tally;
  /** Bytes of spans that have ended and wait for the end of their job or request: they count in the memory for telemetry. */
  readonly heldBytes: () => number;
  /** Made only where one is needed. */
  readonly otlpSender: () => Sender;
  readonly otlpLog: () => CollectorLog;
  readonly timed: Timed;
  /** Told of every export that is over. */
  readonly tried: (tried: FinishedTry) => void;
}

export interface TraceExport {
  readonly sink: SpanSink;
  readonly pipeline: ExportPipeline<EncodedChunk>;
}

type Choice = Settings["exporters"]["traces"][number];

/** A chunk is part of a batch; this many bytes waste little when the last one is half full. */
const maxChunkBytes = 65_536;

/** Makes the way of spans: an outlet and a lane for failed requests, for ordinary ones and for jobs, and the exporters behind them. */
export function createTraceExport(parts: TraceExportParts): TraceExport {
  const { settings, resource, diagnostics } = parts;
  const { otlp, clock, queue, exporters, fallback } = settings;
  const [first, ...others] = exporters.traces.map((choice) => exporterParts(parts, choice));
  if (first === undefined) throw new RangeError("there is no exporter");
  const next = fallback === "console" ? [...others, consoleParts(parts)] : others;
  const buffers = new BufferPool();
  const lanes = laneParts(parts, buffers, () => pipeline);
  const pipeline = new ExportPipeline<EncodedChunk>({
    ...first,
    next,
    unit: "spans",
    settings: {
      queue: lanes.http.queue,
      batch: lanes.http.batch,
      retry: otlp.retry,
      maxConcurrentExports: otlp.maxConcurrentExports,
      maxMemoryBytes: settings.maxMemoryBytes,
      warningRatio: queue.warningRatio,
      maxBlockMs: queue.maxBlockMs,
    },
    lanes: [lanes.errors, lanes.http, lanes.jobs],
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
    store: fallbackStore("spans", parts),
    endpointGiven: otlp.traces.endpointGiven || first.name !== "otlp",
    diagnostics,
    tried: parts.tried,
    now: () => clock.now(),
  });
  const { errors, http, jobs } = lanes;
  const sink = new LaneSink(
    http.source,
    new Map([
      ["errors", errors.source],
      ["jobs", jobs.source],
    ]),
  );
  return { sink, pipeline };
}

type Lane = LaneParts & { readonly source: SpanOutlet };

function laneParts(
  { settings, spanDrops }: TraceExportParts,
  buffers: BufferPool,
  pipeline: () => ExportPipeline<EncodedChunk>,
): { readonly errors: Lane; readonly http: Lane; readonly jobs: Lane } {
  const { queue, batch, dynamicBatch, errorsLane, jobsLane, clock } = settings;

  function lane(name: string, maxItems: number, delayMs: number, overflow: LaneParts["overflow"]): Lane {
    const dynamic = name === "http" ? dynamicBatch : undefined;
    const source = new SpanOutlet({
      maxItems: Math.min(dynamic?.minSpans ?? batch.maxSpans, maxItems),
      maxBytes: Math.min(batch.maxBytes, maxChunkBytes),
      maxItemBytes: batch.maxBytes,
      clock,
      buffers,
      add: (chunk, sinceMs) => pipeline().add(chunk, sinceMs, name),
      dropped: (reason) => spanDrops.add(reason),
      unwritable: () => spanDrops.add("unwritable"),
      // Only a lane that drops what comes knows that a span will be dropped before it is encoded.
      refuses: overflow === "drop-newest" ? () => pipeline().refuses(name) : undefined,
      refused: () => pipeline().refused(name),
    });
    return {
      name,
      source,
      queue: { maxItems, maxBytes: queue.maxBytes },
      batch: { maxItems: Math.min(batch.maxSpans, maxItems), maxBytes: batch.maxBytes, delayMs },
      overflow,
      dynamic: dynamic && {
        minItems: dynamic.minSpans,
        maxItems: dynamic.maxSpans,
        minDelayMs: dynamic.minDelayMs,
        maxDelayMs: dynamic.maxDelayMs,
        targetUse: dynamic.targetUse,
      },
    };
  }

  // Only ordinary requests are held back for the sake of their telemetry; the small lanes spill where the large one does.
  const aside = queue.overflow === "spill" ? "spill" : "drop-oldest";
  return {
    errors: lane("errors", errorsLane.maxSpans, errorsLane.delayMs, aside),
    http: lane("http", queue.maxSpans, batch.delayMs, queue.overflow),
    jobs: lane("jobs", jobsLane.maxSpans, jobsLane.delayMs, aside),
  };
}

function exporterParts(parts: TraceExportParts, choice: Choice): PipelineExporter & { readonly name: string } {
  if (choice === "console") return consoleParts(parts);
  if (choice !== "otlp") return pluggedParts(parts, choice, nameOf(choice));
  return collectorExporter({
    ...parts,
    sender: parts.otlpSender(),
    collectorLog: parts.otlpLog(),
    meanwhile: meanwhile(parts.settings),
  });
}

function consoleParts(parts: TraceExportParts): PipelineExporter & { readonly name: string } {
  return pluggedParts(parts, consoleExporter(), "console");
}

function pluggedParts(
  { settings, diagnostics, timed }: TraceExportParts,
  exporter: SpanExporter,
  name: string,
): PipelineExporter & { readonly name: string } {
  return {
    name,
    sender: timedSender(exporterSender({ exporter, name, timeoutMs: settings.otlp.traces.timeoutMs }), timed),
    collectorLog: new CollectorLog({ collector: name, noun: "exporter", endpointGiven: true, diagnostics }),
    breaker: createBreaker(
      settings,
      breakerLog({
        exporter: `the exporter ${name}`,
        meanwhile: meanwhile(settings),
        isQuiet: () => false,
        diagnostics,
      }),
    ),
  };
}

function meanwhile({ fallback, exporters }: Settings): string {
  return exporters.traces.length > 1 ? "spans go to the next exporter" : fallbackWords("spans", fallback);
}

/** The name of its class, which nobody but a minifier takes away. */
function nameOf(exporter: SpanExporter): string {
  // One without a prototype has none.
  const name: unknown = (exporter.constructor as Function | undefined)?.name;
  return typeof name !== "string" || name === "" || name === "Object" ? "exporter" : name;
}
