import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { callerGate } from "@gossamer/core/adapter";
import { type OtlpSignal, readOtlpProtobuf } from "./otlp-protobuf.ts";

export interface OtlpReceiverSettings {
  readonly take: (signal: OtlpSignal, request: unknown) => void;
  /** Whether it is for this machine alone. */
  readonly isLocal: boolean;
}

const paths: Readonly<Record<string, OtlpSignal>> = {
  "/v1/traces": "traces",
  "/v1/logs": "logs",
  "/v1/metrics": "metrics",
};
const maxBodyBytes = 16 * 1024 * 1024;
const maxPlainBytes = 64 * 1024 * 1024;
/** At once: each may hold as much as it may be long. */
const maxRequests = 8;
const unzip = promisify(gunzip);

/** Why a request is not taken. */
class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Takes OTLP over HTTP, as protobuf and as JSON, compressed or not. What is too large, too much at once or nothing of it is refused; never throws. */
export class OtlpReceiver {
  readonly #settings: OtlpReceiverSettings;
  readonly #allows: (request: IncomingMessage) => boolean;
  #open = 0;

  constructor(settings: OtlpReceiverSettings) {
    this.#settings = settings;
    this.#allows = callerGate<IncomingMessage>(settings.isLocal ? "loopback" : "any");
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#open++;
    this.#take(request, response)
      .catch((error: unknown) => {
        const status = error instanceof Refused ? error.status : 400;
        if (!response.headersSent)
          response.writeHead(status, { "content-type": "text/plain; charset=utf-8", connection: "close" });
        response.end(`${error instanceof Error ? error.message : "not OTLP"}\n`);
      })
      .finally(() => this.#open--);
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").replace(/\?.*$/, "");
    const signal = Object.hasOwn(paths, path) ? paths[path] : undefined;
    if (signal === undefined) throw new Refused(404, "There are /v1/traces, /v1/metrics and /v1/logs.");
    if (request.method !== "POST") throw new Refused(405, "OTLP is sent with POST.");
    if (!this.#allows(request)) throw new Refused(403, "Only this machine may send.");
    if (this.#open > maxRequests) throw new Refused(503, "Too much at once: send it again.");
    const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
    if (type !== "application/json" && type !== "application/x-protobuf")
      throw new Refused(415, "OTLP is application/x-protobuf or application/json.");
    const body = await plainBody(request);
    const read: unknown =
      type === "application/json" ? JSON.parse(body.toString("utf8")) : readOtlpProtobuf(signal, body);
    this.#settings.take(signal, read);
    response.writeHead(200, { "content-type": type });
    response.end(type === "application/json" ? "{}" : undefined);
  }
}

async function plainBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBodyBytes) throw new Refused(413, `A body must have at most ${maxBodyBytes} bytes.`);
    parts.push(part);
  }
  const body = Buffer.concat(parts);
  switch (request.headers["content-encoding"] ?? "identity") {
    case "identity":
      return body;
    case "gzip":
      return unzip(body, { maxOutputLength: maxPlainBytes });
    default:
      throw new Refused(415, "A body is compressed with gzip, or not at all.");
  }
}
