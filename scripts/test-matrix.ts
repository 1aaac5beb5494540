// The contract suite on the other versions of Node that are promised: `pnpm test` runs it on the workspace's own.
import { nodeLines, nodeOf } from "./node-line.ts";
import { buildStep, type Count, finish, step } from "./step.ts";
import { runSuites } from "./suite.ts";

const suiteTimeoutMs = 240_000;

const build = buildStep();
const counts: Count[] = build.failed > 0 ? [build] : [];
if (build.failed === 0) {
  const lines = await Promise.all(nodeLines.map(async (line) => ({ line, node: await nodeOf(line).catch(notHad) })));
  for (const { line, node } of lines) counts.push(step(`contract on Node ${line}`, () => runOn(node)));
}
finish("test-matrix", counts);

function runOn(node: string | undefined): Count {
  return node === undefined ? { passed: 0, failed: 1 } : runSuites(["contract"], { node, timeoutMs: suiteTimeoutMs });
}

function notHad(error: unknown): undefined {
  console.error(`A binary of Node cannot be had: ${String(error)}`);
}
