import type { TelemetryOptions } from "@gossamer/core";
import { type FaultService, startService } from "../fault-service.ts";
import { startCollectorProcess } from "./collector-process.ts";

/** The 99th percentile of a service under a fault beside that of two services whose collectors are well, in the same minute. */
export interface LatencyUnderFault {
  readonly fault: string;
  readonly healthyMs: number;
  readonly healthyAgainMs: number;
  readonly faultyMs: number;
  /** What the two healthy ones differ by at most, 19 of 20 rounds. */
  readonly spreadMs: number;
  /** The median of what the faulty one is above the mean of both, round by round. */
  readonly aboveMs: number;
  readonly withinSpread: boolean;
  readonly errors: number;
}

export interface LatencyFault {
  readonly fault: string;
  readonly behaviour: string;
  readonly options?: TelemetryOptions;
}

const rounds = 15;
const requests = 400;
const concurrency = 4;

/** The three take turns in short slices, in rotated order, so that what slows the machine slows them all. */
export async function measureLatency({ fault, behaviour, options }: LatencyFault): Promise<LatencyUnderFault> {
  const well = await startCollectorProcess("accepts");
  const ill = await startCollectorProcess(behaviour);
  const start = (endpoint: string): Promise<FaultService> =>
    startService({
      options: {
        batch: { delayMs: 50 },
        metricIntervalMs: 500,
        ...options,
        otlp: { endpoint, timeoutMs: 1_000, ...options?.otlp },
      },
    });
  const services = await Promise.all([start(well.url), start(well.url), start(ill.url)]);
  try {
    for (const service of services) await service.load(2_000, "/hello", concurrency);
    const p99: [number[], number[], number[]] = [[], [], []];
    let errors = 0;
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < 3; turn++) {
        const which = (round + turn) % 3;
        const seen = await services[which]?.load(requests, "/hello", concurrency);
        p99[which]?.push(seen?.p99Ms ?? 0);
        errors += seen?.errors ?? 0;
      }
    }
    const [one, other, faulty] = p99;
    const apart = one.map((ms, i) => Math.abs(ms - (other[i] ?? ms)));
    const above = faulty.map((ms, i) => ms - ((one[i] ?? ms) + (other[i] ?? ms)) / 2);
    const spreadMs = quantile(apart, 0.95);
    const aboveMs = quantile(above, 0.5);
    return {
      fault,
      healthyMs: quantile(one, 0.5),
      healthyAgainMs: quantile(other, 0.5),
      faultyMs: quantile(faulty, 0.5),
      spreadMs,
      aboveMs,
      withinSpread: aboveMs <= spreadMs,
      errors,
    };
  } finally {
    await Promise.all(services.map((service) => service.stop()));
    well.stop();
    ill.stop();
  }
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}
