import { type Budget, type BudgetName, budgetRows, type BudgetRow, budgetTable } from "../budgets/budget-table.ts";
import { type BudgetVerdict, judgeBudget, targetOf } from "../budgets/judge-budget.ts";
import { measureRow, type RowNumbers } from "../budgets/measure-row.ts";
import { number, table } from "../report/table.ts";
import type { Target } from "../report/target.ts";
import { bootstrap, type Estimate, median } from "../statistics/bootstrap.ts";
import type { Part } from "./part.ts";

/** Fresh processes of each row. Few: what is measured is far from its budget, or it is news. */
const rounds = { full: 2, quick: 1 } as const;

interface Cell {
  readonly budget: BudgetName;
  readonly row: BudgetRow;
  readonly measured: Estimate | undefined;
  readonly verdict: BudgetVerdict;
}

/** What every preset costs, beside what it may cost. */
export const budgets: Part = {
  name: "budgets",
  title: "Budgets of every preset",
  async run(settings) {
    const measured = new Map<BudgetRow, RowNumbers[]>();
    const count = settings.rounds ?? rounds[settings.mode];
    for (let round = 0; round < count; round++) {
      for (const row of budgetRows) {
        settings.progress.say(`round ${round + 1}/${count}: ${row}`);
        measured.set(row, [...(measured.get(row) ?? []), await measureRow(row, settings.pinning)]);
      }
    }
    const names = Object.keys(budgetTable) as BudgetName[];
    const cells = budgetRows.flatMap((row) => names.map((name) => cellOf(name, row, measured.get(row) ?? [])));
    return {
      text: textOf(cells, names),
      targets: [overTarget(cells)],
      packages: ["express", "pino", "@gossamer/core", "@gossamer/express", "@gossamer/pino"],
      data: { budgets: budgetTable, cells, numbers: Object.fromEntries(measured) },
    };
  },
};

function cellOf(name: BudgetName, row: BudgetRow, processes: readonly RowNumbers[]): Cell {
  const numbers = processes.flatMap((process) => process[name]);
  const measured =
    numbers.length === 0
      ? undefined
      : bootstrap(numbers.length, (chosen) => median(chosen.map((place) => numbers[place]!)));
  return { budget: name, row, measured, verdict: judgeBudget(budgetTable[name], row, measured) };
}

function textOf(cells: readonly Cell[], names: readonly BudgetName[]): string {
  const lines = names.map((name) => {
    const budget = budgetTable[name];
    const { bound, target, red, unit } = budget;
    const sign = bound === "at most" ? "<" : "≥";
    return [
      `${budget.name}, ${unit}`,
      target === undefined ? "each its own" : `${sign} ${target}`,
      red === undefined ? "" : `> ${red}`,
      ...cells.filter((cell) => cell.budget === name).map((cell) => cellText(cell, budget)),
    ];
  });
  const wrong = cells.filter(({ verdict }) => verdict === "red" || verdict === "over target");
  return [
    table(["budget", "target", "red", ...budgetRows], lines),
    wrong.length === 0
      ? "Every budget is kept."
      : wrong
          .map(({ budget, row, verdict }) => `${verdict.toUpperCase()}: ${budgetTable[budget].name}, ${row}`)
          .join("\n"),
    "Judged by the worse end of the 95 % interval over slices; numbers are medians. (In brackets: no budget for that preset.) `full` is no preset: everything sampled, every attribute.",
    "span: 8 attributes, started, encoded, sent, everything sampled. metric record: a whole exchange without a span, which holds one. log line: pino's whole line with the ids.",
    "CPU = added µs × 100 a second; of a 50 ms handler = added µs / 50,000. Added: with everything it exports, compressed as the preset says; one process, slices in turn with the bare service.",
    "network = bytes of spans in 60 s of 100 requests/s, sent each `batch.delayMs`, / 60, and bytes of one export of metrics / `metricIntervalMs`; HTTP with its headers, without TCP/IP and answers.",
    "base memory: resident memory that loading and starting adds, after a collection. gzip: full batches. Presets that print spans or do not compress have none there.",
  ].join("\n");
}

function cellText({ measured, verdict, row }: Cell, budget: Budget): string {
  if (measured === undefined) return "-";
  const text = number(measured.value);
  if (verdict === "shown") return `(${text})`;
  const own = budget.target === undefined ? ` of ${targetOf(budget, row)}` : "";
  return `${text}${own} ${verdict === "over target" ? "over" : verdict}`;
}

/** So that a run's targets say it too. */
function overTarget(cells: readonly Cell[]): Target {
  const count = cells.filter(({ verdict }) => verdict === "red" || verdict === "over target").length;
  const judged = cells.filter(({ verdict }) => verdict !== "shown" && verdict !== "none").length;
  return {
    promise: `Budgets over their target or red, of ${judged}`,
    bound: "at most",
    limit: 0,
    measured: { value: count, low: count, high: count },
    rank: "asked",
  };
}
