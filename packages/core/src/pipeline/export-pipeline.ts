import { builtin } from "../model/builtin.ts";
import { Accounts } from "./delivery/accounts.ts";
import { Backpressure } from "./queue/backpressure.ts";
import { Alarm } from "./time/alarm.ts";
import { bodyBytes } from "./fallback/body-store.ts";
import { closedBreaker } from "./breaker/breaker.ts";
import type { Chunk } from "./queue/chunk.ts";
import type { QueuedChunk } from "./queue/chunk-queue.ts";
import { CollectorLog } from "./log/collector-log.ts";
import { ExporterList } from "./delivery/exporter-list.ts";
import { Exporter, type ExporterParts } from "./delivery/exporter.ts";
import { ExportScheduler } from "./export-scheduler.ts";
import { Dispatch } from "./delivery/dispatch.ts";
import { Drops } from "./delivery/drops.ts";
import type { PipelineExporter, ExportPipelineParts } from "./export-parts.ts";
import { type ExportStatus, exportStatus } from "./export-status.ts";
import type { Fallback } from "./fallback/fallback.ts";
import { createFallback, createReplay } from "./fallback/fallback.part.ts";
import { InFlightBatches } from "./delivery/in-flight-batches.ts";
import { FlushQueue } from "./delivery/flush-queue.ts";
import { LaneSet } from "./queue/lane-set.ts";
import { counted, spooledWords } from "./ending/ending-words.ts";
import { leaveNow, type LeavingParts, type Remains } from "./ending/leave-now.ts";
import { LossLog } from "./log/loss-log.ts";
import type { PipelineLane } from "./queue/pipeline-lane.ts";
import { lastTryMs, startTimer } from "./time/timers.ts";
import { QueueUseLog } from "./log/queue-use-log.ts";

/** What may move while it runs. */
export interface PipelineTuning {
  /** By what size and delay of batches are multiplied. */
  readonly batch: number;
  readonly concurrentExports: number;
  /** The place in the list of the exporter that is tried first. */
  readonly exporter: number;
}

/**
 * Brings chunks to a collector in batches, at most so many at once, and accounts for every item.
 *
 * Nothing leaves inside the call that added it. While the collector cannot be reached or asked for a pause, chunks stay in their lane, within its
 * bound, and leave when it is back. While the breakers of all exporters are open, batches go to the fallback's store, where there is one.
 * After `shutdown` every chunk is a drop. No method throws or rejects.
 */
export class ExportPipeline<Payload = unknown> {
  readonly #parts: ExportPipelineParts<Payload>;
  readonly #now: () => number;
  readonly #lanes: LaneSet<Payload>;
  readonly #exporters: ExporterList;
  readonly #fallback: Fallback<Payload> | undefined;
  readonly #scheduler: ExportScheduler<Payload>;
  readonly #drops: Drops;
  readonly #lossLog: LossLog;
  readonly #queueUseLog: QueueUseLog | undefined;
  readonly #alarm: Alarm;
  readonly #flushes: FlushQueue;
  readonly #backpressure: Backpressure | undefined;
  readonly #inFlight = new InFlightBatches<Payload>();
  readonly #accounts = new Accounts();
  // Timers and sockets made here must not keep the context of the request that happened to add a chunk.
  readonly #outsideRequests = builtin("node:async_hooks").AsyncLocalStorage.snapshot();
  #pumping = false;
  #closed = false;
  #shutdown: Promise<void> | undefined;

  constructor(parts: ExportPipelineParts<Payload>) {
    const { settings, diagnostics, unit, source, mainLane = "http" } = parts;
    const { warningRatio, maxBlockMs = 500, queue, batch } = settings;
    const now = parts.now ?? (() => performance.now());
    const timing = { now, startTimer: parts.startTimer ?? startTimer };
    const accounts = this.#accounts;
    const inFlight = this.#inFlight;
    const ended = (): void => this.#pump();
    const assemble = (chunks: readonly QueuedChunk<Payload>[]): readonly Uint8Array[] => {
      const body = parts.assemble(chunks);
      accounts.bodyBytes += bodyBytes(body);
      return body;
    };
    this.#parts = parts;
    this.#now = now;
    this.#lossLog = new LossLog(unit, diagnostics);
    this.#queueUseLog = warningRatio === undefined ? undefined : new QueueUseLog({ unit, warningRatio, diagnostics });
    const exporters = new ExporterList(
      [parts, ...(parts.next ?? [])].map((exporter) => exporterOf(exporter, parts, timing)),
      { underWay: () => inFlight.size, maxUnderWay: settings.maxConcurrentExports },
    );
    this.#exporters = exporters;
    const drops = new Drops({ unit, accounts, lossLog: this.#lossLog, collectorLog: exporters.first.log, now });
    this.#drops = drops;
    const store = parts.store?.((items, reason) => drops.ofStore(items, reason));
    const fallback = store && createFallback<Payload>({ store, accounts, inFlight, drops, assemble, now, ended });
    this.#fallback = fallback;
    const { split, done } = parts;
    const lanes = new LaneSet<Payload>({
      lanes: parts.lanes ?? [{ name: mainLane, queue, batch, source }],
      mainLane,
      maxBytes: settings.maxMemoryBytes,
      heldElsewhere: () => inFlight.bytes + this.#ringBytes() + (parts.heldBytes?.() ?? 0),
      dropped: (lane, items, reason) => drops.of(lane, items, reason),
      spill: (lane, chunk) => fallback?.spill(lane, chunk) === true,
      done,
    });
    this.#lanes = lanes;
    this.#flushes = new FlushQueue(timing);
    const dispatch = new Dispatch<Payload>({
      unit,
      split,
      done,
      accounts,
      inFlight,
      drops,
      putAway: fallback && ((tried) => fallback.putAway(tried)),
      assemble,
      now,
      ended,
    });
    const replay =
      fallback &&
      createReplay<Payload>({ fallback, exporters, dispatch, inFlight, accounts, drops, lane: lanes.main, now, ended });
    this.#scheduler = new ExportScheduler({ lanes, exporters, flushes: this.#flushes, dispatch, fallback, replay });
    const blocking = lanes.all.filter(({ overflow }) => overflow === "block");
    this.#backpressure =
      blocking.length === 0
        ? undefined
        : new Backpressure({
            ...timing,
            maxBlockMs,
            isFull: () => !this.#closed && blocking.some((lane) => lane.isCrowded),
          });
    this.#alarm = new Alarm({ ...timing, ring: ended });
    this.#arm();
    this.recover();
  }

  /** Takes a chunk, and drops older ones when there is no room. `sinceMs` is when its oldest item was written, now by default. */
  add(chunk: Chunk<Payload>, sinceMs: number = this.#now(), laneName?: string): void {
    const lane = laneName === undefined ? this.#lanes.main : this.#lanes.get(laneName);
    if (this.#closed) {
      lane.accepted += chunk.items;
      this.#drops.of(lane, chunk.items, "shutdown");
      return;
    }
    this.#lanes.add(lane, chunk, sinceMs);
    if (this.#pumping) return;
    this.#outsideRequests(() => {
      this.#warn(lane);
      this.#arm();
    });
  }

  /** Whether a healthy item that came now would be dropped at once, so that encoding it is of no use. */
  refuses(laneName: string): boolean {
    return this.#closed || this.#lanes.get(laneName).refusesHealthy;
  }

  /** Counts an item that came and was dropped before it was encoded. */
  refused(laneName: string): void {
    const lane = this.#lanes.get(laneName);
    lane.accepted++;
    this.#drops.of(lane, 1, this.#closed ? "shutdown" : "queue-full");
  }

  /** Where a lane holds new requests back when it is full: undefined when one may go on, else what settles when it may. */
  get backpressure(): (() => Promise<void> | undefined) | undefined {
    const backpressure = this.#backpressure;
    return backpressure && (() => backpressure.ask());
  }

  /**
   * Sends what is there now without waiting for full batches, and keeps the process alive meanwhile. True when all of it has left, is put away or
   * is accounted for as a drop; false when the deadline passed, or when nothing could leave before it. Never rejects.
   */
  flush(deadlineMs: number): Promise<boolean> {
    if (this.#closed) return Promise.resolve(true);
    this.#lanes.seal();
    return this.#flushUntil(deadlineMs, this.#lanes.nextOrder);
  }

  /**
   * Makes the memory free that telemetry holds: sends all for `deadlineMs` at most, then puts the rest away, and drops what cannot be put
   * away. True when nothing was dropped for it. Never rejects.
   */
  async emergencyFlush(deadlineMs: number): Promise<boolean> {
    const before = this.#accounts.drops.get("emergency");
    if (!(await this.flush(deadlineMs)) && !this.#closed) {
      leaveNow(this.#contents, false);
      for (const lane of this.#lanes.all) lane.clear("emergency");
      this.#pump();
    }
    return this.#accounts.drops.get("emergency") === before;
  }

  /** Sends all that is there and comes until then, for `deadlineMs` at most; what is left is put away, or dropped. A second call awaits the first. */
  shutdown(deadlineMs: number): Promise<void> {
    this.#shutdown ??= this.#flushUntil(deadlineMs, Infinity).then(() => this.#close());
    return this.#shutdown;
  }

  /** For a process that ends inside this call: writes all to the spool, where there is one. */
  leaveNow(): Remains {
    if (this.#closed) return { spooled: 0, lost: 0 };
    const { spooled, lost } = leaveNow(this.#contents, true);
    this.#lossLog.end();
    const { isAbsent, untoldLoss } = this.#exporters;
    return { spooled, lost: isAbsent && untoldLoss === undefined ? 0 : lost, why: untoldLoss };
  }

  /** In memory: what waits, is being written and is on its way; without what its parts say is held elsewhere. */
  get ownBytes(): number {
    return this.#lanes.ownBytes + this.#inFlight.bytes + this.#ringBytes();
  }

  /** What it knows of itself without reading all accounts: how full the main lane is, and what was lost. */
  get look(): { readonly use: number; readonly dropped: number } {
    return { use: this.#lanes.main.use, dropped: this.#accounts.drops.total };
  }

  get exporterCount(): number {
    return this.#exporters.all.length;
  }

  /** Lets batches of the main lane be smaller and leave sooner, fewer be under way, and another exporter be the first. */
  tune({ batch, concurrentExports, exporter }: PipelineTuning): void {
    this.#lanes.main.scaleBatches(batch);
    this.#exporters.tune(exporter, concurrentExports);
    this.#outsideRequests(() => this.#pump());
  }

  /** Takes over what processes left in the spool that have ended. */
  recover(): void {
    if (!this.#closed) void this.#fallback?.recover().then(() => this.#arm());
  }

  status(): ExportStatus {
    return exportStatus({ ...this.#contents, exporters: this.#exporters, backpressure: this.#backpressure });
  }

  #ringBytes(): number {
    const store = this.#fallback?.store;
    return store?.kind === "ring" ? store.bytes : 0;
  }

  get #contents(): LeavingParts<Payload> {
    return { lanes: this.#lanes, inFlight: this.#inFlight, accounts: this.#accounts, fallback: this.#fallback };
  }

  #flushUntil(deadlineMs: number, order: number): Promise<boolean> {
    // Where nothing ever answered, a connection that hangs must not hold up whoever ends the process.
    const waitMs = this.#exporters.isUnreached ? Math.min(deadlineMs, lastTryMs) : deadlineMs;
    const flushed = this.#flushes.add(order, waitMs);
    this.#exporters.hurry();
    this.#outsideRequests(() => this.#pump());
    return flushed;
  }

  /** Looks after all that time or the end of a batch may have changed. */
  #pump(): void {
    if (this.#pumping || this.#closed) return;
    this.#pumping = true;
    const nowMs = this.#now();
    this.#lossLog.look(nowMs);
    this.#lanes.look(nowMs);
    this.#scheduler.begin(nowMs);
    this.#pumping = false;
    for (const lane of this.#lanes.all) this.#warn(lane);
    this.#backpressure?.look();
    this.#answerFlushes();
    this.#arm();
  }

  /** Sets the alarm for the next thing to do. With a source it rings at least once a delay, which is often enough for no item to wait longer. */
  #arm(): void {
    if (this.#closed) return;
    const nowMs = this.#now();
    const lookAtMs = nowMs + this.#lanes.lookEveryMs;
    this.#alarm.set(Math.min(this.#scheduler.nextMs(nowMs), lookAtMs, this.#lossLog.endsAtMs));
  }

  #warn(lane: PipelineLane<Payload>): void {
    if (this.#queueUseLog === undefined || this.#exporters.isAbsent) return;
    this.#queueUseLog.look(lane, this.#now());
  }

  #answerFlushes(): void {
    const oldest = Math.min(this.#lanes.oldestOrder, this.#inFlight.oldestOrder);
    const underWay = this.#inFlight.size + this.#inFlight.storing > 0;
    const { untilMs } = this.#exporters.choose(this.#now());
    const stuck = underWay ? undefined : this.#exporters.isAbsent || this.#exporters.isUnreached ? Infinity : untilMs;
    this.#flushes.answer({ oldest, written: this.#lanes.writing, stuckUntilMs: stuck });
  }

  #close(): void {
    const { isAbsent, untoldLoss } = this.#exporters;
    const { diagnostics, unit } = this.#parts;
    const { spooled } = leaveNow(this.#contents, true);
    this.#closed = true;
    this.#alarm.clear();
    this.#flushes.close();
    this.#backpressure?.release();
    let lost = this.#lanes.items;
    for (const batch of this.#inFlight.endAll()) {
      lost += batch.items;
      this.#drops.of(batch.lane, batch.items, "shutdown");
    }
    for (const lane of this.#lanes.all) lane.clear("shutdown");
    this.#exporters.close();
    this.#fallback?.store.close();
    this.#lossLog.end();
    if (spooled > 0) diagnostics.info(spooledWords(spooled, unit), "GSM_SPOOL_LEFT");
    if (lost > 0 && (!isAbsent || untoldLoss !== undefined)) {
      const why = untoldLoss === undefined ? "" : `: ${untoldLoss}`;
      diagnostics.warn(
        `${counted(lost, unit, "could not be delivered before the end of the shutdown and are")} lost${why}`,
        "GSM_END_LOST",
      );
    }
  }
}

function exporterOf<Payload>(
  { sender, breaker = closedBreaker, collectorLog, name }: PipelineExporter,
  { diagnostics, endpointGiven, settings, random = Math.random, tried }: ExportPipelineParts<Payload>,
  timing: Pick<ExporterParts, "now" | "startTimer">,
): Exporter {
  return new Exporter({
    ...timing,
    name,
    sender,
    breaker,
    log: collectorLog ?? new CollectorLog({ collector: sender.destination, endpointGiven, diagnostics }),
    retry: settings.retry,
    random,
    tried,
  });
}
