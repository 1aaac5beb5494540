import { runDemo } from "./run-demo.ts";

const watch = process.argv.includes("--watch");
const collector = process.argv.includes("--collector");
const details = process.argv.includes("--details");
const finish = new AbortController();
const abandon = new AbortController();

function interrupt(): void {
  // Watching is meant to be ended by Ctrl-C, with the counts still checked; everything else, and a second Ctrl-C, ends at once.
  if (watch && !finish.signal.aborted) finish.abort();
  else abandon.abort();
}

process.on("SIGINT", interrupt);
process.on("SIGTERM", () => abandon.abort());
// Nobody reads any more (`| head`).
process.stdout.on("error", () => abandon.abort());

process.exitCode = await runDemo({
  watch,
  collector,
  details,
  out: process.stdout,
  finish: finish.signal,
  abandon: abandon.signal,
});
process.off("SIGINT", interrupt);
