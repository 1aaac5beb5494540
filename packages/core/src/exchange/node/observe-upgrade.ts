import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { RequestExchange } from "../../model/request/request-exchange.ts";
import { unservedOutcome } from "./node-response.ts";

const switchingProtocols = 101;

/**
 * Observes a request whose connection is being taken over, by a web socket most of all. From the change of protocol on it is a stream: how long a web
 * socket stays open is no duration of a request.
 *
 * Who takes a connection over answers on it, past the response. Only such connections are watched, until their first status.
 */
export function observeUpgrade(exchange: RequestExchange, request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  // A response without a connection stands for one that was taken over before: whatever it is told, the answer has left.
  const wasTakenOver = response.socket === null;
  let status: number | undefined;
  const saw = (code: number): void => {
    status = code;
    if (code === switchingProtocols) exchange.headersSent(true);
  };
  const end = (): void => {
    const own = unservedOutcome(response, response);
    if (!wasTakenOver && own.statusCode !== undefined) exchange.end(own);
    else exchange.end({ ...own, statusCode: status, completed: status !== undefined });
  };
  if (wasTakenOver) saw(switchingProtocols);
  else watchStatus(socket, saw);
  if (socket.destroyed) end();
  else socket.once("close", end);
}

/** Calls back with the first status that is written to a connection, but for those that say "go on". */
function watchStatus(socket: Socket, saw: (status: number) => void): void {
  const watching = new Map<"write" | "end", unknown>();
  const stop = (): void => {
    for (const [name, method] of watching) if (socket[name] === method) Reflect.deleteProperty(socket, name);
  };
  for (const name of ["write", "end"] as const) {
    const callOn = socket[name] as (...args: unknown[]) => unknown;
    const method = function (this: Socket, ...args: unknown[]): unknown {
      const status = statusIn(args[0]);
      if (status !== undefined) {
        stop();
        saw(status);
      }
      return Reflect.apply(callOn, this, args);
    };
    watching.set(name, method);
    Object.defineProperty(socket, name, { configurable: true, enumerable: false, writable: true, value: method });
  }
}

const statusLine = /^HTTP\/1\.\d ([2-5]\d\d|101)/;
const statusLineBytes = 12;

function statusIn(part: unknown): number | undefined {
  const text = part instanceof Uint8Array ? Buffer.from(part.subarray(0, statusLineBytes)).toString("latin1") : part;
  const found = typeof text === "string" ? statusLine.exec(text) : null;
  return found === null ? undefined : Number(found[1]);
}
