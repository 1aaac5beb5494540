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

/** The class of responses for `createServer`: it tells the engine when a head leaves ahead of the rest, so that a stream is known as one. */
export function observedResponse<Response extends Class<ServerResponse>>(Base: Response): Response {
  const prototype = Base.prototype as ServerResponse;
  return extended(Base, { write: notingHead(prototype.write), flushHeaders: notingHead(prototype.flushHeaders) });
}

type Write = (this: ServerResponse, ...args: never[]) => unknown;

function notingHead(write: Write): Write {
  return function (this: ServerResponse, ...args) {
    const result = write.apply(this, args);
    const exchange = observations.get(this.req)?.exchange;
    if (exchange?.headSeen === false) exchange.headersSent(isEventStream(this));
    return result;
  };
}

/** Assigned, so that they are enumerable as those that they cover. */
function extended<Base extends Class<object>>(Base: Base, methods: object): Base {
  abstract class Observed extends (Base as Class<object>) {}
  Object.assign(Observed.prototype, methods);
  return Observed as Base;
}
