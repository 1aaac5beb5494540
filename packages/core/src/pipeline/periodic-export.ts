import { builtin } from "../model/builtin.ts";
import type { Diagnostics } from "../model/diagnostics.ts";
import { Tally } from "../tally/tally.ts";
import { Alarm } from "./time/alarm.ts";
import { type Breaker, closedBreaker } from "./breaker/breaker.ts";
import { CollectorLog } from "./log/collector-log.ts";
import { Exporter, type Delivery } from "./delivery/exporter.ts";
import type { RetrySettings } from "./delivery/retry.ts";
import type { Sender } from "./transport/sender.ts";
import { lastTryMs, type StartTimer, startTimer } from "./time/timers.ts";
import { textOf } from "../model/foreign/text-of.ts";

/** Intervals in which a delta is tried, as often as one allows, at a collector that is there and does not take it. */
const maxIntervals = 10;

/** The body of one request. */
export interface PeriodicPayload {
  readonly parts: readonly Uint8Array[];
  /** Data points in it. */
  readonly items: number;
}

export interface PeriodicExportParts {
  /** What an item is, in the plural: `data points`. */
  readonly unit: string;
  readonly intervalMs: number;
  /** Whether the next collection holds all that this one held (cumulative), or a lost one is lost (delta). */
  readonly temporality: "cumulative" | "delta";
  /** Called before each collection but the last of a shutdown: the collection begins when its promise has settled, which is to be soon and never rejects. */
  readonly prepare?: (() => Promise<void> | undefined) | undefined;
  /** Reads what there is to send, one payload a request; none when there is nothing. */
  readonly collect: () => readonly PeriodicPayload[];
  readonly retry: RetrySettings;
  readonly sender: Sender;
  /** Whether the user named the endpoint. */
  readonly endpointGiven: boolean;
  readonly diagnostics: Diagnostics;
  /** Shared by the signals of one collector, so that its trouble is one line; one of its own by default. */
  readonly collectorLog?: CollectorLog | undefined;
  readonly breaker?: Breaker | undefined;
  /** Monotonic milliseconds. */
  readonly now?: (() => number) | undefined;
  /** From 0 to 1. */
  readonly random?: (() => number) | undefined;
  readonly startTimer?: StartTimer | undefined;
}

export interface PeriodicExportStatus {
  /** Payloads the collector accepted. */
  readonly exports: number;
  /** Payloads that it did not; cumulative ones are made good by the next. */
  readonly failures: number;
  /** Items of accepted payloads. */
  readonly exported: number;
  /** Items that are lost for good. */
  readonly dropped: number;
  readonly drops: Readonly<Record<string, number>>;
  /** Why the collector refused the last collection that it answered; undefined once it took one. */
  readonly refusal: string | undefined;
  readonly tries: number;
  readonly failedTries: number;
  /** After compression, failed tries included. */
  readonly sentBytes: number;
}

// Between two tries of what could not be sent, also when nothing but an open breaker holds it.
const minPauseMs = 250;

/**
 * Collects and sends every interval, one collection at a time. A failure is tried again until the next interval begins. Of cumulative data that one
 * holds all the last one held; of deltas none is collected while one waits, so that what happens meanwhile is in the next: what is held is one
 * collection, however long the collector is away. What is lost of delta data is counted. No method throws or rejects.
 */
export class PeriodicExport {
  readonly #parts: PeriodicExportParts;
  readonly #now: () => number;
  readonly #startTimer: StartTimer;
  readonly #alarm: Alarm;
  readonly #exporter: Exporter;
  readonly #breaker: Breaker;
  readonly #log: CollectorLog;
  readonly #drops = new Tally();
  readonly #outsideRequests = builtin("node:async_hooks").AsyncLocalStorage.snapshot();
  #unsent: PeriodicPayload[] = [];
  /** Intervals in which the delta that waits was tried in vain. */
  #exhausted = 0;
  /** Whether it was in this one: then it waits for the next. */
  #isSpent = false;
  #running: Promise<void> | undefined;
  #nextMs: number;
  #exports = 0;
  #failures = 0;
  #exported = 0;
  #closed = false;
  #shutdown: Promise<void> | undefined;

  constructor(parts: PeriodicExportParts) {
    const { intervalMs, sender, endpointGiven, diagnostics, retry } = parts;
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
    this.#startTimer = parts.startTimer ?? startTimer;
    this.#breaker = parts.breaker ?? closedBreaker;
    this.#log = parts.collectorLog ?? new CollectorLog({ collector: sender.destination, endpointGiven, diagnostics });
    const timing = { now: this.#now, startTimer: this.#startTimer };
    this.#exporter = new Exporter({
      ...timing,
      sender,
      breaker: this.#breaker,
      log: this.#log,
      retry: { ...retry, totalMs: Math.min(retry.totalMs, intervalMs) },
      random: parts.random ?? Math.random,
    });
    this.#alarm = new Alarm({ ...timing, ring: () => this.#ring() });
    this.#nextMs = this.#now() + intervalMs;
    this.#arm();
  }

  /** Collects and sends now, and keeps the process alive meanwhile. True when the collector has it all or the rest is accounted for. Never rejects. */
  flush(deadlineMs: number): Promise<boolean> {
    if (this.#closed) return Promise.resolve(true);
    const boundMs = this.#log.unreached ? Math.min(deadlineMs, lastTryMs) : deadlineMs;
    const waitMs = boundMs > 0 ? boundMs : 0;
    return this.#outsideRequests(
      () =>
        new Promise((resolve) => {
          const stop = this.#startTimer(waitMs, () => resolve(false), true);
          void this.#flushUntil(this.#now() + waitMs).then((done) => {
            stop();
            resolve(done);
          });
        }),
    );
  }

  /** Sends a last collection, for `deadlineMs` at most. A second call awaits the first. */
  shutdown(deadlineMs: number): Promise<void> {
    this.#shutdown ??= this.flush(deadlineMs).then(() => this.#close());
    return this.#shutdown;
  }

  status(): PeriodicExportStatus {
    return {
      exports: this.#exports,
      failures: this.#failures,
      exported: this.#exported,
      dropped: this.#drops.total,
      drops: this.#drops.snapshot(),
      refusal: this.#exporter.refusal,
      tries: this.#exporter.tries,
      failedTries: this.#exporter.failedTries,
      sentBytes: this.#exporter.sentBytes,
    };
  }

  get #isDelta(): boolean {
    return this.#parts.temporality === "delta";
  }

  #arm(): void {
    if (this.#closed || this.#running !== undefined) return;
    this.#alarm.set(Math.min(this.#nextMs, this.#unsent.length > 0 && !this.#isSpent ? this.#againAtMs() : Infinity));
  }

  #againAtMs(): number {
    return Math.max(this.#exporter.reachability.readyAtMs, this.#now() + minPauseMs);
  }

  #ring(): void {
    if (this.#closed || this.#running !== undefined) return;
    const nowMs = this.#now();
    if (nowMs >= this.#nextMs) {
      this.#nextMs = nowMs + this.#parts.intervalMs;
      void this.#run(true);
    } else if (this.#unsent.length > 0) void this.#run(!this.#isDelta);
    else this.#arm();
  }

  async #flushUntil(untilMs: number): Promise<boolean> {
    await this.#running;
    this.#exporter.reachability.hurry();
    while (!this.#closed) {
      await this.#run(true);
      if (this.#unsent.length === 0) return true;
      const againAtMs = this.#againAtMs();
      if (this.#log.absent || this.#log.unreached || this.#isSpent || againAtMs > untilMs) return false;
      await new Promise<void>((resolve) => {
        this.#startTimer(againAtMs - this.#now(), resolve);
      });
      await this.#running;
    }
    return false;
  }

  /** One collection on its way at a time: a caller that finds one under way waits for it instead. */
  #run(collects: boolean): Promise<void> {
    this.#running ??= this.#send(collects).then(() => {
      this.#running = undefined;
      this.#arm();
    });
    return this.#running;
  }

  async #send(collects: boolean): Promise<void> {
    const waits = this.#isDelta && this.#unsent.length > 0;
    if (collects && !waits) await this.#collectPrepared();
    const haveLeft = await this.#sendAll();
    // What happened while a delta waited.
    if (waits && collects && haveLeft) {
      await this.#collectPrepared();
      await this.#sendAll();
    }
  }

  /** Whether none waits any longer. */
  async #sendAll(): Promise<boolean> {
    this.#isSpent = false;
    for (const payload of [...this.#unsent]) {
      const delivery = await this.#deliver(payload);
      if (this.#closed) return false;
      if (delivery.outcome === "unsent" || this.#mayWait(delivery)) {
        this.#failures++;
        return false;
      }
      this.#unsent.splice(this.#unsent.indexOf(payload), 1);
      this.#exhausted = 0;
      this.#settle(payload, delivery);
    }
    return true;
  }

  /** Whether a delta that was tried as often as an interval allows is tried again in the next. */
  #mayWait({ outcome }: Delivery): boolean {
    this.#isSpent = this.#isDelta && outcome === "exhausted" && ++this.#exhausted < maxIntervals;
    return this.#isSpent;
  }

  async #collectPrepared(): Promise<void> {
    const prepared = this.#parts.prepare?.();
    if (prepared !== undefined) await prepared;
    if (!this.#closed) this.#collect();
  }

  #collect(): void {
    if (!this.#isDelta) this.#unsent = [];
    try {
      this.#unsent.push(...this.#parts.collect());
    } catch (error) {
      this.#failures++;
      this.#log.unsendable({
        items: 0,
        unit: this.#parts.unit,
        reason: textOf(error),
      });
    }
  }

  async #deliver(payload: PeriodicPayload): Promise<Delivery> {
    if (!this.#breaker.allows(this.#now())) return { outcome: "unsent" };
    try {
      return await this.#exporter.deliver(payload.parts);
    } catch (error) {
      this.#breaker.failed(this.#now());
      return { outcome: "refused", reason: textOf(error), status: undefined };
    }
  }

  #settle(payload: PeriodicPayload, delivery: Exclude<Delivery, { outcome: "unsent" }>): void {
    const { items } = payload;
    const { unit } = this.#parts;
    if (delivery.outcome === "accepted") {
      const rejected = Math.min(items, delivery.rejected);
      this.#exports++;
      this.#exported += items - rejected;
      if (rejected > 0 || delivery.message !== undefined) {
        this.#log.partlyRejected({ items: rejected, unit, message: delivery.message });
      }
      if (rejected > 0) this.#drops.add("rejected", rejected);
      return;
    }
    this.#failures++;
    if (delivery.outcome === "refused") {
      this.#log.refused({ items, unit, reason: delivery.reason, destination: this.#parts.sender.destination });
    }
    if (this.#isDelta) this.#drops.add(delivery.outcome === "refused" ? "refused" : "retries-exhausted", items);
  }

  #close(): void {
    this.#closed = true;
    this.#alarm.clear();
    if (this.#isDelta && this.#unsent.length > 0) {
      this.#collect();
      for (const { items } of this.#unsent) this.#drops.add("shutdown", items);
    }
    this.#unsent = [];
    this.#exporter.close();
  }
}
