import { OptionError } from "./option-error.ts";
import { membersOf } from "./plain-object.ts";
import { plainText } from "./quote-value.ts";
import type { Check } from "./checks.ts";
import { suggestName } from "./suggest-name.ts";

/** A check for each member. What it answers may differ from what is given. */
export type MemberChecks<T> = { readonly [Name in keyof Required<T>]: Check<unknown> };

/**
 * A checked copy of an object whose members each have a check. Throws an `OptionError` for an unknown name or a wrong value.
 *
 * @param place its dotted name; empty where its members stand for themselves
 */
export function readMembers<T extends object>(
  value: unknown,
  place: string,
  expectation: string,
  table: MemberChecks<T>,
): Partial<T> {
  const checked: Record<string, unknown> = {};
  const prefix = place === "" ? "" : `${place}.`;
  for (const [member, given] of membersOf(value, place, expectation)) {
    const shown = prefix + plainText(member);
    if (!Object.hasOwn(table, member)) {
      const near = suggestName(member, Object.keys(table));
      throw new OptionError(
        shown,
        `Unknown option "${shown}".${near === undefined ? "" : ` Did you mean "${prefix}${near}"?`}`,
        { code: "GSM_OPTION_UNKNOWN" },
      );
    }
    checked[member] = table[member as keyof T].validate(given, shown);
  }
  return checked as Partial<T>;
}
