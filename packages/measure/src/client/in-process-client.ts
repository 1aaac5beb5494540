import { IncomingMessage, type Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { type BeginWork, inTurns } from "./in-turns.ts";

/** A request as the client gives it to a server. */
export interface InProcessRequest {
  readonly method: string;
  readonly target: string;
  /** Names at even, values at odd places, as Node's parser gives them. */
  readonly headers: readonly string[];
  /** What follows the head. Its length is not added to the headers. @default nothing */
  readonly body?: Buffer;
}

/** Parts of Node's own bookkeeping that its HTTP server touches where this client stands in for it. */
interface NodeInternals {
  _addHeaderLines(headers: readonly string[], count: number): void;
  _dump(): void;
  _closed: boolean;
}

/** Requests under way at once, unless told otherwise: each on a connection of its own, which is kept alive. */
const connections = 16;

/** A connection without a kernel: what is written is taken at once, and kept only while somebody records. */
class InProcessSocket extends Duplex {
  readonly remoteAddress = "127.0.0.1";
  readonly remoteFamily = "IPv4";
  readonly remotePort: number;
  readonly localAddress = "127.0.0.1";
  readonly localPort = 8080;
  readonly server: Server;
  record: Buffer[] | undefined;
  /**
   * The request and response that came last, as a connection's parser keeps them. Without any request alive a full collection takes the shapes that
   * V8 gave them, and all code that was optimised for those: a service at work never comes to that.
   */
  last: readonly [IncomingMessage, ServerResponse] | undefined;

  constructor(server: Server, remotePort: number) {
    super();
    this.server = server;
    this.remotePort = remotePort;
  }

  override _read(): void {}

  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: () => void): void {
    this.record?.push(typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk);
    done();
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }
}

/** Gives the server a request as its parser would, and ends the response as its connection would. Calls back when the response has closed. */
function send(server: Server, socket: InProcessSocket, wanted: InProcessRequest, closed: () => void): void {
  const request = new IncomingMessage(socket as unknown as Socket);
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 1;
  request.httpVersion = "1.1";
  request.method = wanted.method;
  request.url = wanted.target;
  // Setting `rawHeaders` alone leaves `headers` empty: how many there are is kept apart.
  (request as unknown as NodeInternals)._addHeaderLines(wanted.headers, wanted.headers.length);
  const response = new ServerResponse(request);
  socket.last = [request, response];
  response.shouldKeepAlive = true;
  response.assignSocket(socket as unknown as Socket);
  response.on("finish", () => {
    if (!request.readableEnded) request.on("end", clearIncoming);
    (request as unknown as NodeInternals)._dump();
    response.detachSocket(socket as unknown as Socket);
    process.nextTick(close, response, closed);
  });
  server.emit("request", request, response);
  request.complete = true;
  if (wanted.body !== undefined) request.push(wanted.body);
  request.push(null);
}

/** Node's server waits for the end of each request whose response is over, by a function of this name; telemetry that covers `on` meets it. */
function clearIncoming(): void {}

function close(response: ServerResponse, closed: () => void): void {
  response.destroyed = true;
  (response as unknown as NodeInternals)._closed = true;
  response.emit("close");
  closed();
}

/** Kept alive from one piece of work to the next. */
const openSockets = new WeakMap<Server, InProcessSocket[]>();

function socketsOf(server: Server, count: number): readonly InProcessSocket[] {
  const sockets = openSockets.get(server) ?? [];
  openSockets.set(server, sockets);
  while (sockets.length < count) sockets.push(new InProcessSocket(server, 40_000 + sockets.length));
  return sockets;
}

/** Sends the requests in turn, each on the connection of its slot, as work for `inTurns` and `timeEach`. */
export function clientOf(
  server: Server,
  requests: readonly InProcessRequest[],
  concurrency: number = connections,
): BeginWork {
  const sockets = socketsOf(server, concurrency);
  return (index, slot, over) => send(server, sockets[slot]!, requests[index % requests.length]!, over);
}

/**
 * Sends that many requests, in turns of `concurrent` at once, and lets the event loop go round between turns, so that timers and exports run as
 * they do in a service under load.
 */
export async function drive(
  server: Server,
  requests: readonly InProcessRequest[],
  times: number,
  concurrent: number = connections,
): Promise<void> {
  await inTurns(clientOf(server, requests, concurrent), { times, concurrency: concurrent });
}

/** The answers as they would go over the wire: status line, headers without `Date`, body. */
export async function answersOf(server: Server, requests: readonly InProcessRequest[]): Promise<string[]> {
  const answers: string[] = [];
  const socket = new InProcessSocket(server, 50_000);
  for (const request of requests) {
    socket.record = [];
    await new Promise<void>((resolve) => send(server, socket, request, resolve));
    answers.push(
      Buffer.concat(socket.record)
        .toString("latin1")
        .replace(/^Date: .*\r\n/m, ""),
    );
  }
  return answers;
}
