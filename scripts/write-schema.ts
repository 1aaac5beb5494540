// Writes the JSON schema of the options, which core ships, from the options themselves.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { optionsSchema } from "./options-schema.ts";

writeFileSync(join(import.meta.dirname, "..", "packages", "core", "options.schema.json"), optionsSchema());
