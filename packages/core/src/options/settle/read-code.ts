import { isGroup, type AnyEntry, type AnyGroup } from "../declare/option-entry.ts";
import { optionRoot } from "../declare/option-table.ts";
import { OptionError } from "../../model/checks/option-error.ts";
import { membersOf } from "../../model/checks/plain-object.ts";
import { plainText } from "../../model/checks/quote-value.ts";
import { suggestName } from "../../model/checks/suggest-name.ts";
import type { TelemetryOptions } from "../declare/telemetry-options.ts";

/**
 * A checked copy of what the user gave.
 *
 * Throws an `OptionError` at the first unknown name or wrong value. It descends only where the table has a group, so that a deep or
 * cyclic object costs nothing.
 */
export function readCode(options: unknown): TelemetryOptions {
  try {
    return readGroup(optionRoot, options, "", "options", "an object");
  } catch (error) {
    if (error instanceof OptionError) throw error;
    throw new OptionError("options", "The options could not be read: reading them threw.", {
      code: "GSM_OPTION_UNREADABLE",
      cause: error,
    });
  }
}

function readGroup(group: AnyGroup, value: unknown, prefix: string, label: string, expectation: string): object {
  const checked: Record<string, unknown> = {};
  for (const [name, member] of membersOf(value, label, expectation)) {
    // What an editor reads in a JSON file; everybody else may ignore it.
    if (prefix === "" && name === "$schema") continue;
    const entry = Object.hasOwn(group.options, name) ? group.options[name] : undefined;
    const dotted = prefix + name;
    if (entry === undefined) throw unknownOption(group, prefix, name);
    checked[name] = isGroup(entry)
      ? readGroup(entry, member, `${dotted}.`, dotted, `an object with ${Object.keys(entry.options).join(", ")}`)
      : entry.check.validate(member, dotted);
  }
  return checked;
}

function unknownOption(group: AnyGroup, prefix: string, name: string): OptionError {
  const near = suggestName(name, Object.keys(group.options), dottedNames(optionRoot));
  const dotted = near === undefined || near.includes(".") ? near : prefix + near;
  const shown = plainText(prefix + name);
  return new OptionError(
    shown,
    `Unknown option "${shown}".${dotted === undefined ? "" : ` Did you mean "${dotted}"?`}`,
    { code: "GSM_OPTION_UNKNOWN" },
  );
}

function dottedNames(group: AnyGroup, prefix = ""): string[] {
  return Object.entries(group.options).flatMap(([name, entry]: [string, AnyEntry]) =>
    isGroup(entry) ? dottedNames(entry, `${prefix}${name}.`) : prefix === "" ? [] : [prefix + name],
  );
}
