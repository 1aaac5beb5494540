import { markdownTable } from "./markdown.ts";
import type { RequestRow } from "./request-rows.ts";
import { commandOf, machineLine } from "./run-summary.ts";
import type { SavedRun } from "./saved-run.ts";
import { estimate, number } from "./table.ts";
import type { Verdict } from "./target.ts";

/** Rows that the README has no room for are in the run's own page. */
const mostRows = 14;
/** But every target that is missed is shown. */
const mostTargets = 16;

/** What is beside a run's JSON. */
export interface RunFiles {
  /** Without their endings. */
  readonly name: string;
  readonly hasPlot: boolean;
  readonly hasPage: boolean;
}

/** What the README has room for; the page has all rows. */
const readmeRows: ReadonlySet<string> = new Set([
  "bare again (A/A)",
  ...["Gossamer", "OpenTelemetry", "dd-trace"].flatMap((name) => [`${name} 1 %`, `${name} 100 %`]),
  ...["1 %", "100 %"].map((ratio) => `OpenTelemetry ${ratio}, no layer spans`),
]);

/** A run for the README: one table of what a request costs more, how many targets are met, and the command. */
export function readmeTable(run: SavedRun, files: RunFiles): string {
  const asked = run.targets.filter(({ rank }) => rank === "asked");
  const rows = (run.requestRows ?? []).filter(({ name }) => readmeRows.has(name));
  return [
    `${machineLine(run)} \`${commandOf(run)}\`:`,
    ...failuresOf(run),
    newcomersTable(rows),
    `${metOf(asked)} (a target counts as met only if the whole confidence interval meets it): [bench/results/${files.name}](${pageOf(files)}).`,
  ].join("\n\n");
}

/** A run for the page on cost, in some 35 lines: what a request costs more, the targets, the plot and the command. */
export function readmeSummary(run: SavedRun, files: RunFiles): string {
  return [
    `${machineLine(run)} ${run.mode === "quick" ? "A quick run: few processes, wide intervals. " : ""}\`${commandOf(run)}\`:`,
    ...failuresOf(run),
    ...(run.requestRows === undefined ? [] : [requestsTable(run.requestRows)]),
    ...(files.hasPlot
      ? [`![CPU per request, added to that of the app without telemetry](bench/results/${files.name}.svg)`]
      : []),
    targetsText(run.targets, files),
    ...(run.headlines ?? []).map(inWords),
  ].join("\n\n");
}

function failuresOf({ failures = [] }: SavedRun): string[] {
  if (failures.length === 0) return [];
  return [`Not in it, because they failed: ${failures.map(({ part }) => part).join(", ")}.`];
}

/** A handler whose CPU is that of many: what telemetry adds says most as a share of it. */
const handlerMicros = 5_000;

/** What a request costs more, and how much that is of a request that does something. */
function newcomersTable(rows: readonly RequestRow[]): string {
  return markdownTable(
    [
      "per Express request",
      "CPU added, µs (95 % CI)",
      "share of a 5 ms handler",
      "compared at the same sampling ratio",
    ],
    rows.map(({ name, addedMicros, peers }) => [
      inWords(name),
      estimate(addedMicros),
      `${number((addedMicros.value / handlerMicros) * 100)} %`,
      comparisonOf(peers),
    ]),
  );
}

function requestsTable(rows: readonly RequestRow[]): string {
  return markdownTable(
    [
      "CPU per Express request",
      "added, µs (95 % CI)",
      "× floor",
      "spans per request",
      "compared at the same sampling ratio",
    ],
    rows
      .slice(0, mostRows)
      .map(({ name, addedMicros, timesFloor, spans, peers }) => [
        inWords(name),
        estimate(addedMicros),
        timesFloor === undefined ? "" : number(timesFloor),
        spans === undefined ? "" : number(spans),
        comparisonOf(peers),
      ]),
  );
}

function comparisonOf(peers: RequestRow["peers"]): string {
  return peers.map((peer) => `1/${number(peer.times)} of ${inWords(peer.name)}`).join("; ");
}

/** A row's name for somebody who does not know the bench. */
function inWords(name: string): string {
  return name
    .replace("bare again (A/A)", "bare app against itself (A/A)")
    .replace(", no layer spans", " without layer spans");
}

function metOf(targets: readonly Verdict[]): string {
  const met = targets.filter(({ holds }) => holds).length;
  return `${met} of ${targets.length} targets ${met === 1 ? "is" : "are"} met`;
}

function pageOf({ name, hasPage }: RunFiles): string {
  return `bench/results/${name}.${hasPage ? "md" : "json"}`;
}

function targetsText(targets: readonly Verdict[], files: RunFiles): string {
  const asked = targets.filter(({ rank }) => rank === "asked");
  const missed = asked.filter(({ holds }) => !holds);
  const shown = [...missed, ...asked.filter(({ holds }) => holds)].slice(0, Math.max(missed.length, mostTargets));
  const file = pageOf(files);
  const left = asked.length - shown.length;
  const others = left === 0 ? "All tables" : `${left} more that are met, and all tables`;
  return [
    markdownTable(
      [`target (${metOf(asked)})`, "required", "measured (95 % CI)", "result"],
      shown.map(({ promise, bound, limit, measured, holds, text }) => [
        promise,
        `${bound} ${number(limit)}`,
        estimate(measured),
        holds ? "met" : text.startsWith("not measurable") ? "not measurable" : "missed",
      ]),
    ),
    "",
    `${others}: [${file}](${file}).`,
  ].join("\n");
}
