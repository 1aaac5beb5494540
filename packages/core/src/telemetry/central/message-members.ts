import { plainText, quoteValue } from "../../model/checks/quote-value.ts";
import { suggestName } from "../../model/checks/suggest-name.ts";

/** What is wrong in strategies, and where: one line that is fit for a log. */
export class StrategyError extends Error {
  override readonly name = "StrategyError";
}

/**
 * The members of a message in JSON, by the names that are known. `null` is absent.
 *
 * Names are taken in camel case and in snake case, as protobuf's JSON has both. What is unknown is passed over, as a newer sender may say more, unless it is
 * nearly a known name: what it was meant to say would count as absent, and so as zero. Throws a {@link StrategyError} that names the place.
 *
 * @param isClosed whether there are no other names, so that every unknown one is wrong
 */
export function membersOfMessage<Name extends string>(
  value: unknown,
  place: string,
  names: readonly Name[],
  isClosed = false,
): Partial<Record<Name, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(place, "an object", value);
  const found: Partial<Record<Name, unknown>> = {};
  for (const [given, member] of Object.entries(value)) {
    const name = names.find((known) => known === given || snakeCase(known) === given);
    if (name === undefined) refuseUnknown(given, place, names, isClosed);
    else if (member !== null && member !== undefined) {
      if (Object.hasOwn(found, name)) throw new StrategyError(`${placeOf(place, name)} is there twice`);
      found[name] = member;
    }
  }
  return found;
}

function refuseUnknown(given: string, place: string, names: readonly string[], isClosed: boolean): void {
  const spelt = given.includes("_") ? names.map(snakeCase) : names;
  const near = suggestName(given, spelt);
  if (near === undefined && !isClosed) return;
  const hint = near === undefined ? "" : `; did you mean "${near}"?`;
  throw new StrategyError(`${placeOf(place, plainText(given))} is unknown${hint}`);
}

/** A number, or one in a text as protobuf's JSON allows, within bounds. What is absent is 0. Throws a {@link StrategyError} that names the place. */
export function numberOfMessage(value: unknown, place: string, max: number): number {
  if (value === undefined) return 0;
  const isNumeral = typeof value === "string" && /^\d{1,15}(?:\.\d{1,20})?(?:e[-+]?\d{1,3})?$/i.test(value);
  const number = isNumeral ? Number(value) : value;
  if (typeof number === "number" && number >= 0 && number <= max) return number;
  throw wrong(place, `a number from 0 to ${max}`, value);
}

/** More a second than any process has. */
export const maxRate = 1_000_000_000;

/** A list; what is absent is empty. Throws a {@link StrategyError} that names the place. */
export function listOfMessage(value: unknown, place: string): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw wrong(place, "a list", value);
  return value;
}

/** A text that is not empty. Throws a {@link StrategyError} that names the place. */
export function textOfMessage(value: unknown, place: string): string {
  if (typeof value !== "string" || value === "") throw wrong(place, "a string that is not empty", value);
  return value;
}

export function wrong(place: string, expectation: string, got: unknown): StrategyError {
  return new StrategyError(`${place === "" ? "it" : place} must be ${expectation}, got ${quoteValue(got)}`);
}

export function placeOf(place: string, member: string): string {
  return place === "" ? member : `${place}.${member}`;
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
