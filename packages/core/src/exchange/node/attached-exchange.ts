import type { RequestExchange } from "../../model/request-exchange.ts";
import { Adopted } from "./adopted.ts";

/** A private field: nobody can see, list or copy it, and it costs a fifteenth of a WeakMap. */
class ExchangeField extends Adopted {
  #exchange: RequestExchange;

  constructor(target: object, exchange: RequestExchange) {
    super(target);
    this.#exchange = exchange;
  }

  static read(target: object): RequestExchange | undefined {
    return #exchange in target ? target.#exchange : undefined;
  }
}

/** Ties an exchange to its request, for good. A second one throws: ask {@link exchangeOf} first. */
export function attachExchange(request: object, exchange: RequestExchange): void {
  new ExchangeField(request, exchange);
}

/** The exchange that was tied to a request. */
export function exchangeOf(request: object): RequestExchange | undefined {
  return ExchangeField.read(request);
}
