import { parseArgs } from "node:util";
import { finish } from "../../../scripts/step.ts";
import { Progress } from "../../report/progress.ts";
import { countsText } from "./cache-decision.ts";
import { countedRows, readCacheRecording, recordCounts, writeCacheRecording } from "./cache-recording.ts";
import { countRows, runCacheGuard } from "./run-cache-guard.ts";

const usage = "pnpm bench:guard:cache [--record]";
const recordedProcesses = 2;

const { values } = parseArgs({
  // pnpm passes the -- of "pnpm bench:guard:cache -- --record" on.
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: { record: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
});

async function main(): Promise<void> {
  if (values.help) return console.log(usage);
  const progress = new Progress();
  const say = (text: string): void => progress.say(text);
  if (values.record) {
    progress.part("Recording counts");
    const recording = recordCounts(await countRows(countedRows, recordedProcesses, say), {
      node: process.version,
      at: new Date(),
    });
    writeCacheRecording(recording);
    progress.clear();
    return console.log(`${JSON.stringify(recording.rows, undefined, 1)}\nRecorded: bench/guard/cache/recorded.json`);
  }
  const recording = readCacheRecording();
  const isElsewhere = recording.node !== process.version;
  if (isElsewhere)
    console.log(
      `Recorded with Node ${recording.node}, this is ${process.version}: more is allowed. To guard as closely: ${usage}`,
    );
  progress.part("Guard of counts");
  const verdicts = await runCacheGuard(recording, isElsewhere, say);
  progress.clear();
  console.log(countsText(verdicts));
  const failures = verdicts.filter(({ outcome }) => outcome === "grew").map(({ row, measure }) => `${row} ${measure}`);
  const held = verdicts.filter(({ outcome }) => outcome === "holds").length;
  // That all did their job and were counted is one more: of a machine on which nothing can be judged it is what is left.
  finish("bench-guard-cache", [{ passed: held + 1, failed: failures.length, failures }]);
}

try {
  await main();
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  if (values.record) process.exitCode = 1;
  else finish("bench-guard-cache", [{ passed: 0, failed: 1 }]);
}
