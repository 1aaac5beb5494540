import { afterEach, expect, test } from "vitest";
import { createTelemetry, resetTelemetry } from "./create-telemetry.ts";
import { processTelemetry } from "./process-telemetry.ts";

afterEach(() => resetTelemetry());

async function valuesOf(scope: string): Promise<Record<string, unknown>> {
  const { resourceMetrics } = await processTelemetry.metricProducer().collect();
  const own = resourceMetrics.scopeMetrics.filter((one) => one.scope.name === scope);
  return Object.fromEntries(
    own.flatMap(({ metrics }) => metrics.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints[0]?.value])),
  );
}

test("instruments that a module takes before there is an engine count from then on, and for the next engine too (R-M3)", async () => {
  const meter = processTelemetry.meterProvider.getMeter("shop");
  const orders = meter.createCounter("orders");
  const open = meter.createUpDownCounter("open");
  const size = meter.createHistogram("size");
  const depth = meter.createGauge("depth");
  const seen = meter.createObservableGauge("seen");
  const rising = meter.createObservableCounter("rising");
  const level = meter.createObservableUpDownCounter("level");
  seen.addCallback((result) => result.observe(7));
  meter.addBatchObservableCallback(
    (result) => {
      result.observe(rising, 8);
      result.observe(level, -9);
    },
    [rising, level],
  );
  orders.add(100);
  for (let engine = 0; engine < 2; engine++) {
    createTelemetry({ exporter: "none", shutdown: { signals: false }, log() {} });
    orders.add(1);
    open.add(-2);
    size.record(3);
    depth.record(4);
    expect(await valuesOf("shop")).toMatchObject({
      orders: 1,
      open: -2,
      size: { count: 1, sum: 3 },
      depth: 4,
      ...(engine === 0 ? { seen: 7, rising: 8, level: -9 } : {}),
    });
    await resetTelemetry();
  }
});
