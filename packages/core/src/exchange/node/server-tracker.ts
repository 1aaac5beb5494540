import type { DrainableServer } from "../../pipeline/ending/drain.ts";

/** A process has a few servers; one that makes them by the request is not drained. */
const maxServers = 32;

/** The servers whose requests were seen, found through the socket of a request. */
export class ServerTracker {
  readonly #servers = new Set<DrainableServer>();
  #last: unknown;

  /** Notes the server of a request of `node:http` or its HTTP/2 twin. */
  see(request: unknown): void {
    const server = (request as { socket?: { server?: unknown } | null }).socket?.server;
    if (server === this.#last || server === undefined) return;
    this.#last = server;
    if (isServer(server) && this.#servers.size < maxServers) this.#servers.add(server);
  }

  get servers(): Iterable<DrainableServer> {
    return this.#servers;
  }
}

function isServer(value: unknown): value is DrainableServer {
  return typeof value === "object" && value !== null && "close" in value && typeof value.close === "function";
}
