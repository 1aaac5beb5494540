import type { SettingsReport } from "../../options/settings-report.part.ts";
import type { StatsdStatus } from "../../metrics/statsd/statsd-export.ts";
import type { MetricsStatus } from "../../metrics/metrics-status.ts";
import type { ExportStatus } from "../../pipeline/export-status.ts";
import type { PeriodicExportStatus } from "../../pipeline/periodic-export.ts";
import type { DryRunReport } from "../../sampling/dry-run.ts";
import type { OverheadReport } from "../../governor/governor.ts";
import type { RemoteSamplingStatus } from "../central/remote-sampling.ts";
import type { Rooms } from "./rooms.ts";
import type { LogStatus } from "./telemetry-logging.ts";

/** The engine's own account at one moment. Counts begin at its start. */
export interface TelemetryStatus {
  /** `not-started` as long as the process has no engine. */
  readonly state: "running" | "shut-down" | "disabled" | "not-started";
  readonly sampling: {
    /** The sampler in words. */
    readonly sampler: string;
    /** Decisions by rule or reason and answer: `ratio:sampled`. */
    readonly decisions: Readonly<Record<string, number>>;
    /** Requests that were not sampled and were kept, by reason, behind the rule where one has its own. */
    readonly kept: Readonly<Record<string, number>>;
    /** Requests that a keep rule wanted and its bounds refused, by reason, behind the rule where one has its own. */
    readonly keepDrops: Readonly<Record<string, number>>;
    /** What the rules on trial would have done; undefined while there are none. */
    readonly dryRun: DryRunReport | undefined;
    /** The endpoint that is asked what to sample; undefined where none is. */
    readonly remote: RemoteSamplingStatus | undefined;
    /** What became of trace tickets that requests brought: `used`, or why not. Undefined where no secret is known. */
    readonly tickets: Readonly<Record<string, number>> | undefined;
  };
  readonly spans: {
    /** Child spans and roots of the service's own that were recorded. */
    readonly started: number;
    /** Open now. */
    readonly live: number;
    /** Ended in their owner's place, because nobody did. */
    readonly leaked: number;
    /** Spans that were lost on purpose before they were written, by reason. */
    readonly drops: Readonly<Record<string, number>>;
    /** Attributes that were removed by their name: by a `filter`, or as `debug` ones in production. Limits are counted on the span itself. */
    readonly attributeDrops: Readonly<Record<string, number>>;
  };
  /** Undefined where spans go nowhere. `accepted` is always `exported + queued + inFlight + spooled + dropped + uncertain`; spans still being written come on top. */
  readonly traceExport: ExportStatus | undefined;
  readonly metricExport: PeriodicExportStatus | undefined;
  /** Undefined where nothing goes to StatsD. */
  readonly statsd: StatsdStatus | undefined;
  /** Of log records, in the same accounts as `traceExport`; undefined until the first of them, and where none is exported. */
  readonly logExport: ExportStatus | undefined;
  readonly metrics: MetricsStatus;
  /** Names of operations: how many were `named`, and of those how many were `cut`, `refused` as no word, or came when the table was full (`overflow`). */
  readonly operations: Readonly<Record<string, number>>;
  readonly logs: LogStatus;
  /** What telemetry costs, and what is done about it; undefined where it does not measure itself. */
  readonly overhead: OverheadReport | undefined;
  /** Every option by its dotted name: the value that holds, and whether it came from code, a variable, the preset, the environment or the default. */
  readonly settings: SettingsReport;
  /** What went wrong inside the engine, or in functions of the service that it called, by place. All zero in a healthy process. */
  readonly faults: Readonly<Record<string, number>>;
}

/** Reads the accounts of all rooms at this moment. */
export function telemetryStatus(
  rooms: Rooms,
  others: Pick<TelemetryStatus, "state" | "operations" | "settings">,
): TelemetryStatus {
  const { sampling, tracing, exports } = rooms;
  return {
    state: others.state,
    sampling: {
      sampler: sampling.sampler.description,
      decisions: sampling.counts.snapshot(),
      kept: sampling.keep.kept.snapshot(),
      keepDrops: sampling.keepDrops.snapshot(),
      dryRun: sampling.dryRun?.report(),
      remote: rooms.remoteSampling?.status(),
      tickets: rooms.tickets?.counts.snapshot(),
    },
    spans: {
      started: tracing.started,
      live: tracing.live.size,
      leaked: tracing.leaked,
      drops: rooms.spanDrops.snapshot(),
      attributeDrops: rooms.limits.attributeDrops.snapshot(),
    },
    traceExport: exports.traces?.status(),
    metricExport: exports.metrics?.status(),
    statsd: exports.statsd?.status(),
    logExport: rooms.records.exportStatus(),
    metrics: rooms.metrics.status(),
    operations: others.operations,
    logs: rooms.logging.status(),
    overhead: rooms.governing.report(),
    settings: others.settings,
    faults: rooms.faults.snapshot(),
  };
}
