/**
 * A member that pino keeps under a symbol; undefined where this logger's pino has none of that name. Each copy of pino has symbols of its own, so
 * they are found by what they are called.
 */
export function pinoMember(logger: object, name: string): unknown {
  const symbol = pinoSymbol(logger, name);
  return symbol === undefined ? undefined : Reflect.get(logger, symbol);
}

/** The symbol itself, for what is read often. */
export function pinoSymbol(logger: object, name: string): symbol | undefined {
  for (let object: object | null = logger; object !== null; object = Object.getPrototypeOf(object) as object | null) {
    const symbol = Object.getOwnPropertySymbols(object).find(({ description }) => description === `pino.${name}`);
    if (symbol !== undefined) return symbol;
  }
  return undefined;
}
