import type { ErrorCode } from "../codes.ts";

/**
 * A mistake in the options, told when the engine is set up and never later: an unknown name, a wrong value, or two values that do not fit.
 *
 * The only class of error that reading options throws. It extends `Error` and not `TypeError` or `RangeError`, because one option
 * can be wrong in both ways; tell mistakes apart by `code` and `option`, not by class. Values that may hold a secret are never in the message.
 */
export class OptionError extends Error {
  override readonly name = "OptionError";
  /** Stable, while messages may change: what kind of mistake it is. */
  readonly code: ErrorCode;
  // Behind getters, so that Node does not print below an uncaught error what its message says already.
  readonly #option: string;
  readonly #expectation: string | undefined;

  constructor(option: string, message: string, details: OptionErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.#option = option;
    this.#expectation = details.expectation;
  }

  /** The option's dotted name, such as `queue.maxSpans`. */
  get option(): string {
    return this.#option;
  }

  /** What the value must be, in the words of the message; undefined when the value is not what is wrong. */
  get expectation(): string | undefined {
    return this.#expectation;
  }
}

/** A number and the dotted name of its option. */
export interface NamedValue {
  readonly option: string;
  readonly value: number;
}

/** What an `OptionError` knows beside its message. */
export interface OptionErrorDetails {
  readonly code: ErrorCode;
  readonly expectation?: string | undefined;
  readonly cause?: unknown;
}

/**
 * Has an `OptionError` begin its stack at the caller of a public function: above an uncaught error Node shows the line there, which is the one to
 * change, and not a line of ours. Any other error keeps the stack it has.
 */
export function blameCaller(error: unknown, publicFunction: (...args: never[]) => unknown): void {
  if (error instanceof OptionError) Error.captureStackTrace(error, publicFunction);
}

/** Whether the kind of a value is wrong, or the value alone. */
export type ValueCode = "GSM_OPTION_TYPE" | "GSM_OPTION_RANGE";

/** The error of a value that fails a check: `Option "sampleRatio" must be a number from 0 to 1, got '0.1'.` */
export function wrongValue(option: string, expectation: string, got: string, code: ErrorCode): OptionError {
  return new OptionError(option, `Option "${option}" must be ${expectation}, got ${got}.`, { code, expectation });
}

/** The error of a lower bound that exceeds the upper one. */
export function exceedingError(lower: NamedValue, upper: NamedValue): OptionError {
  return wrongValue(
    lower.option,
    `at most "${upper.option}" (${upper.value})`,
    String(lower.value),
    "GSM_OPTION_CONFLICT",
  );
}

/** Throws where one number of a function's options exceeds another that bounds it. */
export function checkOrder<Name extends string>(
  place: string,
  numbers: Readonly<Record<Name, number>>,
  lower: Name,
  upper: Name,
): void {
  const [least, most] = [lower, upper].map((name) => ({ option: `${place}.${name}`, value: numbers[name] }));
  if (least!.value > most!.value) throw exceedingError(least!, most!);
}

/** The error of a sampler and another option that says what is sampled. */
export function samplerConflict(other: string, blamed: string = other): OptionError {
  return new OptionError(blamed, `Options "sampler" and "${other}" exclude each other: give one of them.`, {
    code: "GSM_OPTION_CONFLICT",
  });
}

/** The code of the value that an error is about, to say the error again in other words. */
export function valueCode(error: unknown): ValueCode {
  return error instanceof OptionError && error.code === "GSM_OPTION_RANGE" ? error.code : "GSM_OPTION_TYPE";
}
