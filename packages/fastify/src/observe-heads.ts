import type { ServerResponse } from "node:http";
import { exchangeOf, isEventStream } from "@gossamer/core";

type Write = (this: ServerResponse, ...args: unknown[]) => unknown;

const observed = new WeakSet<object>();

/** What sends the head ahead of the rest. An answer that is sent in one go passes none of them, and needs not. */
const inHttp1 = ["write", "flushHeaders"] as const;
/** There the head is sent as it is written, by these two as well. */
const inHttp2 = ["writeHead"] as const;

/**
 * Notices when the head of a streamed response leaves, whoever sends it, on the prototype that has such methods: Node's, in most apps.
 *
 * Fastify has no place that sees what is written past it, and that is how event streams are sent: `reply.hijack()`, `reply.raw`. A hook
 * (`onSend`) would miss them, and cost every answer something.
 */
export function observeHeads(response: ServerResponse): void {
  for (const name of "_header" in response ? inHttp1 : inHttp2) {
    const holder = holderOf(response, name);
    if (holder === undefined) continue;
    const write = Reflect.get(holder, name) as Write;
    if (!observed.has(write)) Object.defineProperty(holder, name, { value: observing(write) });
  }
}

function observing(write: Write): Write {
  const observingWrite: Write = function (this: ServerResponse, ...args) {
    const result = write.apply(this, args);
    // A client's requests have the same method, and no request of their own.
    const { req: request } = this as Partial<ServerResponse>;
    const exchange = request === undefined ? undefined : exchangeOf(request);
    if (exchange?.headSeen === false) exchange.headersSent(isEventStream(this));
    return result;
  };
  for (const key of ["name", "length"] as const) Object.defineProperty(observingWrite, key, { value: write[key] });
  observed.add(observingWrite);
  return observingWrite;
}

function holderOf(response: ServerResponse, name: string): object | undefined {
  let holder = Object.getPrototypeOf(response) as object | null;
  while (holder !== null && !Object.hasOwn(holder, name)) holder = Object.getPrototypeOf(holder) as object | null;
  return holder ?? undefined;
}
