import type { Socket } from "node:net";
import { HttpAnswer } from "./http-answer.ts";

/** How one request ended: the head of the answer with what was read of its body, or why there is none. */
export type HttpResult =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly retryAfter: string | undefined;
      readonly contentType: string | undefined;
      readonly body: Uint8Array;
    }
  | {
      readonly kind: "no-answer";
      readonly cause: "connection" | "deadline";
      readonly reason: string;
      /** The collector had closed an idle connection just as it was picked: that says nothing of the collector. */
      readonly staleSocket: boolean;
    };

/** The reason of a {@link HttpResult} when what came was not HTTP/1.1. */
export const malformedAnswer = "malformed answer";

/**
 * One connection, which carries one request after the other.
 *
 * The head of an answer decides: when the connection fails or the time is up in the middle of its body, the body ends there. The socket never keeps
 * the process alive.
 */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #maxAnswerBytes: number;
  readonly #idle: (connection: HttpConnection) => void;
  #exchange: { readonly answer: HttpAnswer; readonly settle: (result: HttpResult) => void } | undefined;
  #carried = 0;
  #error = "closed";

  /** The socket may still be connecting. `idle` is called when the connection may carry another request. */
  constructor(socket: Socket, maxAnswerBytes: number, idle: (connection: HttpConnection) => void) {
    this.#socket = socket;
    this.#maxAnswerBytes = maxAnswerBytes;
    this.#idle = idle;
    socket.on("data", (bytes) => this.#take(bytes));
    socket.on("end", () => this.#exchange?.answer.end());
    socket.on("error", (error: NodeJS.ErrnoException) => (this.#error = error.code ?? error.message));
    socket.on("close", () => this.#finish("connection", this.#error));
    // Nothing is asked of an idle socket; what it does then ends it.
    socket.on("timeout", () => {
      if (this.#exchange === undefined) socket.destroy();
    });
  }

  /** Whether it can carry a request, as far as this side knows. */
  get isUsable(): boolean {
    return !this.#socket.destroyed && this.#socket.writable && !this.#socket.readableEnded;
  }

  /** Sends a request and settles with its answer, or when {@link abort} is called. One at a time. Never rejects. */
  send(head: string, body: readonly Uint8Array[]): Promise<HttpResult> {
    return new Promise((resolve) => {
      this.#exchange = { answer: new HttpAnswer(this.#maxAnswerBytes), settle: resolve };
      const socket = this.#socket;
      // Its `close` has been: nobody would tell.
      if (socket.destroyed) this.#finish("connection", this.#error);
      socket.cork();
      socket.write(head, "latin1");
      for (const part of body) socket.write(part);
      socket.uncork();
    });
  }

  /** Ends the request under way, if there is one, and the connection. */
  abort(cause: "connection" | "deadline", reason: string): void {
    this.#finish(cause, reason);
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    const answer = this.#exchange?.answer;
    if (answer === undefined) {
      this.#socket.destroy();
      return;
    }
    answer.push(bytes);
    if (answer.state === "malformed") this.abort("connection", malformedAnswer);
    else if (answer.state === "complete") this.#finish("connection", "complete");
    else if (answer.isLong) this.abort("connection", "long answer");
  }

  #finish(cause: "connection" | "deadline", reason: string): void {
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    this.#exchange = undefined;
    const { answer, settle } = exchange;
    const isStale = this.#carried > 0 && cause === "connection" && answer.state === "head" && answer.status === 0;
    this.#carried++;
    if (answer.state === "body" || answer.state === "complete") {
      settle({
        kind: "answer",
        status: answer.status,
        retryAfter: answer.header("retry-after"),
        contentType: answer.header("content-type"),
        body: answer.body,
      });
    } else {
      settle({ kind: "no-answer", cause, reason, staleSocket: isStale && reason !== malformedAnswer });
    }
    // An answer that came before the body had left ends the connection: the rest of the body would be read as the next request.
    const isClean = answer.state === "complete" && answer.keepsAlive && this.#socket.writableLength === 0;
    if (isClean && this.isUsable) this.#idle(this);
    else this.#socket.destroy();
  }
}
