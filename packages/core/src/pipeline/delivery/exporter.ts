import { Tally } from "../../tally/tally.ts";
import type { Breaker } from "../breaker/breaker.ts";
import type { CollectorLog } from "../log/collector-log.ts";
import { BatchLimit } from "./batch-limit.ts";
import { Reachability } from "./reachability.ts";
import { nextStep, type RetrySettings } from "./retry.ts";
import type { Sender, SendResult } from "../transport/sender.ts";
import type { StartTimer } from "../time/timers.ts";
import { textOf } from "../../model/foreign/text-of.ts";

/**
 * What became of a body. `unsent`: nothing is wrong with it, the collector could not be reached, asked for a long pause or the breaker opened;
 * it can be delivered again once the collector is ready. `exhausted`: it was tried as often and as long as a batch may be.
 */
export type Delivery =
  | { readonly outcome: "accepted"; readonly rejected: number; readonly message: string | undefined }
  | { readonly outcome: "refused"; readonly reason: string; readonly status: number | undefined }
  | { readonly outcome: "exhausted"; readonly reason: string }
  | { readonly outcome: "unsent" };

/** One try that is over, for whoever measures. */
export interface FinishedTry {
  readonly exporter: string;
  readonly durationMs: number;
  /** Undefined when it was accepted. */
  readonly failure: string | undefined;
}

export interface ExporterParts {
  /** What the exporter is called in accounts. @default "otlp" */
  readonly name?: string | undefined;
  readonly sender: Sender;
  readonly breaker: Breaker;
  readonly log: CollectorLog;
  readonly retry: RetrySettings;
  readonly now: () => number;
  readonly random: () => number;
  readonly startTimer: StartTimer;
  /** Told of every try when it is over; never throws. */
  readonly tried?: ((tried: FinishedTry) => void) | undefined;
}

/** Carries bodies to one collector: tries, waits, tries again, and shares what it learns of the collector between all of them. */
export class Exporter {
  readonly name: string;
  readonly reachability: Reachability;
  readonly batchLimit: BatchLimit = new BatchLimit();
  readonly breaker: Breaker;
  readonly sender: Sender;
  readonly log: CollectorLog;
  /** What the last try came to: `refusing` when it was answered by a status that took nothing. */
  standing: "untried" | "reachable" | "refusing" | "unreachable" = "untried";
  /** Why it refused the last body that it answered; undefined once it took one. */
  refusal: string | undefined = undefined;
  /** Items that were taken. */
  exported = 0;
  /** Failed tries by kind. */
  readonly failures: Tally = new Tally(50);
  /** Tries so far, failed ones included. */
  tries = 0;
  failedTries = 0;
  /** As sent, after compression, failed tries included. */
  sentBytes = 0;
  readonly #parts: ExporterParts;
  readonly #sleepers = new Set<() => void>();
  #closed = false;

  constructor(parts: ExporterParts) {
    this.#parts = parts;
    this.name = parts.name ?? "otlp";
    this.breaker = parts.breaker;
    this.sender = parts.sender;
    this.log = parts.log;
    this.reachability = new Reachability(parts.random);
  }

  /**
   * Makes a body of the parts, and settles when it is out or given up. The breaker has allowed the first try. Rejects only when the sender cannot
   * make the body.
   */
  async deliver(parts: readonly Uint8Array[]): Promise<Delivery> {
    const { now, retry, random, breaker } = this.#parts;
    const body = await this.sender.prepare(parts);
    if (this.#closed) return { outcome: "unsent" };
    const beganMs = now();
    for (let attempt = 1; ; attempt++) {
      const triedMs = now();
      const result = await this.#try(body);
      const nowMs = now();
      this.#learn(result, triedMs, nowMs);
      if (result.outcome === "accepted")
        return { outcome: "accepted", rejected: result.rejected, message: result.message };
      if (result.outcome === "refused") return { outcome: "refused", reason: result.reason, status: result.status };
      if (result.cause === "connection" || this.#closed) return { outcome: "unsent" };
      const askedMs = Math.max(0, this.reachability.readyAtMs - nowMs);
      const next = nextStep({ attempt, elapsedMs: nowMs - beganMs, askedMs }, retry, random);
      if (next.step === "give-up") return { outcome: "exhausted", reason: result.reason };
      if (next.step === "put-back") return { outcome: "unsent" };
      const knownReadyAtMs = this.reachability.readyAtMs;
      await this.#sleep(next.afterMs);
      // Another batch may have learned meanwhile that the collector is gone or wants a pause.
      const isHeld = this.reachability.readyAtMs > Math.max(knownReadyAtMs, now());
      if (this.#closed || isHeld || !breaker.allows(now())) return { outcome: "unsent" };
    }
  }

  /** Ends every delivery: the ones under way come back unsent, and so do those to come. */
  close(): void {
    this.#closed = true;
    for (const wake of this.#sleepers) wake();
    this.#parts.sender.close();
  }

  async #try(body: readonly Uint8Array[]): Promise<SendResult> {
    this.tries++;
    for (const part of body) this.sentBytes += part.byteLength;
    try {
      return await this.#parts.sender.send(body);
    } catch (error) {
      // A sender that breaks its promise must not break ours.
      return { outcome: "refused", reason: textOf(error) };
    }
  }

  #learn(result: SendResult, triedMs: number, nowMs: number): void {
    const { breaker, log, tried } = this.#parts;
    const failure = failureOf(result);
    if (failure !== undefined) this.failures.add(failure);
    tried?.({ exporter: this.name, durationMs: nowMs - triedMs, failure });
    if (result.outcome === "retryable") {
      this.failedTries++;
      if (this.#closed) return;
      this.standing = result.cause === "status" ? "refusing" : "unreachable";
      log.failing(this, result.cause, result.reason, nowMs);
      breaker.failed(nowMs);
      if (result.cause === "connection") this.reachability.failed(triedMs, nowMs);
      if (result.cause === "status") this.reachability.reached();
      if (result.afterMs !== undefined) this.reachability.askedToWait(result.afterMs, nowMs);
      return;
    }
    this.reachability.reached();
    log.working(this, nowMs);
    this.standing = result.outcome === "refused" ? "refusing" : "reachable";
    this.refusal = result.outcome === "refused" ? result.reason : undefined;
    if (result.outcome === "refused") this.failedTries++;
    // A request that is wrong says nothing against the collector; an error of its own does.
    if (result.outcome === "refused" && (result.status ?? 500) >= 500) breaker.failed(nowMs);
    else breaker.succeeded(nowMs);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        stop();
        this.#sleepers.delete(wake);
        resolve();
      };
      const stop = this.#parts.startTimer(ms, wake);
      this.#sleepers.add(wake);
    });
  }
}

/** The kind of a failure, of which there are few: not its reason, which may be a stranger's words. */
function failureOf(result: SendResult): string | undefined {
  if (result.outcome === "accepted") return undefined;
  if (result.outcome === "refused") return result.status === undefined ? "refused" : `status ${result.status}`;
  return result.cause === "status" ? (/^status \d{3}/.exec(result.reason)?.[0] ?? "status") : result.cause;
}
