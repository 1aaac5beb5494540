// The contract suite on the other versions of Node that are promised: `pnpm test` runs it on the workspace's own.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildStep, type Count, finish, reports, run, step } from "./step.ts";
import { runSuites } from "./suite.ts";

const versions = ["22", "26"] as const;
const suiteTimeoutMs = 240_000;
const installTimeoutMs = 120_000;

const build = buildStep();
const counts: Count[] = build.failed > 0 ? [build] : [];
if (build.failed === 0)
  for (const version of versions) counts.push(step(`contract on Node ${version}`, () => runOn(version)));
finish("test-matrix", counts);

function runOn(version: string): Count {
  const node = installNode(version);
  if (node === undefined) return { passed: 0, failed: 1 };
  run(node, ["--version"]);
  return runSuites(["contract"], { node, timeoutMs: suiteTimeoutMs });
}

/** The binary of the newest Node of a major version, from the registry; undefined when it cannot be had. */
function installNode(version: string): string | undefined {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(reports, `node-${version}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: { [name]: version } }));
  const quietly = ["--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
  const installed = run("npm", ["install", ...quietly], { cwd: folder, timeoutMs: installTimeoutMs });
  return installed ? join(folder, "node_modules", name, "bin", "node") : undefined;
}
