import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const core = join(import.meta.dirname, "../../dist/bundle/index.js");

function run(program: string): string {
  const env = { ...process.env, NODE_ENV: "production" };
  return execFileSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
    env,
    timeout: 120_000,
  });
}

test("with process metrics on, a process still ends by itself, and its own are in the collection (R-M7)", () => {
  const said = run(`
    import { createTelemetry } from ${JSON.stringify(core)};
    const telemetry = createTelemetry({
      exporter: "none", diagnostics: "none", shutdown: { signals: false }, processMetrics: { loopDelayResolutionMs: 20 },
    });
    setTimeout(async () => {
      const { resourceMetrics } = await telemetry.metricProducer().collect();
      const names = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics.map(({ descriptor }) => descriptor.name));
      console.log(names.join(" "));
    }, 200);
  `);
  for (const name of [
    "process.cpu.time",
    "process.memory.usage",
    "v8js.memory.heap.used",
    "nodejs.eventloop.delay.p99",
  ])
    expect(said.split(/\s/)).toContain(name);
});

test("in a worker thread heap and event loop are those of the thread, and the process's are left to the main one (R-M7)", () => {
  const said = run(`
    import { Worker } from "node:worker_threads";
    new Worker(\`
      import(${JSON.stringify(core)}).then(async ({ createTelemetry }) => {
        const telemetry = createTelemetry({ exporter: "none", diagnostics: "none", processMetrics: true });
        const { resourceMetrics } = await telemetry.metricProducer().collect();
        const names = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics.map(({ descriptor }) => descriptor.name));
        console.log(names.join(" "));
      });
    \`, { eval: true });
  `);
  expect(said).toContain("v8js.memory.heap.used");
  expect(said).toContain("nodejs.eventloop.time");
  expect(said).not.toContain("process.cpu.time");
});
