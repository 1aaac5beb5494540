import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** One request as it arrived; a body is lines, one an item. */
export interface Arrived {
  readonly headers: IncomingHttpHeaders;
  readonly lines: string[];
  /** From 1. */
  readonly number: number;
}

/** Answers a request, or does not. */
export type Reply = (arrived: Arrived, response: ServerResponse) => void;

export const ok: Reply = (_arrived, response) => {
  response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
};

export function status(code: number, headers: Record<string, string> = {}): Reply {
  return (_arrived, response) => {
    response.writeHead(code, headers).end();
  };
}

/** A collector on a real socket of 127.0.0.1 that keeps what arrived. `taken` holds the lines of the requests answered with 2xx. */
export interface Collector {
  readonly url: string;
  readonly port: number;
  readonly arrived: Arrived[];
  readonly taken: string[];
  reply: Reply;
  /** The most requests that were open at once. */
  readonly mostAtOnce: number;
  readonly connections: number;
  stop(): Promise<void>;
}

export async function startCollector(reply: Reply = ok, port = 0): Promise<Collector> {
  let mostAtOnce = 0;
  let open = 0;
  let connections = 0;
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    mostAtOnce = Math.max(mostAtOnce, ++open);
    response.on("close", () => open--);
    request.on("error", () => {});
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const sent = Buffer.concat(parts);
      const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
      const lines = body.toString().split("\n").filter(Boolean);
      const arrived = { headers: request.headers, lines, number: collector.arrived.length + 1 };
      collector.arrived.push(arrived);
      collector.reply(arrived, response);
      if (response.writableEnded && response.statusCode < 300) collector.taken.push(...lines);
    });
  });
  server.on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const collector = {
    port: (server.address() as AddressInfo).port,
    get url(): string {
      return `http://127.0.0.1:${this.port}/v1/traces`;
    },
    arrived: [] as Arrived[],
    taken: [] as string[],
    reply,
    get mostAtOnce(): number {
      return mostAtOnce;
    },
    get connections(): number {
      return connections;
    },
    stop(): Promise<void> {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return collector;
}
