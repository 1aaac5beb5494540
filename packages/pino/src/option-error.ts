import type { ErrorCode } from "@gossamer/core";

/** The error of a wrong option or argument, told when a logger is made. Its code is one of core's. */
export function optionError(
  message: string,
  code: ErrorCode,
  cause?: unknown,
): TypeError & { readonly code: ErrorCode } {
  return Object.assign(new TypeError(message, cause === undefined ? undefined : { cause }), { code });
}
