import { markdownTable } from "./markdown.ts";
import type { RequestRow } from "./request-rows.ts";
import { commandOf, machineLine } from "./run-summary.ts";
import type { SavedRun } from "./saved-run.ts";
import { estimate, number } from "./table.ts";
import type { Verdict } from "./target.ts";

/** Rows that the README has no room for are in the run's own page. */
const mostRows = 13;
const mostTargets = 11;

/** What is beside a run's JSON. */
export interface RunFiles {
  /** Without their endings. */
  readonly name: string;
  readonly hasPlot: boolean;
  readonly hasPage: boolean;
}

/** A run in at most 35 lines, for the README: what a request costs more, the targets, the plot and the command. */
export function readmeSummary(run: SavedRun, files: RunFiles): string {
  return [
    `${machineLine(run)} ${run.mode === "quick" ? "A quick run: few processes, wide intervals. " : ""}\`${commandOf(run)}\`:`,
    ...failuresOf(run),
    ...(run.requestRows === undefined ? [] : [requestsTable(run.requestRows)]),
    ...(files.hasPlot ? [`![CPU a request costs more than without telemetry](bench/results/${files.name}.svg)`] : []),
    targetsText(run.targets, files),
  ].join("\n\n");
}

function failuresOf({ failures = [] }: SavedRun): string[] {
  if (failures.length === 0) return [];
  return [`Not in it, because they failed: ${failures.map(({ part }) => part).join(", ")}.`];
}

function requestsTable(rows: readonly RequestRow[]): string {
  return markdownTable(
    ["an Express request, CPU", "added µs (95 %)", "× floor", "of the same ratio's peers"],
    rows
      .slice(0, mostRows)
      .map(({ name, addedMicros, timesFloor, peers }) => [
        name,
        estimate(addedMicros),
        timesFloor === undefined ? "" : number(timesFloor),
        peers.map((peer) => `1/${number(peer.times)} of ${peer.name}`).join(", "),
      ]),
  );
}

function targetsText(targets: readonly Verdict[], { name, hasPage }: RunFiles): string {
  const asked = targets.filter(({ rank }) => rank === "asked");
  const missed = asked.filter(({ holds }) => !holds);
  // What is missed comes first, so that what is left out for its length is never that alone.
  const shown = [...missed, ...asked.filter(({ holds }) => holds)].slice(0, mostTargets);
  const file = `bench/results/${name}.${hasPage ? "md" : "json"}`;
  const left = asked.length - shown.length;
  const leftMissed = Math.max(0, missed.length - shown.length);
  const others = left === 0 ? "Every table" : `${left} more (${leftMissed} missed) and every table`;
  return [
    markdownTable(
      [`${asked.length - missed.length} of ${asked.length} targets hold`, "needs", "measured (95 %)", ""],
      shown.map(({ promise, bound, limit, measured, holds }) => [
        promise,
        `${bound} ${number(limit)}`,
        estimate(measured),
        holds ? "pass" : "missed",
      ]),
    ),
    "",
    `${others}: [${file}](${file}).`,
  ].join("\n");
}
