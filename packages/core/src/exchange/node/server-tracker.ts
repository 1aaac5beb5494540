import type { DrainableServer } from "../../pipeline/ending/drain.ts";

/** Places that are looked through for servers that are gone whenever so many more have come up. */
const sweepEvery = 32;

/**
 * The servers whose requests were seen, found through the socket of a request.
 *
 * It holds none of them: one that listens is held by the process, and one that was closed and let go of by its owner is gone from here as well.
 */
export class ServerTracker {
  readonly #known = new WeakSet<object>();
  #servers: WeakRef<DrainableServer>[] = [];
  #sweepAt = sweepEvery;
  /** The last one itself, for as long as requests come: to ask a weak reference for each is dearer than all the rest. */
  #lastSeen: unknown;

  /** Notes the server of a request of `node:http` or its HTTP/2 twin. */
  see(request: unknown): void {
    const server = (request as { socket?: { server?: unknown } | null }).socket?.server;
    if (server === this.#lastSeen || server === undefined) return;
    this.#lastSeen = server;
    if (!isServer(server) || this.#known.has(server)) return;
    this.#known.add(server);
    this.#servers.push(new WeakRef(server));
    if (this.#servers.length >= this.#sweepAt) this.#sweep();
  }

  /** Lets go of the last one too. Called now and then. */
  rest(): void {
    this.#lastSeen = undefined;
    this.#sweep();
  }

  get servers(): Iterable<DrainableServer> {
    return this.#servers.map((server) => server.deref()).filter((server) => server !== undefined);
  }

  #sweep(): void {
    this.#servers = this.#servers.filter((server) => server.deref() !== undefined);
    this.#sweepAt = this.#servers.length + sweepEvery;
  }
}

function isServer(value: unknown): value is DrainableServer {
  return typeof value === "object" && value !== null && "close" in value && typeof value.close === "function";
}
