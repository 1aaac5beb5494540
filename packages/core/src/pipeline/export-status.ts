import type { Accounts } from "./delivery/accounts.ts";
import type { Backpressure } from "./queue/backpressure.ts";
import type { ExporterList } from "./delivery/exporter-list.ts";
import type { Exporter } from "./delivery/exporter.ts";
import type { Fallback } from "./fallback/fallback.ts";
import type { InFlightBatches } from "./delivery/in-flight-batches.ts";
import type { LaneSet } from "./queue/lane-set.ts";
import type { PipelineLane } from "./queue/pipeline-lane.ts";

/** One lane at one moment. */
export interface LaneStatus {
  readonly accepted: number;
  readonly queued: number;
  readonly queuedBytes: number;
  /** Still being written, so not accepted yet. */
  readonly writing: number;
  /** How much of its bound is in use, from 0 to 1: of items or bytes, whichever is more. */
  readonly use: number;
  readonly capacity: { readonly maxItems: number; readonly maxBytes: number };
  /** How batches are made just now; it moves where batching is dynamic. */
  readonly batch: { readonly maxItems: number; readonly delayMs: number };
  readonly drops: Readonly<Record<string, number>>;
}

/** One exporter at one moment. */
export interface ExporterStatus {
  /** `otlp`, `console`, or the name of an exporter's class. */
  readonly name: string;
  readonly breaker: "closed" | "open" | "half-open";
  readonly breakerChanges: number;
  /** Items that it took. */
  readonly exported: number;
  readonly tries: number;
  readonly failedTries: number;
  /** Failed tries by kind: `connection`, `deadline`, `status 503`. */
  readonly failures: Readonly<Record<string, number>>;
  /** After compression, failed tries included. */
  readonly sentBytes: number;
  /** Why it refused the last batch that it answered, such as `status 401: no such key`; undefined once it took one. */
  readonly refusal: string | undefined;
}

/** The accounts of a pipeline: at every moment `accepted` is `exported + queued + inFlight + spooled + dropped + uncertain`, in items. */
export interface ExportStatus {
  /** Still being written, so not accepted yet. */
  readonly writing: number;
  /** What came in, with what an earlier process had left in the spool. */
  readonly accepted: number;
  readonly exported: number;
  readonly queued: number;
  readonly queuedBytes: number;
  readonly inFlight: number;
  /** Held by the fallback, in a file or a ring, to be sent later. */
  readonly spooled: number;
  readonly dropped: number;
  readonly drops: Readonly<Record<string, number>>;
  /** Of what was on its way when a process ended, nobody knows whether it arrived; it was sent again, or is in the spool. */
  readonly uncertain: number;
  /** Over all lanes. */
  readonly capacity: { readonly maxItems: number; readonly maxBytes: number };
  readonly lanes: Readonly<Record<string, LaneStatus>>;
  readonly exporters: readonly ExporterStatus[];
  readonly tries: number;
  readonly failedTries: number;
  /** Of all batches that were made, before compression. */
  readonly bodyBytes: number;
  /** After compression, failed tries included. */
  readonly sentBytes: number;
  /** Bytes in memory: what waits, what is being written, what is on its way, a ring, and ended spans that wait for their job or request. */
  readonly heldBytes: number;
  /** Bytes that the fallback holds, in a file or a ring. */
  readonly fallbackBytes: number;
  /** New requests that were held back, so far and now. */
  readonly blocked: { readonly total: number; readonly now: number };
  /**
   * What the last try came to. `untried`: there was none. `reachable`: it took what it was sent. `refusing`: it answered, and took nothing.
   * `unreachable`: no answer. `absent`: the endpoint is the default one and nothing ever answered there.
   */
  readonly collector: "untried" | "reachable" | "refusing" | "unreachable" | "absent";
}

export interface ExportStatusParts<Payload> {
  readonly lanes: LaneSet<Payload>;
  readonly exporters: ExporterList;
  readonly inFlight: InFlightBatches<Payload>;
  readonly accounts: Accounts;
  readonly fallback: Fallback<Payload> | undefined;
  readonly backpressure: Backpressure | undefined;
}

/** Reads the accounts at this moment. */
export function exportStatus<Payload>(parts: ExportStatusParts<Payload>): ExportStatus {
  const { lanes, accounts, inFlight, fallback, backpressure } = parts;
  const exporters = parts.exporters.all;
  return {
    writing: lanes.writing,
    accepted: lanes.accepted + accounts.recovered,
    exported: accounts.exported,
    queued: lanes.items,
    queuedBytes: lanes.bytes,
    inFlight: inFlight.items,
    spooled: accounts.spooled,
    dropped: accounts.drops.total,
    drops: accounts.drops.snapshot(),
    uncertain: accounts.uncertain,
    capacity: lanes.all.reduce(
      (sum, { capacity }) => ({
        maxItems: sum.maxItems + capacity.maxItems,
        maxBytes: sum.maxBytes + capacity.maxBytes,
      }),
      { maxItems: 0, maxBytes: 0 },
    ),
    lanes: Object.fromEntries(lanes.all.map((lane) => [lane.name, laneStatus(lane)])),
    exporters: exporters.map(exporterStatus),
    tries: exporters.reduce((sum, { tries }) => sum + tries, 0),
    failedTries: exporters.reduce((sum, { failedTries }) => sum + failedTries, 0),
    bodyBytes: accounts.bodyBytes,
    sentBytes: exporters.reduce((sum, { sentBytes }) => sum + sentBytes, 0),
    heldBytes: lanes.heldBytes,
    fallbackBytes: fallback?.store.bytes ?? 0,
    blocked: { total: backpressure?.total ?? 0, now: backpressure?.waiting ?? 0 },
    collector: reach(parts.exporters),
  };
}

function reach({ isAbsent, first }: ExporterList): ExportStatus["collector"] {
  return isAbsent ? "absent" : first.standing;
}

function laneStatus<Payload>(lane: PipelineLane<Payload>): LaneStatus {
  const { accepted, items, bytes, writing, use, capacity, batch } = lane;
  return { accepted, queued: items, queuedBytes: bytes, writing, use, capacity, batch, drops: lane.drops.snapshot() };
}

function exporterStatus(exporter: Exporter): ExporterStatus {
  const { name, breaker, exported, tries, failedTries, sentBytes } = exporter;
  return {
    name,
    breaker: breaker.state,
    breakerChanges: breaker.changes,
    exported,
    tries,
    failedTries,
    failures: exporter.failures.snapshot(),
    refusal: exporter.refusal,
    sentBytes,
  };
}
