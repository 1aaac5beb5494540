import { Comparison } from "../statistics/comparison.ts";
import { markdownTable } from "./markdown.ts";
import { commandOf, machineLine } from "./run-summary.ts";
import type { SavedRun } from "./saved-run.ts";
import { estimate, number } from "./table.ts";
import type { Verdict } from "./target.ts";

const bare = "bare";
const again = "bare again (A/A)";
const floor = "floor";
/** Rows that the README has no room for are in the run's own page. */
const mostRows = 13;
const mostTargets = 11;

/** What the parts on requests save of their contestants. */
interface RequestsData {
  readonly cpuMicrosARequest: Readonly<Record<string, number[][]>>;
}

/** What is beside a run's JSON. */
export interface RunFiles {
  /** Without their endings. */
  readonly name: string;
  readonly hasPlot: boolean;
  readonly hasPage: boolean;
}

/** A run in at most 35 lines, for the README: what a request costs more, the targets, the plot and the command. */
export function readmeSummary(run: SavedRun, files: RunFiles): string {
  const requests = run.parts["requests"] as RequestsData | undefined;
  return [
    `${machineLine(run)} ${run.mode === "quick" ? "A quick run: few processes, wide intervals. " : ""}\`${commandOf(run)}\`:`,
    ...(requests === undefined ? [] : [requestsTable(requests)]),
    ...(files.hasPlot ? [`![CPU a request costs more than without telemetry](bench/results/${files.name}.svg)`] : []),
    targetsText(run.targets, files),
  ].join("\n\n");
}

function requestsTable({ cpuMicrosARequest }: RequestsData): string {
  const comparison = new Comparison(new Map(Object.entries(cpuMicrosARequest)));
  const names = Object.keys(cpuMicrosARequest).filter(isMain).slice(0, mostRows);
  const hasFloor = comparison.has(floor);
  return markdownTable(
    ["an Express request, CPU", "added µs (95 %)", "× floor", "of the same ratio's peers"],
    names.map((name) => [
      name,
      estimate(comparison.added(name, bare)),
      hasFloor && name !== again ? number(comparison.ratio(name, floor, bare).value) : "",
      sharesOf(name, names, comparison),
    ]),
  );
}

/** Rows of the plain request and no variant: those with a comma in their name have another baseline, or do another job. */
function isMain(name: string): boolean {
  return name !== bare && !name.includes(",");
}

/** What ours costs of each peer with the same words behind its name. */
function sharesOf(name: string, names: readonly string[], comparison: Comparison): string {
  const ours = /^Gossamer (.*)$/.exec(name);
  if (ours === null) return "";
  return names
    .filter((other) => other !== name && !other.startsWith("Gossamer") && other.endsWith(` ${ours[1]}`))
    .map((other) => {
      const times = comparison.ratio(other, name, bare);
      return `1/${number(times.value)} of ${other.slice(0, -ours[1]!.length - 1)}`;
    })
    .join(", ");
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
