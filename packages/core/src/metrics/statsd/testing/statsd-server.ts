import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** A StatsD server on a real socket that keeps packets as they came. */
export interface StatsdServer {
  readonly port: number;
  readonly packets: string[];
  /** Cuts what is connected, and listens no more. */
  close(): Promise<void>;
}

export async function listenUdp(port = 0): Promise<StatsdServer> {
  const socket = createSocket("udp4");
  const packets: string[] = [];
  socket.on("message", (message) => packets.push(message.toString("utf8")));
  socket.bind(port, "127.0.0.1");
  await once(socket, "listening");
  return {
    port: socket.address().port,
    packets,
    async close() {
      socket.close();
      await once(socket, "close");
    },
  };
}

/** By TCP each line is a packet. */
export function listenTcp(port = 0): Promise<StatsdServer> {
  return listenStream({ port, host: "127.0.0.1" }, (socket, packets) => {
    let rest = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      packets.push(...lines);
    });
  });
}

/** On a Unix stream each packet has its length before it, in four bytes, the lowest first. */
export function listenUnix(path: string): Promise<StatsdServer> {
  return listenStream({ path }, (socket, packets) => {
    let rest = Buffer.alloc(0);
    socket.on("data", (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32LE(0)) {
        const end = 4 + rest.readUInt32LE(0);
        packets.push(rest.subarray(4, end).toString("utf8"));
        rest = rest.subarray(end);
      }
    });
  });
}

async function listenStream(
  place: { port: number; host: string } | { path: string },
  take: (socket: Socket, packets: string[]) => void,
): Promise<StatsdServer> {
  const packets: string[] = [];
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => {}).on("close", () => open.delete(socket));
    take(socket, packets);
  });
  server.listen(place);
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" ? (address as AddressInfo).port : 0,
    packets,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
