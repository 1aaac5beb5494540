import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { collectorProgram } from "../../scripts/collector-program.ts";
import { buildMs, configPath, type Profile, startCollector } from "./collector/collector.ts";

// A real OpenTelemetry Collector, built from deploy/collector/build by Go: some minutes, once.

const run = promisify(execFile);
let program: string;

beforeAll(async () => {
  program = await collectorProgram();
}, buildMs);

const together: readonly (readonly Profile[])[] = [
  ["agent.yaml"],
  ["gateway.yaml"],
  ["gateway-small.yaml"],
  ["gateway.yaml", "head.yaml"],
  ["gateway-small.yaml", "head.yaml"],
];

test.each(together.map((files) => ({ files, names: files.join(" with ") })))(
  "the collector takes $names (R-D1)",
  async ({ files }) => {
    const parameters = files.flatMap((file) => ["--config", configPath(file)]);
    const { stdout, stderr } = await run(program, ["validate", ...parameters]);
    expect(stdout + stderr).toBe("");
  },
);

test.each<Profile>(["agent.yaml", "gateway.yaml", "gateway-small.yaml"])(
  "a collector starts with %s and warns of nothing that is deprecated (R-D1)",
  async (file) => {
    // Those of clouds would ask for their addresses.
    const agent = { processors: { resource_detection: { detectors: ["env", "system"] } } };
    const { lines } = await startCollector({
      files: [file],
      changes: file === "agent.yaml" ? agent : {},
      env: { GATEWAY_HOST: "127.0.0.1", BACKEND_ENDPOINT: "127.0.0.1:9" },
    });
    expect(lines.filter((line) => /deprecat/i.test(line))).toEqual([]);
  },
);

test("the collector does not take what it does not know (R-D1)", async () => {
  const wrong = ["--config", configPath("gateway.yaml"), "--config", "yaml:processors::tail_sampling::polices: []"];
  await expect(run(program, ["validate", ...wrong])).rejects.toThrow("polices");
});
