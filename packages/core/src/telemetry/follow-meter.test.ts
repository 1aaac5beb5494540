import type { BatchObservableCallback, Observable } from "@opentelemetry/api";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, expect, test } from "vitest";
import { createTelemetry, resetTelemetry } from "./create-telemetry.ts";
import { processTelemetry } from "./process-telemetry.ts";

afterEach(() => resetTelemetry());

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

type Loose = (...given: unknown[]) => void;

function thrower(): never {
  throw new Error("looked at");
}

/** Weak references hold until the turn of the event loop ends. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

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

test("one batch callback of several sets of early instruments is called for each, and only the set that is removed goes (R-M3)", async () => {
  const meter = processTelemetry.meterProvider.getMeter("sets");
  const [a, b, c] = ["a", "b", "c"].map((name) => meter.createObservableGauge(name)) as [
    Observable,
    Observable,
    Observable,
  ];
  const callback: BatchObservableCallback = (result) => {
    for (const one of [a, b, c]) result.observe(one, 1);
  };
  meter.addBatchObservableCallback(callback, [a]);
  meter.addBatchObservableCallback(callback, [b, c]);
  meter.addBatchObservableCallback(callback, [c, b]);
  createTelemetry({ exporter: "none", shutdown: { signals: false }, log() {} });
  expect(await valuesOf("sets")).toEqual({ a: 1, b: 1, c: 1 });
  meter.removeBatchObservableCallback(callback, [b, c]);
  expect(await valuesOf("sets")).toEqual({ a: 1 });
});

test.each(["before", "after"])(
  "what is no observable and no callback is passed over, given %s there is an engine (R-M3)",
  (when) => {
    const start = (): void => void createTelemetry({ exporter: "none", shutdown: { signals: false }, log() {} });
    const hostile = new Proxy({}, { get: thrower, getPrototypeOf: thrower });
    const meter = processTelemetry.meterProvider.getMeter("odd");
    const gauge = meter.createObservableGauge("gauge");
    if (when === "after") start();
    const loose = meter as unknown as Record<"addBatchObservableCallback" | "removeBatchObservableCallback", Loose>;
    for (const odd of [undefined, null, 5, hostile, [null], [hostile]]) {
      loose.addBatchObservableCallback(() => {}, odd);
      loose.removeBatchObservableCallback(() => {}, odd);
      loose.addBatchObservableCallback(odd, [gauge]);
      (gauge as unknown as { addCallback: Loose }).addCallback(odd);
    }
    if (when === "before") start();
    expect(processTelemetry.status().faults).toEqual({});
  },
);

test("callbacks of early instruments are held up to a bound, and an engine says that it leaves some out (R-L5)", async () => {
  const gauge = processTelemetry.meterProvider.getMeter("many").createObservableGauge("gauge");
  const given: WeakRef<object>[] = [];
  const addMany = async (): Promise<number> => {
    for (let i = 0; i < 5_000; i++) {
      const callback = (): void => {};
      given.push(new WeakRef(callback));
      gauge.addCallback(callback);
    }
    await settled();
    collectGarbage();
    return given.filter((one) => one.deref() !== undefined).length;
  };
  expect(await addMany()).toBeLessThan(2_100);
  createTelemetry({ exporter: "none", shutdown: { signals: false }, log() {} });
  expect(processTelemetry.status().metrics.drops).toEqual({ callbacks: 1 });
  expect(await addMany()).toBeLessThan(2_100);
  expect(processTelemetry.status().metrics.drops).toEqual({ callbacks: 5_001 });
});
