import { OptionError } from "../../model/checks/option-error.ts";
import type { VariableReader } from "../variables/variable-reader.ts";
import { ConfigError } from "./config-error.ts";

/** The variable that names the file; every option of it is told as this one's. */
export const configVariable = "OTEL_CONFIG_FILE";

/** The options that a configuration file chooses. */
export class ConfigLayer {
  readonly reader: VariableReader;

  /** @param reader has what other variables say that a file does not stand in for */
  constructor(reader: VariableReader) {
    this.reader = reader;
  }

  /** Puts an option, unless the value is undefined. Throws a {@link ConfigError} that names its place in the file. */
  put(option: string, value: unknown, place: string): void {
    if (value === undefined) return;
    inWordsOfFile(() => this.reader.putValue(option, configVariable, value, place));
  }
}

/**
 * Says what is wrong with an option as what is wrong in the file.
 *
 * @param place where options stand by their own names
 */
export function inWordsOfFile(read: () => void, place = ""): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new ConfigError(
      error.message.replace(/^Option "([^"]+)"/, (_, name: string) => place + name).replace(/\.$/, ""),
    );
  }
}
