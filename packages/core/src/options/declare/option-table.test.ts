import { expect, test } from "vitest";
import { boolean, text } from "../../model/checks/checks.ts";
import type { OptionTable } from "./option-entry.ts";
import { optionTable } from "./option-table.ts";
import type { TelemetryOptions } from "./telemetry-options.ts";

test("a table with a missing, an extra or a mistyped entry does not compile (R-C1)", () => {
  const entry = { check: text, default: undefined };
  const { serviceName: _serviceName, ...missing } = optionTable;
  // @ts-expect-error -- serviceName is missing
  const withoutOne: OptionTable<TelemetryOptions> = missing;
  // @ts-expect-error -- there is no such option
  const withOneMore: OptionTable<TelemetryOptions> = { ...missing, serviceName: entry, serviceTitle: entry };
  // @ts-expect-error -- a name is text
  const mistyped: OptionTable<TelemetryOptions> = { ...missing, serviceName: { ...entry, check: boolean } };
  expect([withoutOne, withOneMore, mistyped]).toHaveLength(3);
});
