import type { Cluster, Worker } from "node:cluster";
import { ownMetric } from "../../metrics/catalogue/own-metrics.ts";
import { mergeSnapshots, type MemberSnapshot, withoutLevels } from "../../metrics/readers/merge-snapshots.ts";
import type { MetricsSnapshot } from "../../model/metric-data.ts";
import { ownScopeName, version } from "../../model/scope.ts";
import type { StartTimer } from "../../pipeline/time/timers.ts";
import { type CollectMessage, isMetricsMessage } from "./cluster-messages.ts";
import { isWorkerSnapshot } from "./worker-snapshot.ts";

export interface WorkerMetricsParts {
  readonly cluster: Pick<Cluster, "workers" | "on">;
  readonly timeoutMs: number;
  readonly startTimer: StartTimer;
  /** Milliseconds since 1970. */
  readonly epochMs: () => number;
  /** Told once of a worker whose answer cannot be read. */
  readonly unreadable: (worker: number) => void;
}

const pastMember = "past";

/**
 * Collects the metrics of all workers as those of one process. One that does not answer in time counts with what it said last, and is told as missing;
 * what only rises stays when a worker is gone, as far as it had told.
 */
export class WorkerMetrics {
  readonly #parts: WorkerMetricsParts;
  /** What each living worker said last, by its id. */
  readonly #last = new Map<number, MetricsSnapshot>();
  readonly #unreadable = new Set<number>();
  #past: MetricsSnapshot | undefined;
  #round = 0;
  #waiting = new Set<number>();
  #missing = 0;
  #answered = 0;
  #over: () => void = () => {};
  #running: Promise<void> | undefined;

  constructor(parts: WorkerMetricsParts) {
    this.#parts = parts;
    parts.cluster.on("message", (worker, message: unknown) => this.#take(worker, message));
    parts.cluster.on("exit", (worker) => this.#gone(worker));
  }

  /** Asks all workers, and settles when they have answered or the time is up. Never rejects. Who asks meanwhile waits for the same answers. */
  prepare(): Promise<void> {
    this.#running ??= this.#ask().finally(() => (this.#running = undefined));
    return this.#running;
  }

  collect(): MetricsSnapshot {
    const timeMs = this.#parts.epochMs();
    // In the order of the workers, whoever answered first: two answers are told alike.
    const inOrder = [...this.#last].sort(([a], [b]) => a - b);
    const members: MemberSnapshot[] = inOrder.map(([id, snapshot]) => ({ member: String(id), snapshot }));
    if (this.#past !== undefined) members.push({ member: pastMember, snapshot: this.#past });
    const merged = mergeSnapshots(members, timeMs);
    return { ...merged, scopes: [...merged.scopes, this.#ownScope(timeMs)] };
  }

  async #ask(): Promise<void> {
    const round = ++this.#round;
    const message: CollectMessage = { type: "gossamer:collect", round };
    const workers = Object.values(this.#parts.cluster.workers ?? {}).filter((worker) => worker !== undefined);
    this.#answered = 0;
    this.#missing = 0;
    this.#waiting = new Set(workers.map(({ id }) => id));
    for (const worker of workers) {
      try {
        if (worker.isConnected()) worker.send(message, () => {});
      } catch {
        // Its channel has just closed: it counts as missing.
      }
    }
    await new Promise<void>((resolve) => {
      const stop = this.#parts.startTimer(this.#parts.timeoutMs, resolve);
      this.#over = () => {
        stop();
        resolve();
      };
      if (this.#waiting.size === 0) this.#over();
    });
    this.#missing = this.#waiting.size;
    this.#waiting = new Set();
  }

  #take({ id }: Worker, message: unknown): void {
    if (!isMetricsMessage(message)) return;
    // As if nothing had come: the real answer may come yet.
    if (!isWorkerSnapshot(message.snapshot)) return this.#refuse(id);
    this.#last.set(id, message.snapshot);
    // What is late is not lost: the next answer has it.
    if (message.round !== this.#round || !this.#waiting.delete(id)) return;
    this.#answered++;
    if (this.#waiting.size === 0) this.#over();
  }

  #refuse(id: number): void {
    if (!this.#unreadable.has(id)) this.#parts.unreadable(id);
    this.#unreadable.add(id);
  }

  #gone({ id }: Worker): void {
    this.#unreadable.delete(id);
    const last = this.#last.get(id);
    this.#last.delete(id);
    if (last !== undefined) {
      const past = this.#past === undefined ? [] : [{ member: pastMember, snapshot: this.#past }];
      this.#past = mergeSnapshots([...past, { member: pastMember, snapshot: withoutLevels(last) }], last.timeMs);
    }
    if (this.#waiting.delete(id) && this.#waiting.size === 0) this.#over();
  }

  #ownScope(startMs: number): MetricsSnapshot["scopes"][number] {
    return {
      scope: { name: ownScopeName, version },
      metrics: [
        {
          ...ownMetric("gossamer.cluster.workers"),
          kind: "gauge",
          valueType: "int",
          startMs,
          points: [
            { attributes: { "gossamer.cluster.state": "answered" }, value: this.#answered },
            { attributes: { "gossamer.cluster.state": "missing" }, value: this.#missing },
          ],
        },
      ],
    };
  }
}
