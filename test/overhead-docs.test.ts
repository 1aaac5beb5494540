import { readFileSync } from "node:fs";
import * as core from "@gossamer/core";
import { trialMetrics } from "../packages/core/src/governor/tuning/trial-metrics.ts";
import { governorSteps } from "../packages/core/src/model/governor/governor-steps.ts";
import { afterEach, describe, expect, it } from "vitest";

const page = readFileSync(new URL("../docs/overhead.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```js\n(.*?)```/gs)].map(([, code = ""]) => code);

afterEach(() => core.resetTelemetry());

/** Runs an example, and answers what it printed. */
function run(code: string): unknown[][] {
  const printed: unknown[][] = [];
  const print = (...values: unknown[]): void => void printed.push(values);
  const createTelemetry = (options: core.TelemetryOptions = {}): core.Telemetry =>
    core.createTelemetry({ exporter: "none", shutdown: { signals: false }, diagnostics: "none", ...options });
  // oxlint-disable-next-line typescript/no-implied-eval -- the page's own examples are what is tested
  new Function("createTelemetry", "latencyTarget", "console", code)(createTelemetry, core.latencyTarget, {
    log: print,
    warn: print,
  });
  return printed;
}

describe("docs/overhead.md", () => {
  it.each(examples.map((code) => [code.trim().split("\n", 1)[0], code]))("the example %s runs (R-C1)", (_, code) => {
    for (const [value] of run(code).filter(([first]) => first !== undefined)) {
      if (typeof value === "string") expect(code).toContain(`"${value}"`);
    }
  });

  it("what its examples print is what it says (R-O1, R-O2)", () => {
    const [looking = "", , byHand = ""] = examples;
    const [[step] = [], , , , [byPart] = []] = run(looking);
    expect(step).toBe("full");
    expect(looking).toContain(`{ ${Object.keys(byPart as object).join(", ")} }`);
    void core.resetTelemetry();
    expect(run(byHand)).toEqual([[{ manual: "metrics" }]]);
  });

  it("has a row for each step, in their order (R-O2)", () => {
    const [, table = ""] = page.split("## The governor's steps");
    const rows = [...(table.split("\n## ")[0] ?? "").matchAll(/^\| `(\w+)` \|/gm)].map(([, step]) => step);
    expect(rows).toEqual([...governorSteps]);
  });

  it("names the metrics and options that there are (R-C1)", async () => {
    const telemetry = core.createTelemetry({
      exporter: "none",
      shutdown: { signals: false },
      diagnostics: "none",
      overhead: { floor: "off", trial: true },
    });
    const { resourceMetrics } = await telemetry.metricProducer().collect();
    const names = resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
      metrics.map(({ descriptor }) => descriptor.name),
    );
    for (const name of ["gossamer.overhead.cpu.time", "gossamer.governor.step", "gossamer.requests.unobserved"]) {
      expect(page).toContain(name);
    }
    // Told once there is something to tell.
    names.push(...trialMetrics({ report: () => ({}) } as never).map(({ name }) => name));
    const told = [...page.matchAll(/`(gossamer\.(?:overhead|governor|requests)\.[a-z.]+)`/g)].map(([, name]) => name);
    for (const name of told)
      expect(
        names.some((one) => one === name),
        name,
      ).toBe(true);
    const { settings } = telemetry.status();
    for (const option of ["target", "red", "minCores", "factor", "minRatio", "floor"]) {
      expect(page).toContain(`\`${option}`);
      expect(settings).toHaveProperty([`overhead.${option}`]);
    }
  });
});
