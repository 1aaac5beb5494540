import type { TelemetryOptions, TelemetryStatus } from "@gossamer/core";
import { type OtlpReceiver, type OtlpReceiverOptions, startOtlpReceiver } from "@gossamer/testing";
import { afterEach, expect } from "vitest";
import { type FaultService, type ServiceParts, startService } from "./fault-service.ts";
import { type RawCollector, startRawCollector } from "./raw-collector.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** Runs at the end of the test, whatever comes of it; the last one first. */
export function atEnd(close: () => unknown): void {
  closers.push(close);
}

export async function receive(options?: OtlpReceiverOptions): Promise<OtlpReceiver> {
  const receiver = await startOtlpReceiver(options);
  atEnd(() => receiver.close());
  return receiver;
}

export async function listenRaw(talk: Parameters<typeof startRawCollector>[0]): Promise<RawCollector> {
  const collector = await startRawCollector(talk);
  atEnd(() => collector.close());
  return collector;
}

/** Quick in everything that a test would wait for. Metrics leave once, at a flush or the end. */
const quick: TelemetryOptions = {
  batch: { delayMs: 50 },
  metricIntervalMs: 60_000,
  metrics: false,
  breaker: { enabled: false },
};
const quickOtlp: TelemetryOptions["otlp"] = { retry: { initialMs: 20, maxMs: 100, attempts: 5, totalMs: 10_000 } };

export type ServeParts = ServiceParts & { readonly otlp?: TelemetryOptions["otlp"] };

/** A service that sends to an endpoint. */
export async function serve(endpoint: string, parts: ServeParts = {}): Promise<FaultService> {
  const { otlp, options, ...others } = parts;
  const service = await startService({
    ...others,
    options: { ...quick, ...options, otlp: { ...quickOtlp, endpoint, ...otlp } },
  });
  atEnd(() => service.stop());
  return service;
}

/** Spans that were delivered, each counted once. */
export function distinct({ spans }: OtlpReceiver): number {
  return new Set(spans.map(({ spanId }) => spanId)).size;
}

type TraceExport = NonNullable<TelemetryStatus["traceExport"]>;

/** The accounts of a service, which must be in balance. */
export async function accounts(service: FaultService): Promise<TraceExport> {
  const status = await service.traces();
  const { exported, queued, inFlight, spooled, dropped, uncertain } = status;
  expect(exported + queued + inFlight + spooled + dropped + uncertain).toBe(status.accepted);
  expect(Object.values(status.drops).reduce((sum, items) => sum + items, 0)).toBe(dropped);
  return status;
}

/** Asks for the accounts until they are as expected. */
export async function settle(
  service: FaultService,
  expected: Partial<TraceExport>,
  timeout = 60_000,
): Promise<TraceExport> {
  let last = await accounts(service);
  await expect.poll(async () => (last = await accounts(service)), { timeout, interval: 50 }).toMatchObject(expected);
  return last;
}
