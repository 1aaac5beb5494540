import type { TelemetryOptions } from "@gossamer/core";
import { type FaultService, startService } from "../fault-service.ts";
import { startCollectorProcess } from "./collector-process.ts";

/** The 99th percentile of a service under a fault beside that of two services whose collectors are well, in the same minute. */
export interface LatencyUnderFault {
  readonly fault: string;
  /** Of all requests to each. */
  readonly healthyMs: number;
  readonly healthyAgainMs: number;
  readonly faultyMs: number;
  /** What the two healthy ones differ by at most, in 95 of 100 resamplings of the rounds. */
  readonly spreadMs: number;
  /** The faulty one less the mean of both healthy ones. */
  readonly aboveMs: number;
  readonly withinSpread: boolean;
  readonly errors: number;
}

export interface LatencyFault {
  readonly fault: string;
  readonly behaviour: string;
  readonly options?: TelemetryOptions;
}

const rounds = 20;
const requests = 300;
const concurrency = 4;
const resamplings = 500;

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
    const latencies: [number[][], number[][], number[][]] = [[], [], []];
    let errors = 0;
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < 3; turn++) {
        const which = (round + turn) % 3;
        const seen = await services[which]?.load(requests, "/hello", concurrency);
        latencies[which]?.push([...(seen?.latenciesMs ?? [])]);
        errors += seen?.errors ?? 0;
      }
    }
    const [one, other, faulty] = latencies;
    const [healthyMs, healthyAgainMs, faultyMs] = [p99(one), p99(other), p99(faulty)];
    const spreadMs = spread(one, other);
    const aboveMs = faultyMs - (healthyMs + healthyAgainMs) / 2;
    return { fault, healthyMs, healthyAgainMs, faultyMs, spreadMs, aboveMs, withinSpread: aboveMs <= spreadMs, errors };
  } finally {
    await Promise.all(services.map((service) => service.stop()));
    well.stop();
    ill.stop();
  }
}

/** How far apart two services are that are the same, by the bootstrap over rounds. */
function spread(one: readonly number[][], other: readonly number[][]): number {
  const apart = Array.from({ length: resamplings }, () => {
    const picks = one.map(() => Math.floor(Math.random() * one.length));
    return Math.abs(p99(picks.map((i) => one[i] ?? [])) - p99(picks.map((i) => other[i] ?? [])));
  });
  return quantile(apart, 0.95);
}

function p99(slices: readonly (readonly number[])[]): number {
  return quantile(slices.flat(), 0.99);
}

function quantile(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}
