import { createTelemetry, existingTelemetry, resetTelemetry, type TelemetryEngine } from "@gossamer/core";
import { type BeginWork, inTurns, timeEach } from "../client/in-turns.ts";
import { settleHeap } from "../client/settle-heap.ts";
import { Complaint, WorkloadError, workloadError } from "../workload-error.ts";
import type { Workload } from "../workload.ts";
import { engineOptions } from "./engine-options.ts";
import { type RunningWork, startWork } from "./running-work.ts";
import { seenByEngine } from "./seen-by-engine.ts";
import type { FinishMeasure, SliceMeasure, SlicePlan, StartSettings, Subject, WarmUpPlan } from "./subject.ts";
import { within } from "./within.ts";

/** Requests between two flushes of the warm-up. */
const warmUpBlock = 1_000;

/** Where requests take long, fewer of them are enough. */
export const maxWarmUpMs = 10_000;

/** Starts a configuration in this process. There can be one at a time: a process has one engine. */
export async function startHere(workload: Workload, settings: StartSettings): Promise<Subject> {
  const { configuration } = settings;
  if (existingTelemetry() !== undefined) {
    throw new WorkloadError(
      configuration,
      "cannot be measured in this process, which has an engine already: give the workload as a module, or end that engine with resetTelemetry()",
    );
  }
  const engine =
    settings.options === undefined ? undefined : createTelemetry(engineOptions(settings, workload.configure));
  try {
    const work = await startWork(workload, engine);
    if (engine === undefined && existingTelemetry() !== undefined) {
      throw new Complaint(
        "made an engine although it was given none, so that telemetry would be compared with telemetry: without an engine the workload must be bare",
      );
    }
    settleHeap();
    return new LocalSubject(settings, engine, work);
  } catch (error) {
    await resetTelemetry();
    throw workloadError(configuration, error);
  }
}

class LocalSubject implements Subject {
  readonly #settings: StartSettings;
  readonly #engine: TelemetryEngine | undefined;
  readonly #work: RunningWork;
  #begin: { readonly concurrency: number; readonly work: BeginWork } | undefined = undefined;
  #alone: BeginWork | undefined = undefined;
  #done = 0;
  #undelivered = 0;

  constructor(settings: StartSettings, engine: TelemetryEngine | undefined, work: RunningWork) {
    this.#settings = settings;
    this.#engine = engine;
    this.#work = work;
  }

  answers(): Promise<readonly string[]> {
    return this.#tell(() => this.#work.answers(this.#settings.timeoutMs));
  }

  warmUp({ requests, ms, concurrency }: WarmUpPlan): Promise<void> {
    return this.#tell(async () => {
      const began = performance.now();
      const took = (): number => performance.now() - began;
      let done = 0;
      while (took() < ms || (done < requests && took() < maxWarmUpMs)) {
        const isShort = done < requests;
        done += await this.#turns({
          requests: isShort ? Math.min(warmUpBlock, requests - done) : warmUpBlock,
          maxMs: (isShort ? maxWarmUpMs : ms) - took(),
          concurrency,
        });
        // Exporting has to be warm too.
        await this.#flush();
      }
      // One at a time is another path through the client.
      await this.#timed({ requests: Math.ceil(requests / 4), maxMs: ms });
      await this.#flush();
    });
  }

  slice(plan: SlicePlan): Promise<SliceMeasure> {
    return this.#tell(async () => {
      const before = process.cpuUsage();
      const requests = await this.#turns(plan);
      await this.#flush();
      const cpuMicros = cpuSince(before);
      const beforeFlush = process.cpuUsage();
      await this.#flush();
      const flushMicros = cpuSince(beforeFlush);
      const latenciesMicros = await this.#timed(plan);
      await this.#flush();
      return { requests, cpuMicros, flushMicros, latenciesMicros };
    });
  }

  finish(): Promise<FinishMeasure> {
    return this.#tell(async () => {
      await this.#flush();
      const collected = settleHeap();
      const { heapUsed, external, rss } = process.memoryUsage();
      return {
        heapBytes: heapUsed + external,
        rssBytes: this.#settings.alone ? rss : undefined,
        collected,
        seen: this.#engine === undefined ? undefined : seenByEngine(this.#engine, this.#undelivered),
      };
    });
  }

  async stop(): Promise<void> {
    await this.#work.close().catch(() => undefined);
    await resetTelemetry();
  }

  async #turns({ requests, maxMs, concurrency }: SlicePlan): Promise<number> {
    if (this.#begin?.concurrency !== concurrency) this.#begin = { concurrency, work: this.#work.begin(concurrency) };
    const turns = inTurns(this.#begin.work, { times: requests, concurrency, from: this.#done, maxMs });
    const lastBegins = (Math.ceil(requests / concurrency) - 1) * this.#settings.timeoutMs;
    const done = await this.#watched(turns, Math.min(maxMs, lastBegins));
    this.#done += done;
    return done;
  }

  async #timed({ requests, maxMs }: Pick<SlicePlan, "requests" | "maxMs">): Promise<Float64Array> {
    if (requests === 0) return new Float64Array(0);
    this.#alone ??= this.#work.begin(1);
    const taken = await this.#watched(timeEach(this.#alone, { times: requests, from: this.#done, maxMs }), maxMs);
    this.#done += taken.length;
    return taken;
  }

  /** For work whose last turn begins within so many ms. */
  #watched<T>(turns: Promise<T>, ms: number): Promise<T> {
    return within(turns, ms + this.#settings.timeoutMs, () => "did not end its requests");
  }

  /** Sends what the requests left. */
  async #flush(): Promise<void> {
    if (this.#engine === undefined) return;
    if (!(await this.#engine.flush(this.#settings.timeoutMs))) this.#undelivered++;
  }

  async #tell<T>(order: () => Promise<T>): Promise<T> {
    try {
      return await order();
    } catch (error) {
      throw workloadError(this.#settings.configuration, error);
    }
  }
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
