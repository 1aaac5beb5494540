/** Under this name whoever can read another format than JSON is found, in whichever copy of this package. */
const parserKey = Symbol.for("gossamer.config-parser");

/**
 * Reads the text of a configuration file. Texts in it go through `substitute`, which may throw; plain ones are what they look like afterwards.
 */
export type ConfigParser = (text: string, substitute: (text: string) => string) => unknown;

interface ParserPlace {
  [parserKey]?: ConfigParser | undefined;
}

/** What `@gossamer/config` has put in place; undefined where it was not loaded. */
export function configParser(): ConfigParser | undefined {
  return (globalThis as ParserPlace)[parserKey];
}
