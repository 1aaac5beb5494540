import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as core from "@gossamer/core/adapter";
import { afterEach, describe, expect, test } from "vitest";
import { codes } from "../scripts/codes-page.ts";
import { optionDocs, optionSections } from "../scripts/option-docs.ts";

const page = readFileSync(new URL("../docs/central-control.md", import.meta.url), "utf8");
const blocksOf = (language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gs"))].map(([, text = ""]) => text);
const quiet = { exporter: "none", shutdown: { signals: false }, diagnostics: "none" } as const;

afterEach(() => core.resetTelemetry());

describe("docs/central-control.md", () => {
  test.each(blocksOf("js").map((code) => [code.trim().split("\n", 1)[0], code]))(
    "the example %s runs (R-D6)",
    (_, code) => {
      // As an adapter exports it; an example with two shows two services.
      const telemetry = core.carryTelemetry((options: object) => {
        void core.resetTelemetry();
        return core.createTelemetry({ ...quiet, ...options } as core.TelemetryOptions<never>);
      });
      // oxlint-disable-next-line typescript/no-implied-eval -- the page's own examples are what is tested
      expect(() => new Function("telemetry", code)(telemetry)).not.toThrow();
    },
  );

  test("has a strategy file that is followed (R-S17, R-D6)", () => {
    const [file = ""] = blocksOf("json");
    const folder = mkdtempSync(join(tmpdir(), "gossamer-docs-"));
    try {
      const samplingFile = join(folder, "strategies.json");
      writeFileSync(samplingFile, file);
      const telemetry = core.createTelemetry({ ...quiet, serviceName: "shop", samplingFile });
      expect(telemetry.sampling.current()).toMatchObject({
        sampler: "ParentBased{root=RateLimit{20/s}}",
        centralRules: [
          { match: "POST /orders", ratio: 1 },
          { match: "GET /health", ratio: 0 },
        ],
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("names codes that exist (R-D6)", () => {
    const known = codes.map(({ name }) => name);
    const named = [...page.matchAll(/GSM_[A-Z_]+/g)].map(([code]) => code);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((code) => !known.some((name) => name === code))).toEqual([]);
  });

  test("names in the table of a configuration file options that exist (R-C4, R-D6)", () => {
    const [, table = ""] = page.split("## A configuration file");
    const options = new Set([...optionDocs.map(({ name }) => name), ...optionSections.map(({ name }) => name)]);
    const named = [...table.matchAll(/^\|[^|]*\|([^|]*)\|$/gm)]
      .flatMap(([, cell = ""]) => [...cell.matchAll(/`([a-z]+[A-Z][A-Za-z]*|otlp\.[a-zA-Z.]+[a-z])`/g)])
      .map(([, name = ""]) => name);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !options.has(name))).toEqual([]);
  });
});
