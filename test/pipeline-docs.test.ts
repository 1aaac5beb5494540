import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createTelemetry, resetTelemetry } from "@gossamer/core";
import { sizeQueue } from "@gossamer/core/batcher";
import { afterAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/pipeline.md"), "utf8");
const optionTable = readFileSync(join(root, "docs/configuration.md"), "utf8");

describe("docs/pipeline.md", () => {
  afterAll(resetTelemetry);

  it("has a row for every fault of the suite, and for no other (R-P11)", () => {
    const recorded = globSync("test/faults/*.test.ts", { cwd: root }).flatMap((file) =>
      [...readFileSync(join(root, file), "utf8").matchAll(/^\s+fault: "(.*)",$/gm)].map(([, fault]) => fault),
    );
    const [, table = ""] = page.split("## What happens when");
    const rows = [...(table.split("What is lost is always counted")[0] ?? "").matchAll(/^\| (.*?) \|/gm)]
      .map(([, fault]) => fault)
      .filter((fault) => fault !== "fault" && fault !== "---");
    expect(rows.toSorted()).toEqual([...new Set(recorded)].toSorted());
  });

  it("names options that there are (R-P11)", () => {
    const named = [...page.matchAll(/`((?:otlp|queue|batch|breaker|spool|shutdown)\.[a-zA-Z.]+)`/g)].map(
      ([, name]) => name,
    );
    expect(named.length).toBeGreaterThan(15);
    for (const name of named) expect(optionTable, `${name} is in the table of options`).toContain(`\`${name}`);
  });

  it("calculates the queue as it says (R-P10)", () => {
    const [, call = "", result] = /sizeQueue\((\{.*?\})\); \/\/ (\d+)/.exec(page) ?? [];
    const numbers = [...call.matchAll(/: ([\d_.* ]+)/g)].map(([, product = ""]) =>
      product.split("*").reduce((all, factor) => all * Number(factor.replaceAll("_", "")), 1),
    );
    const [spansPerSecond = 0, delayMs = 0, safety = 0] = numbers;
    expect(sizeQueue({ spansPerSecond, delayMs, safety })).toBe(Number(result));
  });

  it("names functions that there are (R-P10)", () => {
    const telemetry = createTelemetry({ exporter: "none", diagnostics: "none" });
    expect(telemetry.emergencyFlush).toBeTypeOf("function");
  });
});
