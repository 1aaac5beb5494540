import type { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { isEventStream } from "@gossamer/core";
import { observations } from "./observations.ts";

type Class<Instance> = abstract new (...args: never[]) => Instance;

/**
 * The class of requests for `createServer`: Node emits later parts of a body outside of the request's context; from the first listener on, all
 * listeners run in it.
 */
export function observedRequest<Request extends Class<EventEmitter>>(Base: Request): Request {
  const on = (Base.prototype as EventEmitter).on;
  function bindingOn(this: EventEmitter, ...args: Parameters<EventEmitter["on"]>): EventEmitter {
    const observation = observations.get(this);
    if (observation?.isBound === false) {
      observation.isBound = true;
      observation.exchange.bind(this);
    }
    return on.apply(this, args);
  }
  return extended(Base, { on: bindingOn, addListener: bindingOn });
}

/** The class of responses for `createServer`: it tells the engine when a response head leaves, so that a stream is known as one. */
export function observedResponse<Response extends Class<ServerResponse>>(Base: Response): Response {
  const writeHead = (Base.prototype as ServerResponse).writeHead as (...args: unknown[]) => ServerResponse;
  function notingWriteHead(this: ServerResponse, ...args: unknown[]): ServerResponse {
    const result = writeHead.apply(this, args);
    observations.get(this.req)?.exchange.headersSent(isEventStream(this, args));
    return result;
  }
  return extended(Base, { writeHead: notingWriteHead });
}

/** Assigned, so that they are enumerable as those that they cover. */
function extended<Base extends Class<object>>(Base: Base, methods: object): Base {
  abstract class Observed extends (Base as Class<object>) {}
  Object.assign(Observed.prototype, methods);
  return Observed as Base;
}
