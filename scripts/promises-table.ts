import { globSync, readFileSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { root } from "./step.ts";

/** How many tests prove a promise, by file. */
type Proofs = ReadonlyMap<string, number>;

const id = "(?:R-[A-Z]|[A-E])\\d+";
/** The end of a title: ids in brackets. */
const titleEnd = new RegExp(`\\((${id}(?:, ${id})*)\\)["'\`]`, "g");
const tableRow = new RegExp(`^\\| (${id}) \\| ?(.*?) ?\\| ?(.*?) ?\\|$`);
const titled = [
  "packages/*/src/**/*.test.ts",
  "packages/testing/src/contract/**/*.ts",
  "examples/*/src/**/*.test.ts",
  "test/**/*.ts",
  "bench/**/*.test.ts",
];
const namedFiles = 3;

/** What the titles of the repository's tests claim to prove, by id. */
export function findProofs(): ReadonlyMap<string, Proofs> {
  const proofs = new Map<string, Map<string, number>>();
  const files = globSync(titled, { cwd: root, exclude: ["**/node_modules", "**/dist"] });
  for (const file of files.map((path) => path.replaceAll(sep, "/")).toSorted()) {
    const text = readFileSync(join(root, file), "utf8");
    for (const [, ids = ""] of text.matchAll(titleEnd)) {
      for (const promise of ids.split(", ")) {
        const byFile = proofs.get(promise) ?? new Map<string, number>();
        proofs.set(promise, byFile.set(file, (byFile.get(file) ?? 0) + 1));
      }
    }
  }
  return proofs;
}

/** The table with the column that is written for its reader. A promise without a test keeps what stands there: `not yet`, or nothing. */
export function withProofs(table: string, proofs: ReadonlyMap<string, Proofs>): string {
  const lines = table.split("\n").map((line) => {
    const [, promise = "", sentence = "", cell = ""] = tableRow.exec(line) ?? [];
    if (promise === "") return line;
    const byFile = proofs.get(promise);
    return `| ${promise} | ${sentence} | ${byFile === undefined ? keptCell(cell) : proofCell(byFile)} |`;
  });
  return lines.join("\n");
}

/** What is wrong with the table, a line each. That another file proves something too is no fault. */
export function promiseFaults(table: string, proofs: ReadonlyMap<string, Proofs>): string[] {
  const faults: string[] = [];
  const told = new Set<string>();
  for (const line of table.split("\n")) {
    const [, promise = "", sentence = "", cell = ""] = tableRow.exec(line) ?? [];
    if (promise === "") continue;
    if (told.has(promise)) faults.push(`${promise} is told twice.`);
    told.add(promise);
    if (sentence === "") faults.push(`${promise} has no sentence.`);
    const byFile = proofs.get(promise);
    if (byFile === undefined) {
      if (cell !== notYet) faults.push(`${promise} has no test, and is not said to be "${notYet}".`);
      continue;
    }
    const files = [...cell.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, file = ""]) => file);
    if (files.length === 0) faults.push(`${promise} is proved, and the table does not say where.`);
    for (const file of files) if (!byFile.has(file)) faults.push(`${promise} is not proved in ${file}.`);
  }
  for (const promise of proofs.keys())
    if (!told.has(promise)) faults.push(`${promise} stands in a title, and has no sentence.`);
  return faults;
}

const notYet = "not yet";

function keptCell(cell: string): string {
  return cell === notYet ? notYet : "";
}

function proofCell(byFile: Proofs): string {
  const files = [...byFile].toSorted(([a, tests], [b, others]) => others - tests || (a < b ? -1 : 1));
  const named = files.slice(0, namedFiles).map(([file]) => `[${basename(file)}](../${file})`);
  const others = files.length - named.length;
  return named.join(", ") + (others > 0 ? ` and ${others} more` : "");
}
