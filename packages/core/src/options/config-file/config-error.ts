/** What is wrong with a configuration file: one line that is fit for a log. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
