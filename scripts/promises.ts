// Writes into docs/promises.md where each promise is proved, and says what is wrong with the table.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProofs, promiseFaults, withProofs } from "./promises-table.ts";
import { root } from "./step.ts";

const path = join(root, "docs/promises.md");
const proofs = findProofs();
const table = withProofs(readFileSync(path, "utf8"), proofs);
writeFileSync(path, table);
const faults = promiseFaults(table, proofs);
for (const fault of faults) console.error(fault);
process.exit(faults.length === 0 ? 0 : 1);
