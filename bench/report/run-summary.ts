import { markdownBlock, markdownTable } from "./markdown.ts";
import { runSeconds } from "./part-times.ts";
import type { SavedRun } from "./saved-run.ts";
import { estimate, number } from "./table.ts";
import type { Verdict } from "./target.ts";

/** What was printed of a part. */
export interface PrintedPart {
  readonly title: string;
  readonly text: string;
}

/**
 * A whole run as a page of Markdown: what it was measured on, every table, every target.
 *
 * @param plots file names, beside the page
 */
export function runSummary(run: SavedRun, printed: readonly PrintedPart[], plots: readonly string[]): string {
  const { machine } = run;
  const versions = Object.entries(run.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `# ${isWhole(run) ? (run.mode === "full" ? "Full" : "Quick") : `Parts of a ${run.mode}`} run of ${run.at.slice(0, 16).replace("T", " ")} UTC`,
    `\`${commandOf(run)}\``,
    `${machineLine(run)} Load before: ${machine.loadAverage.join(", ")}. ${machine.memoryGiB} GiB, ${machine.platform}. Measured processes ${run.pinning}.`,
    `Versions: ${versions.join(", ")}.`,
    ...failuresOf(run),
    ...plots.map((file) => `![${file}](${file})`),
    ...printed.flatMap(({ title, text }) => [`## ${title}`, markdownBlock(text)]),
    "## Targets",
    targetsTable(run.targets),
    ...timesOf(run),
    "",
  ]
    .join("\n\n")
    .trimEnd()
    .concat("\n");
}

/** Whether it is a run of everything. */
export function isWhole({ options = "" }: Pick<SavedRun, "options">): boolean {
  return !/--(?:part|only)\b/.test(options);
}

/** The command that does such a run again. */
export function commandOf({ mode, options = "" }: SavedRun): string {
  return ["npx -y pnpm@12 bench", ...(mode === "quick" ? ["--quick"] : []), ...(options === "" ? [] : [options])].join(
    " ",
  );
}

export function machineLine({ machine }: SavedRun): string {
  return `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}.`;
}

/** Asked ones first, each with its verdict. */
export function targetsTable(targets: readonly Verdict[]): string {
  const rows = [...targets.filter(({ rank }) => rank === "asked"), ...targets.filter(({ rank }) => rank !== "asked")];
  return markdownTable(
    ["target", "needs", "measured (95 %)", "verdict"],
    rows.map((verdict) => [
      verdict.rank === "asked" ? verdict.promise : `stricter: ${verdict.promise}`,
      `${verdict.bound} ${number(verdict.limit)}`,
      estimate(verdict.measured),
      verdict.text,
    ]),
  );
}

function failuresOf({ failures = [] }: SavedRun): string[] {
  return failures.map(({ part, message }) => `**${part} failed and has no numbers**: ${message.split("\n", 1)[0]!}`);
}

function timesOf({ times, mode, options = "" }: SavedRun): string[] {
  if (times === undefined) return [];
  const kind = options.split(" ").includes("--long") ? "long" : mode;
  const used = times.reduce((sum, { usedSeconds }) => sum + usedSeconds, 0);
  return [
    "## Time",
    markdownTable(
      ["part", "planned s", "used s"],
      times.map((time) => [time.part, String(time.plannedSeconds ?? "-"), time.usedSeconds.toFixed(1)]),
    ),
    `${used.toFixed(0)} s in all; a ${kind} run of everything may take ${runSeconds[kind]} s.`,
  ];
}
