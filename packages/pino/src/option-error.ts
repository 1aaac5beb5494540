import { type ErrorCode, OptionError } from "@gossamer/core";

/** The error of a wrong option or argument, told when a logger is made. */
export function optionError(option: string, message: string, code: ErrorCode, cause?: unknown): OptionError {
  return new OptionError(option, message, { code, cause });
}
