import { isGroup, type AnyEntry } from "../declare/option-entry.ts";
import { optionRoot } from "../declare/option-table.ts";
import type { Notice } from "../validate/notice.ts";
import { OptionError } from "../../model/checks/option-error.ts";
import { quoteValue } from "../../model/checks/quote-value.ts";
import type { Check } from "../../model/checks/checks.ts";
import type { TelemetryOptions } from "../declare/telemetry-options.ts";

/** Environment variables; undefined and empty ones are not set. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Reads variables one by one into a layer of options. Never throws: a bad value is one warning, and counts as not set. */
export class VariableReader {
  readonly notices: Notice[] = [];
  /** The variable of each option that was put, by dotted name. */
  readonly origins: Map<string, string> = new Map();
  readonly #options: Record<string, unknown> = {};
  readonly #variables: Variables;

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  /** What was put so far. */
  get options(): TelemetryOptions {
    return this.#options;
  }

  /** The value without outer blanks; undefined when it is not set or nothing is left. */
  text(variable: string): string | undefined {
    const value = this.#variables[variable]?.trim();
    return value === "" ? undefined : value;
  }

  /** The parts of a list, without outer blanks and empty ones. */
  list(variable: string): string[] | undefined {
    const parts = this.text(variable)
      ?.split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
    return parts?.length === 0 ? undefined : parts;
  }

  /**
   * The value when it passes the check, once it was read from the text; else a warning and undefined.
   *
   * @param expectation in the words of a variable that has another unit than its option
   */
  checked<T>(variable: string, check: Check<T>, parse: (text: string) => unknown, expectation?: string): T | undefined {
    const text = this.text(variable);
    if (text === undefined) return undefined;
    try {
      return check.validate(parse(text), variable);
    } catch (error) {
      const failed = error instanceof OptionError ? error.expectation : undefined;
      this.refuse(variable, expectation ?? failed ?? check.expectation, text);
      return undefined;
    }
  }

  /** Puts an option that the table knows, when the variable is set and its value passes the option's check. */
  putChecked(option: string, variable: string, parse: (text: string) => unknown, expectation?: string): void {
    const entry = findEntry(option);
    if (entry === undefined || isGroup(entry)) return;
    const value = this.checked(variable, entry.check, parse, expectation);
    if (value !== undefined) this.put(option, variable, value);
  }

  /** Puts an option whose value is no text. Throws an `OptionError` that names it as `place`. */
  putValue(option: string, variable: string, value: unknown, place: string): void {
    const entry = findEntry(option);
    if (entry === undefined || isGroup(entry)) throw new TypeError(`no option "${option}"`);
    this.put(option, variable, entry.check.validate(value, place));
  }

  /** Whether an option holds further options. */
  isGroup(option: string): boolean {
    const entry = findEntry(option);
    return entry !== undefined && isGroup(entry);
  }

  /** Puts an option whose value is known to pass its check. */
  put(option: string, variable: string, value: unknown): void {
    const path = option.split(".");
    const last = path.pop() ?? option;
    let group = this.#options;
    for (const name of path) {
      const nested = (group[name] ?? {}) as Record<string, unknown>;
      group[name] = nested;
      group = nested;
    }
    group[last] = value;
    this.origins.set(option, variable);
  }

  refuse(variable: string, expectation: string, text: string, effect = "it is ignored"): void {
    this.wrong(`${variable} must be ${expectation}, got ${quoteValue(text)}; ${effect}`);
  }

  /** A variable whose value cannot be. */
  wrong(line: string): void {
    this.notices.push({ level: "warn", code: "GSM_VARIABLE_VALUE", line });
  }

  /** A variable that is not followed, or not to the letter. */
  unsupported(line: string, level: "info" | "warn" = "warn"): void {
    this.notices.push({ level, code: "GSM_VARIABLE_UNSUPPORTED", line });
  }
}

function findEntry(option: string): AnyEntry | undefined {
  let entry: AnyEntry | undefined = optionRoot;
  for (const name of option.split(".")) entry = entry !== undefined && isGroup(entry) ? entry.options[name] : undefined;
  return entry;
}
