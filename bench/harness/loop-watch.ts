import { type EventLoopUtilization, monitorEventLoopDelay, performance } from "node:perf_hooks";

/** What a process did between two looks. */
export interface LoopReading {
  /** All threads of the process. */
  readonly cpuMicros: number;
  /** Of the event loop's time the share in which it was not waiting. */
  readonly busyShare: number;
  /** How much later than due a timer runs. */
  readonly delayP50Micros: number;
  readonly delayP99Micros: number;
  readonly delayMaxMicros: number;
  /** Timers that were due. */
  readonly delaySamples: number;
}

const resolutionMs = 1;

/** Watches CPU and event loop of its own process. A timer a millisecond is what it costs. */
export class LoopWatch {
  readonly #delay: ReturnType<typeof monitorEventLoopDelay> = monitorEventLoopDelay({ resolution: resolutionMs });
  #cpu: NodeJS.CpuUsage = process.cpuUsage();
  #loop: EventLoopUtilization = performance.eventLoopUtilization();

  begin(): void {
    this.#delay.reset();
    this.#delay.enable();
    this.#cpu = process.cpuUsage();
    this.#loop = performance.eventLoopUtilization();
  }

  end(): LoopReading {
    const cpu = process.cpuUsage(this.#cpu);
    const { utilization } = performance.eventLoopUtilization(this.#loop);
    this.#delay.disable();
    return {
      cpuMicros: cpu.user + cpu.system,
      busyShare: utilization,
      delayP50Micros: late(this.#delay.percentile(50)),
      delayP99Micros: late(this.#delay.percentile(99)),
      delayMaxMicros: late(this.#delay.max),
      delaySamples: this.#delay.count,
    };
  }
}

/** The histogram holds nanoseconds from timer to timer, the interval that was asked for included. */
function late(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1000 - resolutionMs * 1000);
}
