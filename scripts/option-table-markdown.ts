import { optionDocs } from "../packages/core/dist/options/declare/option-docs.js";

const begin = "<!-- options: begin; written by `pnpm readme` -->";
const end = "<!-- options: end -->";

/** The options as a table of Markdown, in the order they are declared. */
export function optionTableMarkdown(): string {
  const rows = optionDocs.map(
    ({ name, type, default: value, description }) =>
      `| \`${name}\` | ${cell(type)} | ${cell(value)} | ${cell(description)} |`,
  );
  return ["| option | type | default | |", "|---|---|---|---|", ...rows].join("\n");
}

/** The text with the table between its two markers replaced. Throws when they are missing. */
export function replaceOptionTable(text: string, table: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error(`README.md must hold the lines ${begin} and ${end}.`);
  return `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
