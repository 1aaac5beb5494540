import { builtin } from "../model/builtin.ts";
import { Accounts } from "./accounts.ts";
import { Admission } from "./admission.ts";
import { Alarm } from "./alarm.ts";
import type { StoredBody } from "./body-store.ts";
import { closedBreaker } from "./breaker.ts";
import type { Chunk } from "./chunk.ts";
import type { QueuedChunk } from "./chunk-queue.ts";
import { CollectorLog } from "./collector-log.ts";
import { type Choice, CourierList } from "./courier-list.ts";
import { Courier, type Delivery } from "./courier.ts";
import type { ExporterParts, ExportPipelineParts } from "./export-parts.ts";
import type { ExporterStatus, ExportStatus, LaneStatus } from "./export-status.ts";
import { Fallback } from "./fallback.ts";
import { type Flight, Flights } from "./flights.ts";
import { FlushQueue } from "./flush-queue.ts";
import { LaneSet } from "./lane-set.ts";
import { LossLog } from "./loss-log.ts";
import type { PipelineLane } from "./pipeline-lane.ts";
import { startTimer, type StartTimer } from "./timers.ts";
import { UseLog } from "./use-log.ts";

const mainLane = "http";

/** Losses that have no line of their own. */
const quietReasons: ReadonlySet<string> = new Set([
  "queue-full",
  "retries-exhausted",
  "memory",
  "spool-full",
  "spool-expired",
  "spool-corrupt",
  "ring-full",
]);

/** What is left of a pipeline whose process ends now. */
export interface Remains {
  /** Written to the spool in this call. */
  readonly spooled: number;
  /** In memory, and lost with it. */
  readonly lost: number;
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
  readonly #startTimer: StartTimer;
  readonly #lanes: LaneSet<Payload>;
  readonly #couriers: CourierList;
  readonly #fallback: Fallback<Payload> | undefined;
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
  #replaying = false;
  #closed = false;
  #shutdown: Promise<void> | undefined;

  constructor(parts: ExportPipelineParts<Payload>) {
    const { settings, diagnostics, unit, source } = parts;
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
    this.#startTimer = parts.startTimer ?? startTimer;
    this.#lossLog = new LossLog(unit, diagnostics);
    const { warningRatio, maxBlockMs = 500, queue, batch } = settings;
    this.#useLog = warningRatio === undefined ? undefined : new UseLog({ unit, warningRatio, diagnostics });
    const timing = { now: this.#now, startTimer: this.#startTimer };
    this.#couriers = new CourierList([parts, ...(parts.next ?? [])].map((exporter) => this.#courier(exporter)));
    const store = parts.store?.((items, reason) => {
      this.#accounts.spooled -= items;
      this.#drop(items, reason);
    });
    this.#lanes = new LaneSet<Payload>({
      lanes: parts.lanes ?? [{ name: mainLane, queue, batch, source }],
      mainLane,
      maxBytes: settings.maxMemoryBytes,
      heldElsewhere: () => this.#flights.bytes + (store?.kind === "ring" ? store.bytes : 0),
      dropped: (lane, items, reason) => this.#dropOf(lane, items, reason),
      spill: (lane, chunk) => this.#spill(lane, chunk),
    });
    this.#fallback =
      store &&
      new Fallback<Payload>({
        store,
        accounts: this.#accounts,
        flights: this.#flights,
        assemble: ({ chunks }) => this.#assemble(chunks),
        now: this.#now,
        notTaken: (flight, why, error) => this.#notPutAway(flight, why, error),
      });
    const blocking = this.#lanes.all.filter(({ overflow }) => overflow === "block");
    this.#admission =
      blocking.length === 0
        ? undefined
        : new Admission({
            ...timing,
            maxBlockMs,
            isFull: () => !this.#closed && blocking.some((lane) => lane.isCrowded),
          });
    this.#alarm = new Alarm({ ...timing, ring: () => this.#pump() });
    this.#flushes = new FlushQueue(timing);
    this.#arm();
    void this.#fallback?.open().then(() => this.#arm());
  }

  /** Takes a chunk, and drops older ones when there is no room. `sinceMs` is when its oldest item was written, now by default. */
  add(chunk: Chunk<Payload>, sinceMs: number = this.#now(), laneName: string = mainLane): void {
    const lane = this.#lanes.get(laneName);
    if (this.#closed) {
      lane.accepted += chunk.items;
      this.#dropOf(lane, chunk.items, "shutdown");
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
    this.#dropOf(lane, 1, this.#closed ? "shutdown" : "queue-full");
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
      this.#leaveNow(false);
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
    return this.#leaveNow(true);
  }

  status(): ExportStatus {
    const accounts = this.#accounts;
    const couriers = this.#couriers.all;
    const lanes = this.#lanes;
    return {
      writing: lanes.writing,
      accepted: lanes.accepted + accounts.recovered,
      exported: accounts.exported,
      queued: lanes.items,
      queuedBytes: lanes.bytes,
      inFlight: this.#flights.items,
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
      exporters: couriers.map(exporterStatus),
      tries: couriers.reduce((sum, { tries }) => sum + tries, 0),
      failedTries: couriers.reduce((sum, { failedTries }) => sum + failedTries, 0),
      bodyBytes: accounts.bodyBytes,
      sentBytes: couriers.reduce((sum, { sentBytes }) => sum + sentBytes, 0),
      heldBytes: lanes.heldBytes,
      fallbackBytes: this.#fallback?.store.bytes ?? 0,
      blocked: { total: this.#admission?.total ?? 0, now: this.#admission?.waiting ?? 0 },
      collector: this.#reach(),
    };
  }

  get #first(): Courier {
    // The parts themselves are the first.
    return this.#couriers.all[0]!;
  }

  #courier({ sender, breaker = closedBreaker, collectorLog, name }: ExporterParts): Courier {
    const { diagnostics, endpointGiven, settings, random = Math.random, tried } = this.#parts;
    return new Courier({
      name,
      sender,
      breaker,
      log: collectorLog ?? new CollectorLog({ collector: sender.destination, endpointGiven, diagnostics }),
      retry: settings.retry,
      random,
      now: this.#now,
      startTimer: this.#startTimer,
      tried,
    });
  }

  #flushUntil(deadlineMs: number, order: number): Promise<boolean> {
    const flushed = this.#flushes.add(order, deadlineMs);
    this.#couriers.hurry();
    this.#outsideRequests(() => this.#pump());
    return flushed;
  }

  #pump(): void {
    if (this.#pumping || this.#closed) return;
    this.#pumping = true;
    const nowMs = this.#now();
    this.#lossLog.look(nowMs);
    this.#lanes.look(nowMs);
    for (let lane = this.#due(nowMs); lane !== undefined; lane = this.#due(nowMs)) {
      if (!this.#sendNext(lane, nowMs)) break;
    }
    this.#replay(nowMs);
    this.#pumping = false;
    for (const lane of this.#lanes.all) this.#warn(lane);
    this.#admission?.look();
    this.#answerFlushes();
    this.#arm();
  }

  #choose(nowMs: number): Choice {
    return this.#couriers.choose(nowMs, this.#flights.size, this.#parts.settings.maxConcurrentExports);
  }

  #due(nowMs: number): PipelineLane<Payload> | undefined {
    return this.#lanes.due(nowMs, this.#flushes.order);
  }

  /** Sends or puts away the next batch of a lane. False when neither can be done now. */
  #sendNext(lane: PipelineLane<Payload>, nowMs: number): boolean {
    const fallback = this.#fallback;
    if (this.#choose(nowMs).choice === "none") {
      if (fallback === undefined || !fallback.takes(nowMs)) return false;
      const chunks = lane.takeBatch();
      return chunks.length > 0 && this.#putAway({ chunks, lane });
    }
    // What is still being written is sealed first: a batch that turns out empty must not cost a trial call.
    if (lane.items === 0) lane.seal();
    if (lane.items === 0) return false;
    const chosen = this.#choose(nowMs);
    if (chosen.choice !== "courier" || !chosen.courier.breaker.allows(nowMs)) return false;
    const flight = this.#flights.board({ kind: "sending", chunks: lane.takeBatch(), lane });
    void this.#fly(flight, chosen.courier).then(() => this.#pump());
    return true;
  }

  /** Sends the oldest body of the store, one at a time, so that they arrive in their order. */
  #replay(nowMs: number): void {
    const fallback = this.#fallback;
    if (fallback === undefined || this.#replaying || !fallback.holdsSome) return;
    if (this.#choose(nowMs).choice !== "courier") return;
    this.#replaying = true;
    void this.#replayOne(fallback).then(() => {
      this.#replaying = false;
      this.#pump();
    });
  }

  async #replayOne(fallback: Fallback<Payload>): Promise<void> {
    const stored = await fallback.store.take();
    if (stored === undefined) return;
    const nowMs = this.#now();
    const chosen = this.#choose(nowMs);
    if (this.#closed || chosen.choice !== "courier" || !chosen.courier.breaker.allows(nowMs)) {
      fallback.store.settle(stored, "unsent");
      return;
    }
    fallback.launched(stored);
    await this.#flyStored(stored, chosen.courier, fallback);
  }

  async #flyStored(stored: StoredBody, courier: Courier, fallback: Fallback<Payload>): Promise<void> {
    const flight = this.#flights.board({ kind: "replay", chunks: [], lane: this.#lanes.main, stored });
    const delivery = await this.#deliver(stored.body, courier);
    if (!this.#flights.land(flight)) return;
    // It has waited before and may wait again: its age bounds it, not the tries of one outage.
    const became = delivery.outcome === "exhausted" || delivery.outcome === "unsent" ? "unsent" : undefined;
    if (became !== undefined) {
      fallback.settle(stored, became);
      return;
    }
    fallback.settle(stored, delivery.outcome === "accepted" ? "delivered" : "given-up");
    if (delivery.outcome === "accepted" && stored.uncertain) {
      this.#accounts.uncertain += flight.items;
      courier.exported += flight.items;
    } else this.#settle(flight, delivery, courier);
  }

  async #fly(flight: Flight<Payload>, courier: Courier): Promise<void> {
    let delivery: Delivery | undefined;
    try {
      const parts = this.#assemble(flight.chunks);
      delivery = await this.#deliver(parts, courier);
    } catch (error) {
      courier.breaker.failed(this.#now());
      if (this.#flights.land(flight)) this.#unsendable(flight, error);
      return;
    }
    if (!this.#flights.land(flight)) return;
    const halves = delivery.outcome === "refused" && delivery.status === 413 ? this.#halves(flight.chunks) : undefined;
    if (halves === undefined) this.#settle(flight, delivery, courier);
    else await this.#flyInHalves(flight, halves, courier);
  }

  async #deliver(parts: readonly Uint8Array[], courier: Courier): Promise<Delivery> {
    const body = await courier.sender.prepare(parts);
    return this.#closed ? { outcome: "unsent" } : courier.deliver(body);
  }

  /** Undefined when a batch cannot be made smaller. */
  #halves(chunks: readonly QueuedChunk<Payload>[]): readonly (readonly QueuedChunk<Payload>[])[] | undefined {
    const middle = chunks.length >> 1;
    if (middle > 0) return [chunks.slice(0, middle), chunks.slice(middle)];
    const [only] = chunks;
    if (only === undefined) return undefined;
    const { order, sinceMs } = only;
    return this.#parts.split?.(only)?.map((half) => [{ ...half, order, sinceMs }]);
  }

  /** For a collector that takes smaller bodies than ours. One half after the other, in the slot of the whole. */
  async #flyInHalves(
    { lane }: Flight<Payload>,
    halves: readonly (readonly QueuedChunk<Payload>[])[],
    courier: Courier,
  ): Promise<void> {
    const flights = halves.map((chunks) => this.#flights.board({ kind: "sending", chunks, lane }));
    for (const flight of flights) await this.#fly(flight, courier);
  }

  #settle(flight: Flight<Payload>, delivery: Delivery, courier: Courier): void {
    const { items } = flight;
    const { unit } = this.#parts;
    switch (delivery.outcome) {
      case "accepted": {
        const rejected = this.#accounts.delivered(courier, items, delivery.rejected);
        if (rejected > 0 || delivery.message !== undefined) {
          courier.log.partlyRejected({ items: rejected, unit, message: delivery.message });
        }
        if (rejected > 0) this.#dropOf(flight.lane, rejected, "rejected");
        if (courier.sender.keepsNothing === true) this.#parts.done?.(flight.chunks);
        return;
      }
      case "refused":
        courier.log.refused({ items, unit, reason: delivery.reason });
        this.#dropOf(flight.lane, items, "refused");
        return;
      case "exhausted":
        if (!this.#putAway(flight)) this.#dropOf(flight.lane, items, "retries-exhausted");
        return;
      case "unsent":
        flight.lane.putBack(flight.chunks);
    }
  }

  /** Gives a batch to the fallback; false when there is none, or it takes none now. */
  #putAway({ chunks, lane }: Pick<Flight<Payload>, "chunks" | "lane">): boolean {
    const fallback = this.#fallback;
    if (fallback === undefined || !fallback.takes(this.#now())) return false;
    void fallback.put(this.#flights.board({ kind: "storing", chunks, lane })).then(() => this.#pump());
    return true;
  }

  /** Makes the body of a batch and counts its bytes. May throw. */
  #assemble(chunks: readonly QueuedChunk<Payload>[]): readonly Uint8Array[] {
    const parts = this.#parts.assemble(chunks);
    for (const part of parts) this.#accounts.bodyBytes += part.byteLength;
    return parts;
  }

  #spill(lane: PipelineLane<Payload>, chunk: QueuedChunk<Payload>): boolean {
    const fallback = this.#fallback;
    if (fallback === undefined || !fallback.takes(this.#now())) return false;
    const flight = this.#flights.board({ kind: "storing", chunks: [chunk], lane });
    // Not in the call that added a chunk: that one belongs to a request.
    void Promise.resolve()
      .then(() => fallback.put(flight))
      .then(() => this.#pump());
    return true;
  }

  #notPutAway(flight: Flight<Payload>, why: "unwritable" | "full" | "encoding", error: unknown): void {
    if (why === "unwritable") flight.lane.putBack(flight.chunks);
    else if (why === "full") this.#dropOf(flight.lane, flight.items, "spool-full");
    else this.#unsendable(flight, error);
  }

  #unsendable(flight: Flight<Payload>, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#first.log.unsendable({ items: flight.items, unit: this.#parts.unit, reason });
    this.#dropOf(flight.lane, flight.items, "encoding");
  }

  /** Sets the alarm for the next thing to do. With a source it rings at least once a delay, which is often enough for no item to wait longer. */
  #arm(): void {
    if (this.#closed) return;
    const nowMs = this.#now();
    const lookAtMs = nowMs + this.#lanes.lookEveryMs;
    this.#alarm.set(Math.min(this.#nextMs(nowMs), lookAtMs, this.#lossLog.endsAtMs));
  }

  /** When the next batch leaves or the next body is replayed, as far as is known; Infinity while that waits for the end of a flight. */
  #nextMs(nowMs: number): number {
    const fallback = this.#fallback;
    const dueMs = this.#lanes.leavesAtMs(nowMs, this.#flushes.order);
    const wantedMs = fallback?.holdsSome === true && !this.#replaying ? nowMs : dueMs;
    const { choice, untilMs } = this.#choose(nowMs);
    const storeMs = fallback !== undefined && choice === "none" ? Math.max(dueMs, fallback.readyAtMs) : Infinity;
    return Math.min(Math.max(wantedMs, untilMs), storeMs);
  }

  #warn(lane: PipelineLane<Payload>): void {
    if (this.#useLog === undefined || this.#first.log.absent) return;
    this.#useLog.look(lane, this.#now());
  }

  #answerFlushes(): void {
    const oldest = Math.min(this.#lanes.oldestOrder, this.#flights.oldestOrder);
    const underWay = this.#flights.size + this.#flights.storing > 0;
    const { untilMs } = this.#choose(this.#now());
    const stuck = underWay ? undefined : this.#first.log.absent ? Infinity : untilMs;
    this.#flushes.answer({ oldest, written: this.#lanes.writing, stuckUntilMs: stuck });
  }

  #dropOf(lane: PipelineLane<Payload>, items: number, reason: string): void {
    lane.drops.add(reason, items);
    this.#drop(items, reason);
  }

  #drop(items: number, reason: string): void {
    this.#accounts.drops.add(reason, items);
    // What the collector turns away and what a shutdown leaves have lines of their own; where there is no collector, nobody waits for any.
    if (!quietReasons.has(reason)) return;
    if (!this.#first.log.absent) this.#lossLog.lost(items, reason, this.#now());
  }

  #reach(): "reachable" | "unreachable" | "absent" {
    if (this.#first.log.absent) return "absent";
    return this.#first.destination.unreachable ? "unreachable" : "reachable";
  }

  /** Writes what is in memory to the spool, as far as it takes it. What it does not take stays where it is. */
  #leaveNow(forGood: boolean): Remains {
    this.#lanes.seal();
    const fallback = this.#fallback?.store.kind === "file" ? this.#fallback : undefined;
    let spooled = 0;
    const inFlight = forGood && fallback !== undefined ? this.#flights.landAll() : [];
    const left: Flight<Payload>[] = [];
    for (const flight of inFlight) {
      // A body of the spool is there already, and marked as under way.
      if (flight.kind === "replay") this.#accounts.spooled += flight.items;
      else if (fallback?.putNow(flight) === true) spooled += flight.items;
      else left.push(flight);
    }
    for (const lane of this.#lanes.all) spooled += this.#leaveLane(lane, fallback);
    for (const { lane, chunks } of left) lane.putBack(chunks);
    return { spooled, lost: this.#lanes.items + this.#flights.items };
  }

  #leaveLane(lane: PipelineLane<Payload>, fallback: Fallback<Payload> | undefined): number {
    if (fallback === undefined) return 0;
    let spooled = 0;
    for (let chunks = lane.takeBatch(); chunks.length > 0; chunks = lane.takeBatch()) {
      const flight = this.#flights.board({ kind: "storing", chunks, lane });
      const isPut = fallback.putNow(flight);
      this.#flights.land(flight);
      if (!isPut) {
        lane.putBack(chunks);
        return spooled;
      }
      spooled += flight.items;
    }
    return spooled;
  }

  #close(): void {
    const { absent } = this.#first.log;
    const { diagnostics, unit } = this.#parts;
    const { spooled } = this.#leaveNow(true);
    this.#closed = true;
    this.#alarm.clear();
    this.#flushes.close();
    this.#admission?.release();
    let lost = this.#lanes.items;
    for (const flight of this.#flights.landAll()) {
      lost += flight.items;
      this.#dropOf(flight.lane, flight.items, "shutdown");
    }
    for (const lane of this.#lanes.all) lane.clear("shutdown");
    this.#couriers.close();
    this.#fallback?.store.close();
    if (spooled > 0) diagnostics.info(`${spooled} ${unit} are in the spool and are sent by the next process`);
    if (lost > 0 && !absent) {
      diagnostics.warn(`${lost} ${unit} could not be delivered before the end of the shutdown and are lost`);
    }
  }
}

function laneStatus<Payload>(lane: PipelineLane<Payload>): LaneStatus {
  const { accepted, items, bytes, writing, use, capacity, batch } = lane;
  return { accepted, queued: items, queuedBytes: bytes, writing, use, capacity, batch, drops: lane.drops.snapshot() };
}

function exporterStatus(courier: Courier): ExporterStatus {
  const { name, breaker, exported, tries, failedTries, sentBytes } = courier;
  return {
    name,
    breaker: breaker.state,
    breakerChanges: breaker.changes,
    exported,
    tries,
    failedTries,
    failures: courier.failures.snapshot(),
    sentBytes,
  };
}
