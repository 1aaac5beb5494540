import { OptionError, wrongValue } from "./option-error.ts";
import { quoteValue } from "./quote-value.ts";

/**
 * Checks what is handed over to be called later, before it is kept: an `OptionError` where it stands wrong, rather than a failure of all that is handed
 * over after it. `methods` are those it must have; with none it must be a function itself.
 */
export function checkCallable(value: unknown, name: string, ...methods: readonly string[]): void {
  const expectation =
    methods.length === 0 ? "a function" : `an object with ${methods.map((method) => `${method}()`).join(" and ")}`;
  if (!isCallable(value, name, methods)) throw wrongValue(name, expectation, quoteValue(value), "GSM_OPTION_TYPE");
}

function isCallable(value: unknown, name: string, methods: readonly string[]): boolean {
  if (methods.length === 0) return typeof value === "function";
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  try {
    return methods.every((method) => typeof Reflect.get(value, method) === "function");
  } catch (cause) {
    throw new OptionError(name, `"${name}" could not be read: looking at it threw.`, {
      code: "GSM_OPTION_UNREADABLE",
      cause,
    });
  }
}
