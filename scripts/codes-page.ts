import { readFileSync } from "node:fs";
import { join } from "node:path";
import { declaredInterfaces, type DeclaredMember } from "./declared-interfaces.ts";
import { markdownTable } from "./markdown-table.ts";

const source = join(import.meta.dirname, "..", "packages", "core", "src", "model", "codes.ts");

/** Every stable code, in the order of its declaration; the type says what has it. */
export const codes: readonly DeclaredMember[] =
  declaredInterfaces(readFileSync(source, "utf8")).get("Codes")?.members ?? [];

/** The reference page of the codes. */
export function codesPage(): string {
  const errors = codes.filter(({ type }) => type === '"error"');
  const lines = codes.filter(({ type }) => type !== '"error"');
  return [
    "# Codes\n",
    "Written by `pnpm generate` from `model/codes.ts`. A code keeps its meaning; its message text may change. In your code and alerts, match codes, not texts.\n",
    "## Errors\n",
    "Values of `error.code` of the errors that Gossamer throws: `createTelemetry`, the adapters, the standalone parts, loggers and `@gossamer/measure` throw them when they are set up, calls that change sampling or make a ticket when they are called. Requests never meet one.\n",
    markdownTable(
      ["code", "what is wrong"],
      errors.map(({ name, doc }) => [`\`${name}\``, doc.text]),
    ),
    "\n## Log lines\n",
    "Each log line the engine writes about itself ends with its code: `gossamer: sampling 1 % of requests (…) [GSM_START]`. The option `diagnostics` sets which levels are written, `log` sets where.\n",
    markdownTable(
      ["code", "level", "what it says"],
      lines.map(({ name, type, doc }) => [`\`${name}\``, type.replaceAll('"', "").replace(" | ", " or "), doc.text]),
    ),
    "",
  ].join("\n");
}
