import { expect, test } from "vitest";
import { resolveOptions } from "../resolve-options.ts";
import type { TelemetryOptions } from "./telemetry-options.ts";

const secret = "a secret that only the services know";
const other = "the secret that takes the place of it";

test("the secret of tickets is one text or several, from the code or a variable, and is never shown (R-S20)", () => {
  for (const resolved of [
    resolveOptions({ tickets: { secret: [secret, other] } }),
    resolveOptions({}, { GOSSAMER_TICKET_SECRET: `${secret}, ${other}` }),
  ]) {
    expect(resolved.settings.tickets.secret).toEqual([secret, other]);
    expect(resolved.report["tickets.secret"]?.value).toBe("REDACTED");
    expect(JSON.stringify(resolved.report)).not.toContain(secret);
  }
  expect(resolveOptions({ tickets: { secret } }).settings.tickets.secret).toEqual([secret]);
  expect(resolveOptions({}).report["tickets.secret"]?.value).toBeUndefined();
});

test.each([
  ["short"],
  [""],
  [" ".repeat(40)],
  [`\n${" ".repeat(30)}short`],
  [[]],
  [[secret, "short"]],
  [Array.from({ length: 6 }, () => secret)],
  [7],
  [[7]],
])("a secret that protects nothing is an error at start that does not show it: case %# (R-S20, R-C3)", (wrong) => {
  const start = (): unknown => resolveOptions({ tickets: { secret: wrong } } as TelemetryOptions);
  expect(start).toThrow(/^Option "tickets.secret" must be a secret of 32 to 1000 characters/);
  expect(start).not.toThrow(/short'/);
});

test("one in a variable is a warning that does not show it, and no ticket is believed (R-S20, R-C2)", () => {
  const { settings, notices } = resolveOptions({}, { GOSSAMER_TICKET_SECRET: "my-short-secret" });
  expect(settings.tickets.secret).toBeUndefined();
  const line = notices.find(({ level }) => level === "warn");
  expect(line?.line).toContain("GOSSAMER_TICKET_SECRET must be a secret of 32 to 1000 characters");
  expect(line?.line).not.toContain("my-short-secret");
});
