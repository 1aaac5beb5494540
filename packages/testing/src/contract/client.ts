import { type Agent, type IncomingHttpHeaders, request as httpRequest } from "node:http";
import { connect as connectHttp2, type OutgoingHttpHeaders } from "node:http2";
import { request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";
import type { Protocol } from "./harness.ts";

export interface ClientRequest {
  /** @default "GET" */
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
  /** @default a connection of its own */
  readonly agent?: Agent;
}

export interface ClientAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body as JSON. */
  json<T>(): T;
}

/** Sends one request and gives the whole answer. Nothing about the path is tidied. */
export function send(protocol: Protocol, port: number, request: ClientRequest): Promise<ClientAnswer> {
  return protocol === "http2" ? sendHttp2(port, request) : sendHttp1(protocol, port, request);
}

async function sendHttp1(protocol: Protocol, port: number, request: ClientRequest): Promise<ClientAnswer> {
  const { method = "GET", path, headers = {}, body, agent } = request;
  const start = protocol === "tls" ? httpsRequest : httpRequest;
  const response = await new Promise<import("node:http").IncomingMessage>((resolve, reject) => {
    const outgoing = start(
      { host: "127.0.0.1", port, method, path, headers, agent: agent ?? false, rejectUnauthorized: false },
      resolve,
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
  return answer(response.statusCode ?? 0, response.headers, await text(response));
}

async function sendHttp2(port: number, request: ClientRequest): Promise<ClientAnswer> {
  const { method = "GET", path, headers = {}, body } = request;
  const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  try {
    const outgoing: OutgoingHttpHeaders = { ":method": method, ":path": path, ...headers };
    const stream = session.request(outgoing);
    stream.end(body);
    const received = await new Promise<IncomingHttpHeaders>((resolve, reject) => {
      stream.on("response", resolve);
      session.on("error", reject);
      stream.on("error", reject);
    });
    return answer(Number(received[":status"]), received, await text(stream));
  } finally {
    session.close();
  }
}

function answer(status: number, headers: IncomingHttpHeaders, body: string): ClientAnswer {
  return { status, headers, body, json: <T>() => JSON.parse(body) as T };
}
