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
    "Written by `pnpm generate` from `model/codes.ts`. A code keeps its meaning; its words may change. Look for codes, not for texts.\n",
    "## Errors\n",
    "`error.code` of what is thrown at start: by `createTelemetry` and the adapters, by the parts that stand alone, by changes of the sampling, by loggers and by `@gossamer/measure`. Nothing throws later.\n",
    markdownTable(
      ["code", "what is wrong"],
      errors.map(({ name, doc }) => [`\`${name}\``, doc.text]),
    ),
    "\n## Lines\n",
    "Each line of the engine about itself ends with its code: `gossamer: sampling 1 % of requests (…) [GSM_START]`. The option `diagnostics` says which levels are written, `log` where to.\n",
    markdownTable(
      ["code", "level", "what it says"],
      lines.map(({ name, type, doc }) => [`\`${name}\``, type.replaceAll('"', "").replace(" | ", " or "), doc.text]),
    ),
    "",
  ].join("\n");
}
