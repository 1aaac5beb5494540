import { ConfigError } from "./config-error.ts";

/** Text that came about by references to variables: in JSON, where they stand in quotes, it may be meant as a number or as true or false. */
export class Substituted {
  readonly text: string;
  /** Whether it was one reference and nothing else. */
  readonly isWhole: boolean;

  constructor(text: string, isWhole: boolean) {
    this.text = text;
    this.isWhole = isWhole;
  }

  /** What it looks like by the core schema of YAML 1.2; undefined where that is null. */
  get scalar(): string | number | boolean | undefined {
    const text = this.text.trim();
    if (/^(?:null|~|)$/i.test(text)) return undefined;
    if (/^(?:true|false)$/i.test(text)) return text.toLowerCase() === "true";
    return numeral.test(text) ? Number(text) : this.text;
  }
}

const numeral = /^(?:[-+]?(?:\.\d+|\d+\.?\d*)(?:e[-+]?\d+)?|0o[0-7]+|0x[\da-f]+)$/i;
const reference = /\$\$|\$\{(?:env:)?([A-Za-z_]\w*)(?::-([^}\n]*))?\}|\$\{[^}]*\}?/g;

/**
 * Replaces `${NAME}`, `${env:NAME}` and `${NAME:-default}` by the variable, by the default where it is unset or empty, and by nothing without one. `$$` is a
 * dollar, and what a value brings in is not looked at again. Throws a {@link ConfigError} for a reference that is none.
 *
 * @param unset takes the names of variables that are not there, where no default is given
 *
 * Source: OpenTelemetry specification, declarative configuration, environment variable substitution
 */
export function substitute(
  text: string,
  variables: Readonly<Record<string, string | undefined>>,
  unset: Set<string>,
): string {
  return text.replace(reference, (found: string, name: string | undefined, byDefault: string | undefined) => {
    if (found === "$$") return "$";
    if (name === undefined) throw new ConfigError(`it has a reference that is none: ${found.slice(0, 40)}`);
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined && byDefault === undefined) unset.add(name);
    return value || (byDefault ?? "");
  });
}
