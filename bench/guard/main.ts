import { parseArgs } from "node:util";
import { finish } from "../../scripts/step.ts";
import { choosePinning } from "../harness/pinning.ts";
import { describeMachine } from "@gossamer/measure/report";
import { Progress } from "../report/progress.ts";
import { looks, type RowVerdict } from "./decision.ts";
import { readRecording, record, writeRecording } from "./recording.ts";
import { type GuardRunSettings, measureRounds, runGuard } from "./run-guard.ts";
import { microsecondsFound } from "./simulation.ts";
import { runTrial } from "./trial.ts";
import { verdictText } from "./verdict-text.ts";

const usage = "pnpm bench:guard [--plant <microseconds>] [--record] [--trial <runs>]";
const recordingRuns = 6;

const { values } = parseArgs({
  // pnpm passes the -- of "pnpm bench:guard -- --record" on.
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    plant: { type: "string", default: "0" },
    record: { type: "boolean", default: false },
    trial: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

async function main(): Promise<void> {
  if (values.help) return console.log(usage);
  const progress = new Progress();
  const pinning = choosePinning();
  const machine = describeMachine();
  const settings: GuardRunSettings = {
    pinning,
    plantMicros: numberOf("plant", values.plant),
    progress: (text) => progress.say(text),
  };
  console.log(
    `${machine.cpu}, Node ${machine.node}; measured processes ${pinning.description}; load ${machine.loadAverage[0]}`,
  );
  if (values.record) {
    const runs = [];
    for (let run = 0; run < recordingRuns; run++) {
      progress.part(`Recording, run ${run + 1}/${recordingRuns}`);
      runs.push(await measureRounds(looks[0]!, { ...settings, plantMicros: 0 }));
    }
    const recording = record(runs, { ...describeMachine(), at: new Date() });
    progress.clear();
    const found = microsecondsFound(recording);
    if (found < 99) {
      throw new Error(
        `Not recorded: these runs differ so much that a microsecond more would be found ${found.toFixed(1)} times in 100, and 99 are asked for. Try again on a quieter machine.`,
      );
    }
    writeRecording(recording);
    return console.log(`${JSON.stringify(recording.rows, undefined, 1)}\nRecorded: bench/guard/recorded.json`);
  }

  const recorded = readRecording();
  const isElsewhere = recorded.cpu !== machine.cpu || recorded.node !== machine.node;
  if (isElsewhere)
    console.log(
      `Recorded on ${recorded.cpu}, Node ${recorded.node}: here twice the difference is allowed. To guard as closely: pnpm bench:guard --record`,
    );
  const decision = { recorded: recorded.rows, isElsewhere };
  if (values.trial !== undefined) {
    const isSound = await runTrial(numberOf("trial", values.trial), settings, decision, progress);
    process.exitCode = isSound ? 0 : 1;
    return;
  }
  progress.part("Regression guard");
  const { verdict } = await runGuard(settings, decision);
  progress.clear();
  console.log(verdictText(verdict));
  const failures = verdict.rows.filter(isFailed).map(({ row }) => row);
  // What could not be judged is neither: the text above says so.
  const held = verdict.rows.filter(({ outcome }) => outcome === "holds").length;
  // That all did their job and were measured is one more: of a machine on which nothing can be judged it is what is left.
  finish("bench-guard", [{ passed: held + 1, failed: failures.length, failures }]);
}

/** What grew; and what gave no number at all, because then something else is broken. */
function isFailed({ outcome, measured }: RowVerdict): boolean {
  return outcome === "grew" || Number.isNaN(measured.value);
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value < 1000))
    throw new Error(`--${option} must be a number from 0 to 1000, got '${text}'\n${usage}`);
  return value;
}

try {
  await main();
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  if (values.record || values.trial !== undefined) process.exitCode = 1;
  else finish("bench-guard", [{ passed: 0, failed: 1 }]);
}
