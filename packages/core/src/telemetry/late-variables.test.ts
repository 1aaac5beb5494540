import { afterEach, beforeEach, expect, test } from "vitest";
import type { TelemetryOptions } from "../options/declare/telemetry-options.ts";
import { type FakeRequest, fakeReader } from "../testing/test-exchange.ts";
import { createTelemetry, engineOf, resetTelemetry } from "./create-telemetry.ts";

const environment = process.env["NODE_ENV"];
const added = new Set<string>();

beforeEach(() => {
  delete process.env["NODE_ENV"];
});
afterEach(async () => {
  await resetTelemetry();
  for (const name of added) delete process.env[name];
  added.clear();
  if (environment !== undefined) process.env["NODE_ENV"] = environment;
});

/** What is said at the first requests, when these variables were loaded after the engine was made. */
function linesAfter(variables: Record<string, string>, options: TelemetryOptions = {}): string[] {
  const lines: string[] = [];
  const given = { exporter: "none", diagnostics: "warn", log: (line: string) => lines.push(line), ...options } as const;
  const telemetry = createTelemetry(given as TelemetryOptions<never>);
  for (const [name, value] of Object.entries(variables)) {
    added.add(name);
    process.env[name] = value;
  }
  for (let i = 0; i < 3; i++) telemetry.begin<FakeRequest>({}, fakeReader).end({ statusCode: 200, completed: true });
  return lines;
}

test("variables that come after the engine are one warning, which says the right order (E5)", () => {
  expect(linesAfter({ NODE_ENV: "production", OTEL_SERVICE_NAME: "shop", OTEL_OTHER: "1" })).toEqual([
    "gossamer: NODE_ENV, OTEL_SERVICE_NAME were set after createTelemetry, and are ignored: load variables (dotenv, ConfigModule) before it [GSM_VARIABLE_LATE]",
  ]);
});

test("the line names what the service's user called, where an adapter started the engine (E5)", () => {
  const lines: string[] = [];
  const options = { exporter: "none", diagnostics: "warn", log: (line: string) => lines.push(line) } as const;
  const telemetry = engineOf(options as TelemetryOptions<never>, undefined, "telemetry(…)");
  added.add("OTEL_SERVICE_NAME");
  process.env["OTEL_SERVICE_NAME"] = "shop";
  telemetry.begin<FakeRequest>({}, fakeReader).end({ statusCode: 200, completed: true });
  expect(lines).toEqual([expect.stringContaining("OTEL_SERVICE_NAME was set after telemetry(…), and is ignored")]);
});

test("where the code says it already, a variable that comes late is no news (E5)", () => {
  const options = { environment: "staging", serviceName: "shop" };
  expect(linesAfter({ NODE_ENV: "production", OTEL_SERVICE_NAME: "other" }, options)).toEqual([]);
});
