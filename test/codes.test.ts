import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createDiagnostics } from "../packages/core/src/model/diagnostics.ts";
import { OptionError } from "../packages/core/src/model/checks/option-error.ts";
import { resolveOptions } from "../packages/core/src/options/resolve-options.ts";
import { sayNotice } from "../packages/core/src/options/validate/notice.ts";
import type { TelemetryOptions } from "../packages/core/src/options/declare/telemetry-options.ts";
import { consecutiveFailures } from "../packages/core/src/pipeline/breaker/breaker-strategies.ts";
import { sizeQueue } from "../packages/core/src/pipeline/queue/size-queue.ts";
import { adaptive } from "../packages/core/src/sampling/samplers/adaptive.ts";
import { priority } from "../packages/core/src/sampling/samplers/priority.ts";
import { rateLimit } from "../packages/core/src/sampling/samplers/rate-limit.ts";
import { ratio } from "../packages/core/src/sampling/samplers/ratio.ts";
import { mixin } from "../packages/pino/src/mixin.ts";
import { telemetry } from "@gossamer/core";
import { codes, codesPage } from "../scripts/codes-page.ts";

const root = join(import.meta.dirname, "..");
const sources = globSync("packages/*/src/**/*.ts", { cwd: root })
  .filter((file) => !file.endsWith(".test.ts") && !file.endsWith("model/codes.ts"))
  .map((file) => readFileSync(join(root, file), "utf8"))
  .join("\n");

describe("docs/codes.md", () => {
  it("has every code there is; `pnpm generate` writes it (R-C3)", () => {
    expect(readFileSync(join(root, "docs", "codes.md"), "utf8")).toBe(codesPage());
  });

  it.each(codes)("$name is the code of something (R-C3)", ({ name }) => {
    expect(sources).toMatch(new RegExp(`"${name}"`));
  });

  it("has every code that is in the sources (R-C3)", () => {
    const used = new Set([...sources.matchAll(/\bGSM_[A-Z_]+/g)].map(([code]) => code));
    expect([...used].sort()).toEqual(codes.map(({ name }) => name).sort());
  });
});

function codeOf(options: unknown): string {
  try {
    resolveOptions(options as TelemetryOptions);
  } catch (error) {
    if (error instanceof OptionError) return error.code;
  }
  return "none";
}

describe("a wrong option", () => {
  it.each([
    [{ sampleRatio: 2 }, "GSM_OPTION_RANGE"],
    [{ sampleRatio: "0.1" }, "GSM_OPTION_TYPE"],
    [{ samplerate: 1 }, "GSM_OPTION_UNKNOWN"],
    [{ register: "yes" }, "GSM_OPTION_RANGE"],
    [{ register: true }, "GSM_OPTION_TYPE"],
    [{ exporter: "jaeger" }, "GSM_OPTION_RANGE"],
    [{ exporter: 7 }, "GSM_OPTION_TYPE"],
    [{ keep: { errors: 2 } }, "GSM_OPTION_RANGE"],
    [{ redactHeaders: ["a b"] }, "GSM_OPTION_RANGE"],
    [{ clock: {} }, "GSM_OPTION_RANGE"],
    [{ queue: 5 }, "GSM_OPTION_TYPE"],
    [{ rules: [{ match: "/a", ratio: 2 }] }, "GSM_OPTION_RANGE"],
    [{ sampler: () => true, sampleRatio: 1 }, "GSM_OPTION_CONFLICT"],
    [{ batch: { maxSpans: 11 }, queue: { maxSpans: 10 } }, "GSM_OPTION_CONFLICT"],
    [JSON.parse('{"__proto__":{}}'), "GSM_OPTION_REFUSED"],
    [{ otlp: { headers: { "content-length": "1" } } }, "GSM_OPTION_REFUSED"],
    [{ otlp: { certificate: "/nowhere.pem" } }, "GSM_OPTION_FILE"],
    [{ samplingFile: "sampling.yaml" }, "GSM_OPTION_FILE"],
  ])("%o has a code that tells its kind: %s (R-C3)", (options, code) => {
    expect(codeOf(options)).toBe(code);
  });
});

describe("a wrong option that cannot even be read", () => {
  it("has a code of its own (R-C3)", () => {
    const hostile = Object.defineProperty({}, "traces", {
      enumerable: true,
      get() {
        throw new Error("no");
      },
    });
    expect(codeOf(hostile)).toBe("GSM_OPTION_UNREADABLE");
  });
});

describe("a part that stands alone", () => {
  it.each([
    ["a ratio", () => ratio(2), "GSM_OPTION_RANGE"],
    ["a ratio as text", () => ratio("1" as never), "GSM_OPTION_TYPE"],
    ["adaptive sampling", () => adaptive({ minRatio: 0.5, maxRatio: 0.1 }), "GSM_OPTION_CONFLICT"],
    ["a rate limit", () => rateLimit({ perSecond: -1 }), "GSM_OPTION_RANGE"],
    ["priorities", () => priority({ from: [] }), "GSM_OPTION_RANGE"],
    ["a breaker's strategy", () => consecutiveFailures(0), "GSM_OPTION_RANGE"],
    ["a queue's size", () => sizeQueue({ spansPerSecond: -1, delayMs: 1 }), "GSM_OPTION_RANGE"],
    ["a logger", () => mixin(telemetry, { fields: "xml" as never }), "GSM_OPTION_RANGE"],
  ])("%s throws errors with codes too (R-C3)", (_part, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});

describe("the engine's own lines", () => {
  it("end with their code (R-C3)", () => {
    const lines: string[] = [];
    const diagnostics = createDiagnostics("info", (line) => lines.push(line));
    const variables = {
      OTEL_TRACES_SAMPLER: "maybe",
      OTEL_PROCESSOR_TYPE: "simple",
      OTEL_METRIC_EXPORT_TIMEOUT: "999999",
    };
    for (const notice of resolveOptions({}, variables).notices) sayNotice(notice, diagnostics);
    expect(lines.map((line) => /^gossamer: .+ \[(GSM_[A-Z_]+)\]$/.exec(line)?.[1])).toEqual(
      expect.arrayContaining(["GSM_VARIABLE_VALUE", "GSM_VARIABLE_UNSUPPORTED", "GSM_OPTION_MOVED", "GSM_START"]),
    );
    expect(lines.every((line) => line.endsWith("]"))).toBe(true);
  });
});
