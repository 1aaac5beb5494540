import type { ServerResponse } from "node:http";
import { announcesEvents, exchangeOf } from "@gossamer/core";

type WriteHead = (this: ServerResponse, status: number, reason?: unknown, headers?: unknown) => ServerResponse;

const observed = new WeakSet<object>();

/**
 * Notices when the head of a response is written, whoever writes it, on the prototype that has `writeHead` for such responses: Node's, in most apps.
 *
 * Fastify has no place that sees what is written past it, and that is how event streams are sent: `reply.hijack()`, `reply.raw`. A hook
 * (`onSend`) would miss them and cost as much; a wrapper or a prototype for each response costs more than all else we do. Responses without an
 * exchange pay for one look at their request.
 */
export function observeHeads(response: ServerResponse): void {
  const holder = holderOf(response);
  if (holder === undefined || observed.has(holder)) return;
  const writeHead = Reflect.get(holder, "writeHead") as WriteHead;
  const observing: WriteHead = function (this: ServerResponse, status, reason, headers) {
    const result = writeHead.call(this, status, reason, headers);
    exchangeOf(this.req)?.headersSent(announcesEvents(this, headers ?? reason));
    return result;
  };
  for (const name of ["name", "length"] as const) Object.defineProperty(observing, name, { value: writeHead[name] });
  observed.add(holder);
  Object.defineProperty(holder, "writeHead", { value: observing });
}

function holderOf(response: ServerResponse): object | undefined {
  let holder = Object.getPrototypeOf(response) as object | null;
  while (holder !== null && !Object.hasOwn(holder, "writeHead"))
    holder = Object.getPrototypeOf(holder) as object | null;
  return holder ?? undefined;
}
