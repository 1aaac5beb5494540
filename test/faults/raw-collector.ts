import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** A server that speaks for itself, byte by byte. */
export interface RawCollector {
  readonly url: string;
  /** Sockets ever. */
  readonly connections: number;
  close(): void;
}

/** Listens on 127.0.0.1. `talk` gets each socket; errors of sockets are nobody's. */
export async function startRawCollector(talk: (socket: Socket) => void): Promise<RawCollector> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    talk(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
