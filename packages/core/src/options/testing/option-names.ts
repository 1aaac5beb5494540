import { isGroup, type AnyGroup } from "../declare/option-entry.ts";
import { optionRoot } from "../declare/option-table.ts";

/** The dotted names of all options, in the order of their declaration. */
export const optionNames: readonly string[] = namesOf(optionRoot, "");

function namesOf(group: AnyGroup, prefix: string): string[] {
  return Object.entries(group.options).flatMap(([name, entry]) =>
    isGroup(entry) ? namesOf(entry, `${prefix}${name}.`) : [prefix + name],
  );
}
