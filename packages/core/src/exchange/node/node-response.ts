import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { BreakOff, Outcome } from "../../model/request/outcome.ts";

/**
 * How a response of `node:http` or its HTTP/2 twin ended, read in its `close` event.
 *
 * Both halves are needed: an HTTP/2 stream that was closed without an answer says `writableFinished`, a response whose client left says
 * `writableEnded`. `headers` is where they are read, if the framework keeps its own; `sentBefore` what its connection had sent as the
 * request began, and less than anything where its head was seen leaving.
 */
export function nodeOutcome(
  response: ServerResponse,
  headers: NonNullable<Outcome["response"]> = response,
  sentBefore: number = 0,
): Outcome {
  const completed = response.writableEnded && response.writableFinished && !isCut(response);
  if (completed) return { statusCode: sentStatus(response), completed, response: headers };
  return {
    statusCode: isStillHere(response, sentBefore) ? undefined : sentStatus(response),
    completed,
    response: headers,
    brokenOff: breakOff(response),
  };
}

/** A stream of HTTP/2 that was destroyed with an error by the service tells it; without one it looks as if its client had left. */
function breakOff(response: ServerResponse): BreakOff | undefined {
  if (!isHttp1(response)) {
    const { stream } = response as { readonly stream?: { readonly errored?: unknown } | null };
    const error = stream?.errored ?? undefined;
    return error === undefined || isOfConnection(error) ? undefined : { destroyed: "response", error };
  }
  // Null as long as nobody destroyed the response itself; undefined where that was done without an error.
  const { errored } = response as { readonly errored?: unknown };
  const { socket } = response.req as { readonly socket: Socket | null };
  if (socket?.readableEnded === true) return undefined;
  const broke = socket?.errored ?? undefined;
  if (broke !== undefined && broke !== errored && isOfConnection(broke)) return undefined;
  return errored === null ? { destroyed: "connection", error: broke } : { destroyed: "response", error: errored };
}

/** Whether an error is Node's own news of a connection, such as that its client reset it: those have a code. */
function isOfConnection(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error;
}

/** The outcome of a response that no server of Node's answers for: whoever made it takes all that it is given. */
export function unservedOutcome(response: ServerResponse, headers: NonNullable<Outcome["response"]>): Outcome {
  return { statusCode: sentStatus(response), completed: response.writableEnded, response: headers };
}

/** HTTP/1 asks the head itself: `headersSent` says no more, and `@fastify/express` puts a getter of its own in its place. */
function sentStatus(response: ServerResponse): number | undefined {
  const { _header: head } = response as { readonly _header?: unknown };
  const sent = head === undefined ? response.headersSent : Boolean(head);
  return sent ? response.statusCode : undefined;
}

/**
 * Whether the connection of an HTTP/1 response was gone before the response was: a server lets go of the connection as soon as a response has
 * finished. What is written to a connection that is gone is thrown away, and Node says that it was finished.
 */
export function isCut(response: ServerResponse): boolean {
  if (!isHttp1(response)) return false;
  return response.socket?.destroyed === true || (finishesCut && isBroken(response.req.socket));
}

/** Node before 24 also says so of what was on its way when its connection broke, and lets go of that. */
const finishesCut = Number(process.versions.node.split(".", 1)[0]) < 24;

function isBroken(socket: Socket | null | undefined): boolean {
  return socket?.errored !== null && socket?.errored !== undefined;
}

/** What a connection of HTTP/1 has sent so far, but for what waits: the sum that adds that too would cost each request more than it tells. */
export function sentSoFar({ socket }: IncomingMessage): number {
  const { _bytesDispatched: sent } = socket as { readonly _bytesDispatched?: unknown };
  return typeof sent === "number" ? sent : 0;
}

/**
 * What a server may say by itself to a client that broke off its own body, past the response, in bytes. An answer as short as that has finished at
 * once, or never left.
 */
const serversOwnBytes = 1_024;

/**
 * Whether nothing of a response that was not completed has left: it waited for its turn, or its connection has sent less than its head since. Less,
 * not nothing: Node itself tells a client to go on, and one that left in the midst of its body that its request was bad.
 */
function isStillHere(response: ServerResponse, sentBefore: number): boolean {
  if (!isHttp1(response)) return false;
  const { socket, _header: head } = response as ServerResponse & { readonly _header?: string | null };
  if (socket === null) return response.writableLength > 0;
  if (!socket.destroyed) return false;
  const headBytes = head?.length ?? 1;
  const bytes = response.req.complete ? headBytes : Math.max(headBytes, serversOwnBytes);
  return socket.bytesWritten - sentBefore < bytes;
}

/** There `_header` is the head or `null`; the twin of HTTP/2 says whether it was sent, and has no connection of its own once it is closed. */
function isHttp1(response: ServerResponse): boolean {
  const { _header: head } = response as { readonly _header?: unknown };
  return head === null || typeof head === "string";
}

/** Of a head as Node wrote it: its own headers are all on lines of their own. */
const eventStreamHead = /\r\ncontent-type: *text\/event-stream/i;
const eventStreamType = /^text\/event-stream/i;

/** Whether the head of the response, which has been written, announces a stream of server-sent events. */
export function isEventStream(response: Pick<ServerResponse, "getHeader">): boolean {
  // What `writeHead` is given need not be among the headers; it is in the head itself. The twin of HTTP/2 has no such text, and keeps them all.
  const { _header: head } = response as { readonly _header?: unknown };
  if (typeof head === "string") return eventStreamHead.test(head);
  const type = response.getHeader("content-type");
  return typeof type === "string" && eventStreamType.test(type);
}
