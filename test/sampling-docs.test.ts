import { readFileSync } from "node:fs";
import * as core from "@gossamer/core/adapter";
import { afterEach, describe, expect, test } from "vitest";

const page = readFileSync(new URL("../docs/sampling.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```js\n(.*?)```/gs)].map(([, code = ""]) => code);

afterEach(() => core.resetTelemetry());

/** Runs an example with all that the package exports, and a parser, in scope. Answers how many engines it made. */
function run(code: string): number {
  let engines = 0;
  function createTelemetry(options: object): core.Telemetry {
    engines++;
    // A process has one engine; an example with two shows two services.
    void core.resetTelemetry();
    const quiet = { exporter: "none", shutdown: { signals: false }, diagnostics: "none" } as const;
    return core.createTelemetry({ ...quiet, ...options } as core.TelemetryOptions<never>);
  }
  // As an adapter exports it.
  const telemetry = core.carryTelemetry((options: object) => createTelemetry(options));
  const scope: Record<string, unknown> = { ...core, createTelemetry, telemetry, parse: JSON.parse };
  const names = Object.keys(scope);
  // oxlint-disable-next-line typescript/no-implied-eval -- the page's own examples are what is tested
  new Function(...names, code.replaceAll(/^import .*$/gm, ""))(...names.map((name) => scope[name]));
  return engines;
}

describe("docs/sampling.md", () => {
  test("has an example of each sampler (R-A5)", () => {
    for (const sampler of ["adaptive", "rateLimit", "rollout", "priority", "tiered", "parentBased", "toOtelSampler"]) {
      expect(examples.some((code) => code.includes(`${sampler}(`))).toBe(true);
    }
  });

  test.each(examples.map((code) => [code.trim().split("\n", 1)[0], code]))("the example %s runs (R-C1)", (_, code) => {
    expect(run(code)).toBeGreaterThanOrEqual(/\btelemetry\(/.test(code) ? 1 : 0);
  });

  test("shows what explain says of its example (R-S16)", () => {
    const telemetry = core.createTelemetry({
      exporter: "none",
      shutdown: { signals: false },
      diagnostics: "none",
      rules: [{ name: "users", match: "GET /users/:id", ratio: 0.1 }],
    });
    const { decidedBy, rule, ratio, steps } = telemetry.explain({ method: "GET", route: "/users/:id" });
    expect([decidedBy, rule, ratio]).toEqual(["rule", "users", 0.1]);
    expect(page).toContain(`steps: ["${steps[0]}", '${steps[1]}']`);
  });
});
