import { optionDocs, optionSections, type OptionDoc } from "./option-docs.ts";

const begin = "<!-- options: begin; written by `pnpm generate` -->";
const end = "<!-- options: end -->";

/** The options as a table of Markdown, in the order they are declared, each with its promise. */
export function optionTableMarkdown(): string {
  return tableOf(optionDocs, ({ doc }) => doc.sentence);
}

/** The text with the table between its two markers replaced. Throws when they are missing. */
export function replaceOptionTable(text: string, table: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error(`docs/configuration.md must hold the lines ${begin} and ${end}.`);
  return `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`;
}

/** The reference page: every option with all that its TSDoc says, section by section. */
export function optionsPage(): string {
  const sections = optionSections.map(({ name, doc, options }) => {
    const head = name === "" ? "" : `## \`${name}\`\n\n`;
    return `${head}${doc.text}\n\n${tableOf(options, (option) => option.doc.text)}\n`;
  });
  return [
    "# Options\n",
    "Written by `pnpm generate` from the TSDoc of `TelemetryOptions`. Code takes precedence over variables, variables over the preset, the preset over the environment's table, and that table over the defaults; see [configuration.md](configuration.md#precedence).\n",
    ...sections,
  ].join("\n");
}

function tableOf(options: readonly OptionDoc[], text: (option: OptionDoc) => string): string {
  const rows = options.map((option) => {
    const { name, type, doc } = option;
    return `| \`${name}\` | ${cell(type)} | ${cell(doc.defaultText ?? "")} | ${cell(text(option))} |`;
  });
  return ["| option | type | default | meaning |", "|---|---|---|---|", ...rows].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
