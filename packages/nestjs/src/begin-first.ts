import type { RequestHook } from "@gossamer/fastify";
import type { HttpServer } from "@nestjs/common";

/** What of Nest's platform for Fastify is looked at. The hook's field is its own, and read only. */
export type FastifyPlatform = HttpServer & {
  setOnRequestHook?(hook: RequestHook): void;
  readonly onRequestHook?: RequestHook;
};

/**
 * Runs our hook before those that Nest adds to a Fastify app when it makes it: middleware, CORS, and what it refuses itself.
 *
 * Nest has one place in front of all of them, and it is the service's: a hook that is there, or comes later, runs right behind ours. Where a
 * version has no such place, a request begins behind Nest's own hooks.
 */
export function beginFirst(platform: FastifyPlatform, begin: RequestHook): void {
  const { setOnRequestHook, onRequestHook } = platform;
  if (setOnRequestHook === undefined) return;
  function put(hook: RequestHook | undefined): void {
    setOnRequestHook?.call(platform, hook === undefined ? begin : behind(begin, hook.bind(platform)));
  }
  put(onRequestHook);
  Object.defineProperty(platform, "setOnRequestHook", {
    configurable: true,
    enumerable: false,
    writable: true,
    value: put,
  });
}

/** Both hooks; what the second answers, such as a promise, is what the platform is given, also of a request that is held before it. */
function behind(begin: RequestHook, hook: RequestHook): RequestHook {
  return (request, reply, done) => {
    let answer: unknown;
    let later: ((answer: unknown) => void) | undefined;
    let isHeld = true;
    begin(request, reply, () => {
      isHeld = false;
      answer = hook(request, reply, done);
      later?.(answer);
    });
    if (!isHeld) return answer;
    // A hook that answers nothing calls `done`: then this never settles.
    return new Promise((resolve) => {
      later = (answered) => {
        if (isThenable(answered)) resolve(answered);
      };
    });
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value;
}
