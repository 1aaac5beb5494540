import { expect, test } from "vitest";
import { createDiagnostics, type DiagnosticsLevel } from "./diagnostics.ts";

test.for<[DiagnosticsLevel, string[]]>([
  ["info", ["gossamer: i [GSM_SUMMARY]", "gossamer: w [GSM_END_LOST]"]],
  ["warn", ["gossamer: w [GSM_END_LOST]"]],
  ["none", []],
])("at level %s the engine says what belongs to it (R-P15)", ([level, expected]) => {
  const lines: string[] = [];
  const diagnostics = createDiagnostics(level, (line) => lines.push(line));
  diagnostics.info("i", "GSM_SUMMARY");
  diagnostics.warn("w", "GSM_END_LOST");
  expect(lines).toEqual(expected);
});

test("a logger that throws does not reach the service (R-P15)", () => {
  const diagnostics = createDiagnostics("info", () => {
    throw new Error("full disk");
  });
  expect(() => diagnostics.warn("w", "GSM_END_LOST")).not.toThrow();
});

test("a line stays one, whatever is in the names that it tells (R-P15)", () => {
  const lines: string[] = [];
  createDiagnostics("info", (line) => lines.push(line)).warn("the metric a\r\nb\u2028c\u001b[2J é", "GSM_END_LOST");
  expect(lines).toEqual(["gossamer: the metric a b c [2J é [GSM_END_LOST]"]);
});
