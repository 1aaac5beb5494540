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

/**
 * The options that a public function was given, checked and copied; the `needed` ones are there. Throws an `OptionError` for anything else, so that no
 * default holds in the place of what was meant.
 */
export function readOptions<T extends object, Needed extends keyof T & string = never>(
  value: unknown,
  place: string,
  table: MemberChecks<T>,
  needed: readonly Needed[] = [],
  expectation = "an object",
): Partial<T> & Pick<T, Needed> {
  const checked = readMembers<T>(value, place, expectation, table);
  for (const name of needed) if (checked[name] === undefined) table[name].validate(undefined, `${place}.${name}`);
  return checked as Partial<T> & Pick<T, Needed>;
}
