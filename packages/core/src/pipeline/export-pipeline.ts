import { builtin } from "../model/builtin.ts";
import { Accounts } from "./accounts.ts";
import { Admission } from "./queue/admission.ts";
import { Alarm } from "./alarm.ts";
import { bodyBytes } from "./fallback/body-store.ts";
import { closedBreaker } from "./breaker/breaker.ts";
import type { Chunk } from "./queue/chunk.ts";
import type { QueuedChunk } from "./queue/chunk-queue.ts";
import { CollectorLog } from "./log/collector-log.ts";
import { CourierList } from "./delivery/courier-list.ts";
import { Courier, type CourierParts } from "./delivery/courier.ts";
import { Departures } from "./delivery/departures.ts";
import { Dispatch } from "./delivery/dispatch.ts";
import { Drops } from "./drops.ts";
import type { ExporterParts, ExportPipelineParts } from "./export-parts.ts";
import { type ExportStatus, exportStatus } from "./export-status.ts";
import { Fallback } from "./fallback/fallback.ts";
import { Flights } from "./delivery/flights.ts";
import { FlushQueue } from "./delivery/flush-queue.ts";
import { LaneSet } from "./queue/lane-set.ts";
import { leaveNow, type LeavingParts, type Remains } from "./ending/leave-now.ts";
import { LossLog } from "./log/loss-log.ts";
import type { PipelineLane } from "./queue/pipeline-lane.ts";
import { Replay } from "./fallback/replay.ts";
import { startTimer } from "./timers.ts";
import { UseLog } from "./log/use-log.ts";

const mainLane = "http";

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
  readonly #couriers: CourierList;
  readonly #fallback: Fallback<Payload> | undefined;
  readonly #departures: Departures<Payload>;
  readonly #drops: Drops;
  readonly #lossLog: LossLog;
  readonly #useLog: UseLog | undefined;
  readonly #alarm: Alarm;
  readonly #flushes: FlushQueue;
  readonly #admission: Admission | undefined;
  readonly #flights = new Flights<Payload>();
  readonly #accounts = new Accounts();
  // Timers and sockets made here must not keep the context of the request that happened to add a chunk.
  readonly #outsideRequests = builtin("node:async_hooks").AsyncLocalStorage.snapshot();
  #pumping = false;
  #closed = false;
  #shutdown: Promise<void> | undefined;

  constructor(parts: ExportPipelineParts<Payload>) {
    const { settings, diagnostics, unit, source } = parts;
    const { warningRatio, maxBlockMs = 500, queue, batch } = settings;
    const now = parts.now ?? (() => performance.now());
    const timing = { now, startTimer: parts.startTimer ?? startTimer };
    const accounts = this.#accounts;
    const flights = this.#flights;
    const landed = (): void => this.#pump();
    const assemble = (chunks: readonly QueuedChunk<Payload>[]): readonly Uint8Array[] => {
      const body = parts.assemble(chunks);
      accounts.bodyBytes += bodyBytes(body);
      return body;
    };
    this.#parts = parts;
    this.#now = now;
    this.#lossLog = new LossLog(unit, diagnostics);
    this.#useLog = warningRatio === undefined ? undefined : new UseLog({ unit, warningRatio, diagnostics });
    const couriers = new CourierList(
      [parts, ...(parts.next ?? [])].map((exporter) => courierOf(exporter, parts, timing)),
      { underWay: () => flights.size, maxUnderWay: settings.maxConcurrentExports },
    );
    this.#couriers = couriers;
    const drops = new Drops({ unit, accounts, lossLog: this.#lossLog, collectorLog: couriers.first.log, now });
    this.#drops = drops;
    const store = parts.store?.((items, reason) => drops.ofStore(items, reason));
    const fallback = store && new Fallback<Payload>({ store, accounts, flights, drops, assemble, now, landed });
    this.#fallback = fallback;
    const lanes = new LaneSet<Payload>({
      lanes: parts.lanes ?? [{ name: mainLane, queue, batch, source }],
      mainLane,
      maxBytes: settings.maxMemoryBytes,
      heldElsewhere: () => flights.bytes + (store?.kind === "ring" ? store.bytes : 0),
      dropped: (lane, items, reason) => drops.of(lane, items, reason),
      spill: (lane, chunk) => fallback?.spill(lane, chunk) === true,
    });
    this.#lanes = lanes;
    this.#flushes = new FlushQueue(timing);
    const { split, done } = parts;
    const dispatch = new Dispatch<Payload>({
      unit,
      split,
      done,
      accounts,
      flights,
      drops,
      fallback,
      assemble,
      now,
      landed,
    });
    const replay =
      fallback &&
      new Replay<Payload>({ fallback, couriers, dispatch, flights, accounts, drops, lane: lanes.main, now, landed });
    this.#departures = new Departures({ lanes, couriers, flushes: this.#flushes, dispatch, fallback, replay });
    const blocking = lanes.all.filter(({ overflow }) => overflow === "block");
    this.#admission =
      blocking.length === 0
        ? undefined
        : new Admission({
            ...timing,
            maxBlockMs,
            isFull: () => !this.#closed && blocking.some((lane) => lane.isCrowded),
          });
    this.#alarm = new Alarm({ ...timing, ring: landed });
    this.#arm();
    void fallback?.open().then(() => this.#arm());
  }

  /** Takes a chunk, and drops older ones when there is no room. `sinceMs` is when its oldest item was written, now by default. */
  add(chunk: Chunk<Payload>, sinceMs: number = this.#now(), laneName: string = mainLane): void {
    const lane = this.#lanes.get(laneName);
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
  get admission(): (() => Promise<void> | undefined) | undefined {
    const admission = this.#admission;
    return admission && (() => admission.ask());
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
    return leaveNow(this.#contents, true);
  }

  status(): ExportStatus {
    return exportStatus({ ...this.#contents, couriers: this.#couriers, admission: this.#admission });
  }

  get #contents(): LeavingParts<Payload> {
    return { lanes: this.#lanes, flights: this.#flights, accounts: this.#accounts, fallback: this.#fallback };
  }

  #flushUntil(deadlineMs: number, order: number): Promise<boolean> {
    const flushed = this.#flushes.add(order, deadlineMs);
    this.#couriers.hurry();
    this.#outsideRequests(() => this.#pump());
    return flushed;
  }

  /** Looks after all that time or the end of a flight may have changed. */
  #pump(): void {
    if (this.#pumping || this.#closed) return;
    this.#pumping = true;
    const nowMs = this.#now();
    this.#lossLog.look(nowMs);
    this.#lanes.look(nowMs);
    this.#departures.begin(nowMs);
    this.#pumping = false;
    for (const lane of this.#lanes.all) this.#warn(lane);
    this.#admission?.look();
    this.#answerFlushes();
    this.#arm();
  }

  /** Sets the alarm for the next thing to do. With a source it rings at least once a delay, which is often enough for no item to wait longer. */
  #arm(): void {
    if (this.#closed) return;
    const nowMs = this.#now();
    const lookAtMs = nowMs + this.#lanes.lookEveryMs;
    this.#alarm.set(Math.min(this.#departures.nextMs(nowMs), lookAtMs, this.#lossLog.endsAtMs));
  }

  #warn(lane: PipelineLane<Payload>): void {
    if (this.#useLog === undefined || this.#couriers.isAbsent) return;
    this.#useLog.look(lane, this.#now());
  }

  #answerFlushes(): void {
    const oldest = Math.min(this.#lanes.oldestOrder, this.#flights.oldestOrder);
    const underWay = this.#flights.size + this.#flights.storing > 0;
    const { untilMs } = this.#couriers.choose(this.#now());
    const stuck = underWay ? undefined : this.#couriers.isAbsent ? Infinity : untilMs;
    this.#flushes.answer({ oldest, written: this.#lanes.writing, stuckUntilMs: stuck });
  }

  #close(): void {
    const { isAbsent } = this.#couriers;
    const { diagnostics, unit } = this.#parts;
    const { spooled } = leaveNow(this.#contents, true);
    this.#closed = true;
    this.#alarm.clear();
    this.#flushes.close();
    this.#admission?.release();
    let lost = this.#lanes.items;
    for (const flight of this.#flights.landAll()) {
      lost += flight.items;
      this.#drops.of(flight.lane, flight.items, "shutdown");
    }
    for (const lane of this.#lanes.all) lane.clear("shutdown");
    this.#couriers.close();
    this.#fallback?.store.close();
    if (spooled > 0) diagnostics.info(`${spooled} ${unit} are in the spool and are sent by the next process`);
    if (lost > 0 && !isAbsent) {
      diagnostics.warn(`${lost} ${unit} could not be delivered before the end of the shutdown and are lost`);
    }
  }
}

function courierOf<Payload>(
  { sender, breaker = closedBreaker, collectorLog, name }: ExporterParts,
  { diagnostics, endpointGiven, settings, random = Math.random, tried }: ExportPipelineParts<Payload>,
  timing: Pick<CourierParts, "now" | "startTimer">,
): Courier {
  return new Courier({
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
