/**
 * A module of Node itself, loaded when it is first asked for.
 *
 * `import` reads every name such a module exports, and so `node:http` loads Node's fetch and WebSocket clients and `node:fs` its promises:
 * 50 ms of a service's start for things that nobody uses. This does not.
 */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  return process.getBuiltinModule(name) as unknown as Builtins[Name];
}

interface Builtins {
  "node:async_hooks": typeof import("node:async_hooks");
  "node:cluster": typeof import("node:cluster").default;
  "node:crypto": typeof import("node:crypto");
  "node:dgram": typeof import("node:dgram");
  "node:diagnostics_channel": typeof import("node:diagnostics_channel");
  "node:events": typeof import("node:events");
  "node:fs": typeof import("node:fs");
  "node:http": typeof import("node:http");
  "node:http2": typeof import("node:http2");
  "node:module": typeof import("node:module");
  "node:net": typeof import("node:net");
  "node:os": typeof import("node:os");
  "node:path": typeof import("node:path");
  "node:perf_hooks": typeof import("node:perf_hooks");
  "node:tls": typeof import("node:tls");
  "node:url": typeof import("node:url");
  "node:util": typeof import("node:util");
  "node:v8": typeof import("node:v8");
  "node:worker_threads": typeof import("node:worker_threads");
  "node:zlib": typeof import("node:zlib");
}

/**
 * Whether this thread is the process's own, not a worker. `node:worker_threads` says so too, but to load it takes a start of a service longer than all that is
 * asked of it.
 *
 * Source: Node marks what a worker must not call, https://nodejs.org/api/worker_threads.html#class-worker
 */
export function isMainThread(): boolean {
  return (process.abort as { disabled?: boolean }).disabled !== true;
}
