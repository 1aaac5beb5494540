import { anyOf, type JsonSchema } from "./json-schema.ts";
import { type ValueCode, valueCode, wrongValue } from "./option-error.ts";
import { quoteValue } from "./quote-value.ts";

/**
 * What an option's value must be.
 *
 * `validate` answers the value, copied where it has members, so that nothing of the caller's is kept or changed; else it throws an
 * `OptionError` that names the option, the expectation and the value. Nothing is converted: `"0.1"` is not a number.
 */
export interface Check<T> {
  /** As the documentation's type column shows it. */
  readonly type: string;
  /** Completes the sentence `Option "x" must be …`. */
  readonly expectation: string;
  /** For editors; undefined where JSON has no such value. */
  readonly schema?: JsonSchema | undefined;
  validate(value: unknown, name: string): T;
}

/** The longest time a Node timer can wait, in ms: beyond it, it fires at once. */
const maxTimerMs = 2_147_483_647;

/** A finite number within bounds, both included. */
export function number(min: number, max: number = Number.MAX_VALUE): Check<number> {
  return check(
    "number",
    max === Number.MAX_VALUE ? `a number of at least ${min}` : `a number from ${min} to ${max}`,
    (value): value is number => typeof value === "number" && value >= min && value <= max,
    max === Number.MAX_VALUE ? { type: "number", minimum: min } : { type: "number", minimum: min, maximum: max },
  );
}

/** A number above 0, up to a bound. */
export function aboveZero(max: number = Number.MAX_VALUE): Check<number> {
  return check(
    "number",
    `a number above 0${max === Number.MAX_VALUE ? "" : ` and at most ${max}`}`,
    (value): value is number => typeof value === "number" && value > 0 && value <= max,
  );
}

/** A whole number within bounds, both included. */
export function integer(min: number, max: number): Check<number> {
  return check(
    "number",
    `an integer from ${min} to ${max}`,
    (value): value is number => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
    { type: "integer", minimum: min, maximum: max },
  );
}

/** How many of something there may be. */
export function count(min: number): Check<number> {
  return integer(min, 1_000_000_000);
}

/** A time in ms that a Node timer can wait. */
export function durationMs(min: number): Check<number> {
  return check(
    "number",
    `a number of milliseconds from ${min} to ${maxTimerMs}`,
    (value): value is number => typeof value === "number" && value >= min && value <= maxTimerMs,
    { type: "number", minimum: min, maximum: maxTimerMs },
  );
}

export const boolean: Check<boolean> = check(
  "boolean",
  "true or false",
  (value): value is boolean => typeof value === "boolean",
  { type: "boolean" },
);

/** Text that is not empty. */
export const text: Check<string> = check(
  "string",
  "a string that is not empty",
  (value): value is string => typeof value === "string" && value !== "",
  { type: "string", minLength: 1 },
);

/** Text of at most so many characters, which may be empty. */
export function shortText(maxLength: number): Check<string> {
  return check(
    "string",
    `a string of at most ${maxLength} characters`,
    (value): value is string => typeof value === "string" && value.length <= maxLength,
    { type: "string", maxLength },
  );
}

/** One of some words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Check<Word> {
  const known: readonly string[] = words;
  const quoted = words.map((word) => `"${word}"`);
  return check(
    quoted.join(" | "),
    quoted.length === 1 ? `${quoted[0]}` : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`,
    (value): value is Word => typeof value === "string" && known.includes(value),
    { enum: words },
  );
}

/** A function; its parameters and answer are taken on trust. */
export function callable<F extends (...parameters: never[]) => unknown>(): Check<F> {
  return check("function", "a function", (value): value is F => typeof value === "function");
}

/** An object, or a function, that has these functions, inherited or its own. It is kept as it is, not copied. */
export function having<T extends object>(...methods: readonly (keyof T & string)[]): Check<T> {
  const calls = methods.map((method) => `${method}()`);
  return check(
    "object",
    `an object with ${enumerated(calls)}`,
    (value): value is T =>
      (typeof value === "object" || typeof value === "function") &&
      value !== null &&
      methods.every((method) => typeof (value as Record<string, unknown>)[method] === "function"),
  );
}

/** What either check allows. */
export function either<A, B>(left: Check<A>, right: Check<B>): Check<A | B> {
  const expectation = `${left.expectation}, or ${right.expectation}`;
  return {
    type: `${left.type} | ${right.type}`,
    expectation,
    schema: anyOf(left.schema, right.schema),
    validate(value, name) {
      let code: ValueCode = "GSM_OPTION_TYPE";
      for (const alternative of [left, right]) {
        try {
          return alternative.validate(value, name);
        } catch (error) {
          // The other check may still allow it; when neither does, the error below names both.
          if (valueCode(error) === "GSM_OPTION_RANGE") code = "GSM_OPTION_RANGE";
        }
      }
      throw wrongValue(name, expectation, quoteValue(value), code);
    },
  };
}

/** A list whose every element passes the check; the error names the element. */
export function listOf<T>(element: Check<T>, maxLength = 1_000): Check<readonly T[]> {
  const expectation = `a list of at most ${maxLength} elements`;
  return {
    type: element.type.includes(" ") ? `(${element.type})[]` : `${element.type}[]`,
    expectation,
    schema: element.schema && { type: "array", items: element.schema, maxItems: maxLength },
    validate(value, name) {
      if (!Array.isArray(value)) throw wrongValue(name, expectation, quoteValue(value), "GSM_OPTION_TYPE");
      if (value.length > maxLength) throw wrongValue(name, expectation, `${value.length}`, "GSM_OPTION_RANGE");
      // By index and not by map(), which would step over holes.
      return Array.from({ length: value.length }, (_, i) => element.validate(value[i], `${name}[${i}]`));
    },
  };
}

/** Finite numbers, each greater than the one before. */
export function increasingNumbers(maxLength: number): Check<readonly number[]> {
  const numbers = listOf(
    check("number", "a finite number", (value): value is number => Number.isFinite(value), { type: "number" }),
    maxLength,
  );
  return {
    type: numbers.type,
    expectation: numbers.expectation,
    schema: numbers.schema,
    validate(value, name) {
      const list = numbers.validate(value, name);
      list.forEach((bound, i) => {
        const before = list[i - 1];
        if (before !== undefined && bound <= before) {
          throw wrongValue(
            `${name}[${i}]`,
            `greater than the one before it, ${before}`,
            quoteValue(bound),
            "GSM_OPTION_RANGE",
          );
        }
      });
      return list;
    },
  };
}

/** A check of one test, for values without members. */
export function check<T>(
  type: string,
  expectation: string,
  allows: (value: unknown) => value is T,
  schema: JsonSchema | undefined = type === "string" ? { type } : undefined,
): Check<T> {
  return {
    type,
    expectation,
    schema,
    validate(value, name) {
      if (allows(value)) return value;
      throw wrongValue(
        name,
        expectation,
        quoteValue(value),
        isKind(type, value) ? "GSM_OPTION_RANGE" : "GSM_OPTION_TYPE",
      );
    },
  };
}

/** Whether a value is of the kind that the type column names; words are text. */
function isKind(type: string, value: unknown): boolean {
  return typeof value === (type.startsWith('"') ? "string" : type) && value !== null;
}

/** One name or several, as a sentence has them: `a, b and c`. */
export function enumerated(names: readonly string[]): string {
  return names.join(", ").replace(/, ([^,]*)$/, " and $1");
}
