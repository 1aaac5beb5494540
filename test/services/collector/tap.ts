import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { connect, createServer as createHttp2Server, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import type { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { atEnd } from "../../faults/world.ts";

/** Messages as a service sent them, in their order and without compression, by the path they were sent to. */
export type Tapped = Map<string, Buffer[]>;

export interface Tap {
  url: string;
  readonly tapped: Tapped;
  /** How many came compressed. */
  compressed: number;
}

/** Between a service and a collector that speaks OTLP over HTTP: passes everything on as it came. */
export async function tapHttp(collector: string): Promise<Tap> {
  const tap: Tap = { url: "", tapped: new Map(), compressed: 0 };
  const server = createHttpServer(
    (request, response) => void pass(request).then((answer) => response.writeHead(answer.status).end(answer.body)),
  );
  async function pass(request: IncomingMessage): Promise<{ status: number; body: Buffer }> {
    const body = await bytesOf(request);
    const isCompressed = request.headers["content-encoding"] === "gzip";
    note(tap, request.url ?? "", body, isCompressed);
    const headers = {
      "content-type": "application/x-protobuf",
      ...(isCompressed ? { "content-encoding": "gzip" } : {}),
    };
    const answer = await fetch(collector + request.url, { method: "POST", headers, body: new Uint8Array(body) });
    return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
  }
  return listen(tap, server);
}

/** The same for gRPC, of which one call is one message here. */
export async function tapGrpc(collector: string): Promise<Tap> {
  const tap: Tap = { url: "", tapped: new Map(), compressed: 0 };
  const session = connect(`http://${collector}`);
  atEnd(() => session.destroy());
  const server = createHttp2Server();
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    void bytesOf(stream).then((body) => {
      // A flag, four bytes of length, the message.
      note(tap, headers[":path"] ?? "", body.subarray(5), body[0] === 1);
      const { ":authority": _authority, ...others } = headers;
      const call = session.request(others);
      call.on("response", (answer) => stream.respond(answer, { waitForTrailers: true }));
      call.on("trailers", (trailers) => stream.once("wantTrailers", () => stream.sendTrailers(trailers)));
      call.pipe(stream);
      call.end(body);
    });
  });
  return listen(tap, server);
}

function note(tap: Tap, path: string, body: Buffer, isCompressed: boolean): void {
  if (isCompressed) tap.compressed++;
  const messages = tap.tapped.get(path) ?? [];
  tap.tapped.set(path, [...messages, isCompressed ? gunzipSync(body) : body]);
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function listen(tap: Tap, server: Server): Promise<Tap> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => server.close());
  tap.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return tap;
}
