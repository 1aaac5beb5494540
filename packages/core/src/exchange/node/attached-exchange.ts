import type { Exchange } from "../exchange.ts";

/** Returns from its constructor the object it was given, so that the class built on it adds its field to that object. */
class Adopted {
  constructor(target: object) {
    return target;
  }
}

/** A private field: nobody can see, list or copy it, and it costs a fifteenth of a WeakMap. */
class ExchangeField extends Adopted {
  #exchange: Exchange;

  constructor(target: object, exchange: Exchange) {
    super(target);
    this.#exchange = exchange;
  }

  static read(target: object): Exchange | undefined {
    return #exchange in target ? target.#exchange : undefined;
  }
}

/** Ties an exchange to its request, for good. A second one throws: ask {@link exchangeOf} first. */
export function attachExchange(request: object, exchange: Exchange): void {
  new ExchangeField(request, exchange);
}

/** The exchange that was tied to a request. */
export function exchangeOf(request: object): Exchange | undefined {
  return ExchangeField.read(request);
}
