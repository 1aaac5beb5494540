import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { once } from "node:events";
import { gunzipSync } from "node:zlib";
import { countMetrics, countTraces } from "../sink/count-otlp.ts";

/** Of one signal of one sender. */
export interface SignalBytes {
  exports: number;
  /** As it came over the connection, request line and headers too; without TCP, IP and our answers. */
  onTheWire: number;
  /** The body as sent, and as it is once it is no longer compressed. */
  body: number;
  bodyUnpacked: number;
  /** Spans, or the newest count of requests. */
  counted: number;
}

export interface SenderBytes {
  readonly traces: SignalBytes;
  readonly metrics: SignalBytes;
}

const nothing: SignalBytes = { exports: 0, onTheWire: 0, body: 0, bodyUnpacked: 0, counted: 0 };

/** A collector that counts bytes by the first part of the path, and can be told to take exports without ever answering. */
export class ByteSink {
  readonly #server: Server;
  readonly #bySender = new Map<string, SenderBytes>();
  readonly #readBefore = new WeakMap<Socket, number>();
  #silent = false;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => this.#take(request, response, Buffer.concat(chunks)));
    });
    this.#server.keepAliveTimeout = 120_000;
  }

  static async start(): Promise<ByteSink> {
    const sink = new ByteSink();
    sink.#server.listen(0, "127.0.0.1");
    await once(sink.#server, "listening");
    return sink;
  }

  endpointOf(sender: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${sender}`;
  }

  /** All that came from it so far. */
  of(sender: string): SenderBytes {
    return this.#bySender.get(sender) ?? { traces: { ...nothing }, metrics: { ...nothing } };
  }

  /** From now on nobody is answered, or everybody is again. */
  set silent(silent: boolean) {
    this.#silent = silent;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #take(request: IncomingMessage, response: ServerResponse, sent: Buffer): void {
    const { bytesRead } = request.socket;
    const onTheWire = bytesRead - (this.#readBefore.get(request.socket) ?? 0);
    this.#readBefore.set(request.socket, bytesRead);
    const [, sender = "", ...path] = request.url?.split("/") ?? [];
    const known = this.of(sender);
    this.#bySender.set(sender, known);
    const isTraces = path.at(-1) === "traces";
    const signal = isTraces ? known.traces : known.metrics;
    const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
    signal.exports++;
    signal.onTheWire += onTheWire;
    signal.body += sent.length;
    signal.bodyUnpacked += body.length;
    if (isTraces) for (const { spans } of countTraces(body).values()) signal.counted += spans;
    else for (const { requests } of countMetrics(body).values()) signal.counted = requests ?? signal.counted;
    if (!this.#silent) response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
  }
}
