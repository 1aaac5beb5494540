import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createAttributeLimiter } from "../packages/core/src/telemetry/create-attribute-limiter.ts";
import { optionDocs } from "../scripts/option-docs.ts";
import { resolveOptions } from "../packages/core/src/options/resolve-options.ts";

const root = join(import.meta.dirname, "..");
const page = (name: string): string => readFileSync(join(root, "docs", name), "utf8");
const configuration = page("configuration.md");
const limits = page("limits.md");

/** Every variable that is looked at, whatever it says. */
function variablesRead(): Set<string> {
  const read = new Set<string>();
  // Only where one is set that may be ours are they read.
  const seen = new Proxy<Record<string, string | undefined>>(
    { GOSSAMER_UNKNOWN: "1" },
    {
      get: (target, name) => {
        read.add(String(name));
        return target[String(name)];
      },
    },
  );
  resolveOptions({}, seen);
  return read;
}

/** Of a row such as `OTEL_A_B`, `_C`, the second one is OTEL_A_C; one with … stands for several. */
function named(text: string): string[] {
  return [...text.matchAll(/`(OTEL_[A-Z_]+)`/g)].map(([, name = ""]) => name);
}

describe("docs/configuration.md and docs/limits.md", () => {
  const read = variablesRead();

  it.each([...new Set([...named(configuration), ...named(limits)])])(
    "%s is a variable that is looked at (R-D6)",
    (name) => {
      expect(read).toContain(name);
    },
  );

  it("every standard variable that is looked at is told, itself or by its family (R-C2)", () => {
    const families = [
      "OTEL_EXPORTER_OTLP_",
      "OTEL_BSP_",
      "OTEL_BLRP_",
      "OTEL_SPAN_",
      "OTEL_TRACING_",
      "OTEL_EXPORTER_PROMETHEUS_",
    ];
    const presets = page("presets.md");
    const silent = [...read].filter(
      (name) =>
        name.startsWith("OTEL_") &&
        !configuration.includes(name) &&
        !presets.includes(name) &&
        !families.some((family) => name.startsWith(family)),
    );
    expect(silent).toEqual([]);
  });

  it("names findings as check() does (R-C7)", () => {
    const sources = ["settings-checks", "traffic-checks"]
      .map((name) => readFileSync(join(root, "packages/core/src/telemetry/check", `${name}.ts`), "utf8"))
      .join("");
    const ids = [...sources.matchAll(/finding\(\s*"([a-z-]+)"/g)].map(([, id = ""]) => id);
    const table = configuration.slice(configuration.indexOf("| id |"), configuration.indexOf("## Variables"));
    const told = [...table.matchAll(/`([a-z-]+)`/g)].map(([, id = ""]) => id);
    expect([...told].sort()).toEqual([...new Set(ids)].sort());
  });

  it("names options that are there (R-D6)", () => {
    const names = new Set(optionDocs.map(({ name }) => name));
    const groups = new Set([...names].map((name) => name.split(".")[0]));
    const told = [...`${configuration}${limits}`.matchAll(/`([a-z][A-Za-z]+\.[A-Za-z.]+)`/g)]
      .map(([, name = ""]) => name)
      .filter((name) => groups.has(name.split(".")[0]));
    expect(told.length).toBeGreaterThan(5);
    expect(told.filter((name) => !names.has(name))).toEqual([]);
  });

  it("shows the limiter with the defaults it has (R-A5)", () => {
    const shown = Object.fromEntries(
      [...limits.matchAll(/^ {2}(\w+): .*, \/\/ (.*)$/gm)].map(([, name = "", value = ""]) => [name, value]),
    );
    const { attributes } = createAttributeLimiter().limit({
      text: "x".repeat(5_000),
      list: Array.from({ length: 500 }, (_, i) => i),
    });
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, i]));
    expect(shown).toEqual({
      valueLength: String((attributes["text"] as string).length),
      truncateMarker: '"..."',
      arrayItems: String((attributes["list"] as readonly number[]).length),
      attributes: String(Object.keys(createAttributeLimiter().limit(many).attributes).length),
      filters: "[]",
      redact: "[]",
    });
  });
});
