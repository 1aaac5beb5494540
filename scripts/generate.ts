// Writes what is made from the code: the option table of docs/configuration.md, the reference pages of the options, the
// codes and the metrics, and the JSON schema that core ships.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codesPage } from "./codes-page.ts";
import { metricsPage } from "./metric-catalogue.ts";
import { optionsPage, optionTableMarkdown, replaceOptionTable } from "./option-table-markdown.ts";
import { optionsSchema } from "./options-schema.ts";

const root = join(import.meta.dirname, "..");
const configuration = join(root, "docs", "configuration.md");
writeFileSync(configuration, replaceOptionTable(readFileSync(configuration, "utf8"), optionTableMarkdown()));
writeFileSync(join(root, "docs", "options.md"), optionsPage());
writeFileSync(join(root, "docs", "codes.md"), codesPage());
writeFileSync(join(root, "docs", "metrics-reference.md"), metricsPage());
writeFileSync(join(root, "packages", "core", "options.schema.json"), optionsSchema());
