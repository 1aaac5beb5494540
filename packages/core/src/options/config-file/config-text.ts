import { readFileNow } from "../../model/foreign/read-file.ts";
import { textOf } from "../../model/foreign/text-of.ts";
import { plainText } from "../../model/checks/quote-value.ts";
import type { Variables } from "../variables/variable-reader.ts";
import { ConfigError } from "./config-error.ts";
import { configParser } from "./config-parser.ts";
import { Substituted, substitute } from "./substitution.ts";

const maxFileBytes = 1_048_576;
const maxDepth = 64;

/**
 * What a configuration file holds, with variables in the place of references. Throws a {@link ConfigError}.
 *
 * @param unset takes the names of variables that are not there, where no default is given
 */
export function readConfigText(path: string, variables: Variables, unset: Set<string>): unknown {
  const text = readFile(path);
  const replace = (part: string): string => substitute(part, variables, unset);
  const parse = /\.json$/i.test(path) || text.trimStart().startsWith("{") ? undefined : configParser();
  try {
    if (parse !== undefined) return parse(text, replace);
    return substituted(JSON.parse(text), replace, 0);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (parse === undefined && !text.trimStart().startsWith("{")) {
      throw new ConfigError(
        "it is no JSON; for YAML install @gossamer/config and start with `node --import @gossamer/config`",
      );
    }
    throw new ConfigError(`it cannot be parsed: ${plainText(textOf(error))}`);
  }
}

function readFile(path: string): string {
  try {
    return readFileNow(path, maxFileBytes);
  } catch (error) {
    throw new ConfigError(`it cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
  }
}

function substituted(value: unknown, replace: (text: string) => string, depth: number): unknown {
  if (depth > maxDepth) throw new ConfigError(`it is more than ${maxDepth} deep`);
  if (typeof value === "string")
    return value.includes("$") ? new Substituted(replace(value), /^\$\{[^}]*\}$/.test(value)) : value;
  if (Array.isArray(value)) return value.map((member: unknown) => substituted(member, replace, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, unknown]) => [name, substituted(member, replace, depth + 1)]),
  );
}
