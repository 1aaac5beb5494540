import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

const maxTries = 20;

/** Why nothing listens, in words that say what to do. */
export class ListenError extends Error {
  readonly code: string | undefined;

  constructor(error: NodeJS.ErrnoException, { port, last, host }: { port: number; last: number; host: string }) {
    super(reasonOf(error, port === last ? `port ${port}` : `ports ${port} to ${last}`, host), { cause: error });
    this.code = error.code;
  }
}

function reasonOf({ code, message }: NodeJS.ErrnoException, ports: string, host: string): string {
  switch (code) {
    case "EADDRINUSE":
      return `${ports} ${ports.includes(" to ") ? "are all" : "is"} in use: stop what listens there`;
    case "EACCES":
      return `this process may not listen on ${ports}: choose one above 1023`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `this machine has no address ${host}: choose host 127.0.0.1`;
    default:
      return message;
  }
}

/** Takes the port, or one of the next so many that is free. Answers what went wrong. */
export async function listen(
  server: Server,
  port: number,
  host: string,
  tries: number = maxTries,
): Promise<ListenError | undefined> {
  for (let at = port; ; at++) {
    const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      const failed = (why: NodeJS.ErrnoException): void => {
        server.off("listening", listening);
        resolve(why);
      };
      const listening = (): void => {
        server.off("error", failed);
        resolve(undefined);
      };
      server.once("error", failed).once("listening", listening);
      // A worker of a cluster would share the handle of the others, and answer for them.
      server.listen({ port: at, host, exclusive: true });
    });
    if (error === undefined) {
      // What goes wrong with a connection is its client's.
      server.on("error", () => {});
      return undefined;
    }
    if (error.code !== "EADDRINUSE" || port === 0 || at >= Math.min(65_535, port + tries))
      return new ListenError(error, { port, last: at, host });
  }
}

/** Neither the server nor a connection that somebody has left open keeps a process that has nothing left to do. */
export function keepsNothingAlive(server: Server): void {
  server.unref();
  server.on("connection", (socket) => void socket.unref());
}

/** Frees the port, and ends what is connected. */
export function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

/** Does the rest of an opening. Where that fails, nothing stays open. */
export async function orClosed<Made>(close: () => Promise<void>, rest: () => Made | Promise<Made>): Promise<Made> {
  try {
    return await rest();
  } catch (error) {
    await close();
    throw error;
  }
}

/** Where a server is found. */
export interface Place {
  /** From this machine, as far as it can be. */
  readonly url: string;
  /** Whether that is by an address of this machine alone. */
  readonly isLocal: boolean;
  /** Whether other machines find it too. */
  readonly isShared: boolean;
}

/** Of all addresses that a server listens at the one that a local caller is let in by. */
const local: Readonly<Record<string, string>> = {
  "127.0.0.1": "127.0.0.1",
  "::ffff:127.0.0.1": "127.0.0.1",
  "0.0.0.0": "127.0.0.1",
  "::1": "[::1]",
  "::": "[::1]",
};

/** Where a server that listens is found, whatever it was told to listen at. */
export function placeOf(server: Server): Place {
  const { address, port } = server.address() as AddressInfo;
  const known = Object.hasOwn(local, address) ? local[address] : undefined;
  return {
    url: `http://${known ?? (address.includes(":") ? `[${address}]` : address)}:${port}/`,
    isLocal: known !== undefined,
    isShared: !/^(?:::1|(?:::ffff:)?127\..*)$/.test(address),
  };
}
