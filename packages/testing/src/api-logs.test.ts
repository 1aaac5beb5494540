import { createRequire } from "node:module";
import { createTelemetry, resetTelemetry, type TelemetryOptions } from "@gossamer/core";
import { afterEach, expect, test } from "vitest";
import { createTestTelemetry } from "./create-test-telemetry.ts";
import { type OtlpReceiver, startOtlpReceiver } from "./otlp-receiver.ts";

/** As much as is used of `@opentelemetry/api-logs`, which services on API 1.9 have; here it comes with the schema. */
interface ApiLogs {
  readonly logs: {
    getLogger(name: string, version?: string): { emit(record: object): void };
  };
}

const schema = createRequire(import.meta.url).resolve("otlp-schema");
const { logs } = createRequire(schema)("@opentelemetry/api-logs") as ApiLogs;
let receiver: OtlpReceiver | undefined;

afterEach(async () => {
  await resetTelemetry();
  await receiver?.close();
});

test("a library that logs by @opentelemetry/api-logs, the API of the 1.9 line, has its records leave; after a reset none does (R-G6)", async () => {
  receiver = await startOtlpReceiver();
  const options: TelemetryOptions<never> = {
    serviceName: "shop",
    exporter: "otlp",
    otlp: { endpoint: receiver.url },
    metrics: false,
    diagnostics: "none",
    shutdown: { signals: false },
  };
  const telemetry = createTelemetry(options);
  logs.getLogger("billing", "2.0.0").emit({ severityNumber: 9, body: "paid", attributes: { cents: 1_000 } });
  expect(await telemetry.flush()).toBe(true);
  expect(receiver.logs).toMatchObject([
    { scope: { name: "billing", version: "2.0.0" }, severityNumber: 9, body: "paid", attributes: { cents: 1_000 } },
  ]);
  await resetTelemetry();
  logs.getLogger("billing", "2.0.0").emit({ severityNumber: 9, body: "nobody hears" });
  expect(receiver.totals.logs).toBe(1);
});

test("in a test the records of such a library are there, though nothing is exported (R-G6)", async () => {
  const tested = createTestTelemetry();
  logs.getLogger("billing", "2.0.0").emit({ severityNumber: 9, body: "paid" });
  expect(tested.logs).toMatchObject([{ body: "paid" }]);
  await tested.stop();
  logs.getLogger("billing", "2.0.0").emit({ severityNumber: 9, body: "nobody hears" });
  expect(tested.logs).toHaveLength(1);
});

test("where log records go nowhere, the place behind @opentelemetry/api-logs is left to another (R-G6)", async () => {
  const records: object[] = [];
  const other = { getLogger: () => ({ emit: (record: object) => records.push(record) }) };
  const globals = globalThis as Record<symbol, unknown>;
  const key = Symbol.for("io.opentelemetry.js.api.logs");
  createTelemetry({ serviceName: "shop", exporter: "none", diagnostics: "none", shutdown: { signals: false } });
  expect(globals[key]).toBeUndefined();
  globals[key] = () => other;
  try {
    logs.getLogger("billing").emit({ body: "theirs" });
    expect(records).toEqual([{ body: "theirs" }]);
    await resetTelemetry();
    expect(globals[key]).toBeDefined();
  } finally {
    delete globals[key];
  }
});
