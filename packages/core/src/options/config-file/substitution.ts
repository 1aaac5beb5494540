import { ConfigError } from "./config-error.ts";

/** Text that came about by references to variables: in JSON, where they stand in quotes, it may be meant as a number or as true or false. */
export class Substituted {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const reference = /\$\$|\$\{(?:env:)?([A-Za-z_]\w*)(?::-([^}\n]*))?\}|\$\{[^}]*\}?/g;

/**
 * Replaces `${NAME}`, `${env:NAME}` and `${NAME:-default}` by the variable, by the default where it is unset or empty, and by nothing without one. `$$` is a
 * dollar, and what a value brings in is not looked at again. Throws a {@link ConfigError} for a reference that is none.
 *
 * Source: OpenTelemetry specification, declarative configuration, environment variable substitution
 */
export function substitute(text: string, variables: Readonly<Record<string, string | undefined>>): string {
  return text.replace(reference, (found: string, name: string | undefined, byDefault: string | undefined) => {
    if (found === "$$") return "$";
    if (name === undefined) throw new ConfigError(`it has a reference that is none: ${found.slice(0, 40)}`);
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    return value === undefined || value === "" ? (byDefault ?? "") : value;
  });
}
