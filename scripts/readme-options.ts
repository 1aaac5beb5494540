// Writes the option table of the README from the options themselves.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { optionTableMarkdown, replaceOptionTable } from "./option-table-markdown.ts";

const readme = join(import.meta.dirname, "..", "README.md");
const text = readFileSync(readme, "utf8");
writeFileSync(readme, replaceOptionTable(text, optionTableMarkdown()));
