import type { ServerResponse } from "node:http";
import { exchangeOf } from "./attached-exchange.ts";
import { coverMethod, type Method } from "./cover-method.ts";
import { isCut, isEventStream } from "./node-response.ts";

/** What sends the head ahead of the rest. An answer that is sent in one go passes none of them, and needs not. */
const inHttp1 = ["write", "flushHeaders"] as const;
/** There the head is sent as it is written, by these two as well. */
const inHttp2 = ["writeHead"] as const;

/**
 * Notices when the head of a streamed response leaves, whoever sends it, on the response's own prototype: the app's, or Node's where the framework
 * has none. A client's requests have another.
 */
export function observeHeads(response: ServerResponse): void {
  const prototype = Object.getPrototypeOf(response) as object;
  for (const name of "_header" in response ? inHttp1 : inHttp2) coverMethod(prototype, name, notingHead);
}

function notingHead(callOn: Method): Method {
  return function (...args) {
    const result = Reflect.apply(callOn, this, args);
    const { req: request } = this as { readonly req?: unknown };
    if (typeof request === "object" && request !== null) {
      const exchange = exchangeOf(request);
      // What is written to a client that is gone does not leave.
      if (exchange?.headSeen === false && !isCut(this as ServerResponse)) {
        exchange.headersSent(isEventStream(this as ServerResponse));
      }
    }
    return result;
  };
}
