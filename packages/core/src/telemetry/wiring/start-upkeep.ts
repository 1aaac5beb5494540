import type { ServerTracker } from "../../exchange/node/server-tracker.ts";
import { summaryLine } from "../../health/summary-line.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import type { Settings } from "../../options/settle/settings.ts";
import type { EncodedChunk } from "../../otlp/encoded-chunk.ts";
import type { ExportPipeline } from "../../pipeline/export-pipeline.ts";
import type { Rooms } from "./rooms.ts";
import { answerPrimary } from "../cluster/answer-primary.ts";
import { measureProcess } from "../optional/process-metrics.part.ts";
import { watchSamplingFile } from "../sampling/sampling-file.part.ts";
import { followStrategyFile } from "../central/central.part.ts";
import { isStrategyFile } from "../central/is-strategy-file.ts";
import { isForRoutes } from "../sampling/compile-rules.part.ts";

export interface UpkeepParts {
  readonly settings: Settings;
  readonly rooms: Rooms;
  readonly servers: ServerTracker;
  /** What strategies for many services know this one by. */
  readonly serviceName: string;
  readonly diagnostics: Diagnostics;
}

const sweepMs = 30_000;
const summaryMs = 60_000;
const orphansMs = 180_000;

/**
 * Starts what goes on beside the requests: the sampling file and the sampling endpoint are followed, spans that were left open are ended, what processes left in the spool that
 * ended meanwhile is taken over, the process is measured and a line a minute sums up, where that is asked for. It keeps nothing alive. Answers what
 * ends it.
 */
export function startUpkeep({ settings, rooms, servers, serviceName, diagnostics }: UpkeepParts): () => void {
  const { sampling, tracing, exports, records, faults } = rooms;
  const { clock, samplingFile, summaryLine: sumsUp } = settings;
  const ends: (() => void)[] = [];
  if (samplingFile !== undefined) {
    const changed = (change: unknown): void => {
      if (!isStrategyFile(change)) return sampling.updateFromFile(change);
      const isRequest = (operation: string): boolean => isForRoutes(operation, rooms.methods.names);
      followStrategyFile(change, { sampling, service: serviceName, isRequest, diagnostics });
    };
    ends.push(watchSamplingFile(samplingFile, { changed, diagnostics, faults }));
  }
  // Behind the file: what is said last is in force.
  if (rooms.remoteSampling !== undefined) ends.push(rooms.remoteSampling.start());
  ends.push(
    every(sweepMs, () => {
      tracing.live.sweep(clock.now());
      servers.rest();
    }),
  );
  if (settings.metrics) {
    ends.push(
      answerPrimary(
        () => rooms.metrics.reader("cumulative"),
        () => faults.add("prometheus"),
      ),
    );
  }
  if (settings.metrics && settings.processMetrics !== false) {
    ends.push(measureProcess(settings.processMetrics, rooms.metrics, () => clock.now()));
  }
  ends.push(
    every(orphansMs, () => {
      exports.traces?.recover();
      records.recover();
    }),
  );
  if (sumsUp && exports.traces !== undefined) ends.push(sumUp(exports.traces, diagnostics));
  return () => {
    for (const end of ends) end();
  };
}

function sumUp(traces: ExportPipeline<EncodedChunk>, diagnostics: Diagnostics): () => void {
  let before = traces.status();
  return every(summaryMs, () => {
    const now = traces.status();
    const line = summaryLine(before, now);
    before = now;
    if (line !== undefined) diagnostics.info(line, "GSM_SUMMARY");
  });
}

function every(ms: number, run: () => void): () => void {
  const timer = setInterval(run, ms);
  timer.unref();
  return () => clearInterval(timer);
}
