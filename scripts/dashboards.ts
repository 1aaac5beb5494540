// Writes the boards for Grafana, deploy/grafana/*.json, from scripts/boards.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { boardFiles } from "./boards/board-files.ts";

for (const [name, text] of boardFiles) {
  writeFileSync(join(import.meta.dirname, "..", "deploy", "grafana", name), text);
}
