import type { Diagnostics } from "../../model/diagnostics.ts";
import { cleanWords } from "../../pipeline/log/clean-words.ts";
import { LossLog } from "../../pipeline/log/loss-log.ts";
import { backoffMs, type BackoffSettings } from "../../pipeline/delivery/retry.ts";
import { Alarm } from "../../pipeline/time/alarm.ts";
import type { StartTimer } from "../../pipeline/time/timers.ts";
import { Tally } from "../../tally/tally.ts";
import type { Packet } from "./packets.ts";
import { type openStatsdSocket, type StatsdSocket, type StatsdTarget, targetText } from "./statsd-socket.ts";

export interface StatsdSenderParts {
  readonly target: StatsdTarget;
  readonly open: typeof openStatsdSocket;
  readonly diagnostics: Diagnostics;
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly startTimer: StartTimer;
}

const reconnect: BackoffSettings = { initialMs: 500, maxMs: 15_000 };
const maxWaitingBytes = 1_048_576;
/** So long a way that failed has to work again before it is believed. */
const proofMs = 1_000;

/**
 * Sends packets in their order, one after the other, and keeps those that cannot be sent: 1 MiB at most, the oldest make room. A connection that is
 * lost is made anew, after a while that doubles. One line tells that StatsD cannot be reached, one that it can again, which one packet that was taken
 * does not prove: UDP takes what nobody reads, and a connection may be closed behind the first write. Two lines tell of entries that are lost. Never
 * throws.
 */
export class StatsdSender {
  readonly drops: Tally = new Tally();
  sentPackets = 0;
  sentBytes = 0;
  sentEntries = 0;
  readonly #parts: StatsdSenderParts;
  readonly #alarm: Alarm;
  readonly #lossLog: LossLog;
  #waiting: Packet[] = [];
  #waitingBytes = 0;
  #socket: StatsdSocket | undefined;
  #isOpening = false;
  #sending: Packet | undefined;
  #failures = 0;
  #isTold = false;
  #isClosed = false;
  readonly #idle = new Set<() => void>();

  constructor(parts: StatsdSenderParts) {
    this.#parts = parts;
    this.#alarm = new Alarm({ ...parts, ring: () => (this.#socket === undefined ? this.#open() : this.#proved()) });
    this.#lossLog = new LossLog("StatsD entries", parts.diagnostics);
  }

  get state(): "idle" | "connected" | "unreachable" {
    if (this.#failures > 0) return "unreachable";
    return this.#socket === undefined ? "idle" : "connected";
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  add(packets: readonly Packet[]): void {
    if (this.#isClosed) return this.#drop(packets, "shutdown");
    // Called every interval, and so at the end of a loss too.
    this.#lossLog.look(this.#parts.now());
    for (const packet of packets) {
      this.#waiting.push(packet);
      this.#waitingBytes += packet.bytes.length;
    }
    while (this.#waitingBytes > maxWaitingBytes) {
      const oldest = this.#waiting.shift();
      if (oldest === undefined) break;
      this.#waitingBytes -= oldest.bytes.length;
      this.#drop([oldest], "queue-full");
      this.#lossLog.lost(oldest.entries, "queue-full", this.#parts.now());
    }
    this.#pump();
  }

  /** Resolves when nothing waits any more, or it cannot be sent now. Never rejects. */
  settled(): Promise<boolean> {
    if (this.#isDone()) return Promise.resolve(this.#waiting.length === 0);
    return new Promise((resolve) => this.#idle.add(() => resolve(this.#waiting.length === 0)));
  }

  /** What has not been sent by then is dropped. */
  close(): void {
    this.#isClosed = true;
    this.#alarm.clear();
    this.#lossLog.end();
    this.#drop(this.#sending === undefined ? this.#waiting : [this.#sending, ...this.#waiting], "shutdown");
    this.#sending = undefined;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#socket?.close();
    this.#socket = undefined;
    this.#tellIdle();
  }

  #pump(): void {
    if (this.#sending !== undefined || this.#isClosed) return;
    if (this.#waiting.length === 0) return this.#tellIdle();
    if (this.#socket === undefined) return this.#openWhenDue();
    const packet = this.#waiting.shift()!;
    this.#waitingBytes -= packet.bytes.length;
    this.#sending = packet;
    const socket = this.#socket;
    socket.send(packet.bytes, (error) => {
      if (this.#sending !== packet) return;
      this.#sending = undefined;
      if (error !== undefined) {
        this.#putBack(packet);
        this.#failed(error, socket);
        return;
      }
      this.#sent(packet);
      this.#pump();
    });
  }

  #sent(packet: Packet): void {
    this.sentPackets++;
    this.sentBytes += packet.bytes.length;
    this.sentEntries += packet.entries;
    if (this.#failures > 0) this.#alarm.set(this.#parts.now() + proofMs);
  }

  #proved(): void {
    this.#failures = 0;
    if (!this.#isTold) return;
    this.#isTold = false;
    this.#parts.diagnostics.info(
      `StatsD at ${targetText(this.#parts.target)} can be reached again`,
      "GSM_STATSD_WORKS",
    );
  }

  #putBack(packet: Packet): void {
    this.#waiting.unshift(packet);
    this.#waitingBytes += packet.bytes.length;
  }

  #openWhenDue(): void {
    if (this.#isOpening) return;
    if (this.#failures === 0) return this.#open();
    this.#tellIdle();
  }

  #open(): void {
    if (this.#isOpening || this.#socket !== undefined || this.#isClosed) return;
    this.#isOpening = true;
    let opened: StatsdSocket | undefined;
    this.#parts.open(this.#parts.target, {
      opened: (socket) => {
        this.#isOpening = false;
        if (this.#isClosed) return socket.close();
        opened = socket;
        this.#socket = socket;
        this.#pump();
      },
      failed: (error) => this.#failed(error, opened),
    });
  }

  #failed(error: Error, socket: StatsdSocket | undefined): void {
    this.#isOpening = false;
    // Of one that was given up before nobody needs to hear again.
    if (this.#isClosed || (socket !== undefined && socket !== this.#socket)) return;
    this.#socket = undefined;
    socket?.close();
    if (this.#sending !== undefined) this.#putBack(this.#sending);
    this.#sending = undefined;
    this.#failures++;
    const { now, random, diagnostics, target } = this.#parts;
    this.#alarm.clear();
    this.#alarm.set(now() + backoffMs(this.#failures, reconnect, random));
    this.#tellIdle();
    if (this.#isTold || this.#waiting.length === 0) return;
    this.#isTold = true;
    const reason = (error as NodeJS.ErrnoException).code ?? error.message;
    diagnostics.warn(
      `cannot reach StatsD at ${targetText(target)} (${cleanWords(reason)}); metrics are queued up to 1 MiB, then the oldest are dropped`,
      "GSM_STATSD_UNREACHABLE",
    );
  }

  #isDone(): boolean {
    if (this.#sending !== undefined || this.#isOpening) return false;
    return this.#waiting.length === 0 || (this.#socket === undefined && this.#failures > 0) || this.#isClosed;
  }

  #tellIdle(): void {
    if (!this.#isDone()) return;
    for (const tell of [...this.#idle]) tell();
    this.#idle.clear();
  }

  #drop(packets: readonly Packet[], reason: string): void {
    for (const { entries } of packets) this.drops.add(reason, entries);
  }
}
