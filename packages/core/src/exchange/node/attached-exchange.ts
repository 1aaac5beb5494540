import type { RequestExchange } from "../../model/request/request-exchange.ts";
import { Adopted } from "./adopted.ts";

/** A private field: nobody can see, list or copy it, and it costs a fifteenth of a WeakMap. */
class ExchangeField extends Adopted {
  #exchange: RequestExchange | undefined;

  constructor(target: object, exchange: RequestExchange | undefined) {
    super(target);
    this.#exchange = exchange;
  }

  static read(target: object): RequestExchange | undefined {
    return #exchange in target ? target.#exchange : undefined;
  }

  static set(target: object, exchange: RequestExchange): void {
    (target as ExchangeField).#exchange = exchange;
  }
}

const fieldKey = Symbol.for("gossamer.exchange");
const shared = globalThis as { [fieldKey]?: typeof ExchangeField };
/** One for all copies of this package: what the copy of an adapter ties, the copy that made the engine finds. */
const Field = (shared[fieldKey] ??= ExchangeField);

/** Ties an exchange to its request, for good. A second one throws: ask {@link exchangeOf} first. */
export function attachExchange(request: object, exchange: RequestExchange): void {
  new Field(request, exchange);
}

/**
 * Whether the request is new: then it takes one exchange, by {@link setExchange}.
 *
 * To add a private field a second time throws, and to look first would cost each request.
 */
export function claimRequest(request: object): boolean {
  try {
    new Field(request, undefined);
  } catch {
    return false;
  }
  return true;
}

/** Gives a claimed request its exchange. */
export function setExchange(request: object, exchange: RequestExchange): void {
  Field.set(request, exchange);
}

/** The exchange that was tied to a request; undefined also for the moment in which it begins. */
export function exchangeOf(request: object): RequestExchange | undefined {
  return Field.read(request);
}
