import { callable, having } from "./checks.ts";
import { OptionError } from "./option-error.ts";

/**
 * Checks what is handed over to be called later, before it is kept: an `OptionError` where it stands wrong, rather than a failure of all that is handed
 * over after it. `methods` are those it must have; with none it must be a function itself.
 */
export function checkCallable(value: unknown, name: string, ...methods: readonly string[]): void {
  try {
    (methods.length === 0 ? callable() : having<Record<string, unknown>>(...methods)).validate(value, name);
  } catch (cause) {
    if (cause instanceof OptionError) throw cause;
    throw new OptionError(name, `"${name}" could not be read: reading it threw.`, {
      code: "GSM_OPTION_UNREADABLE",
      cause,
    });
  }
}
