import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { afterReading } from "./after-reading.ts";
import type { StartTimer } from "./timers.ts";

/** How one POST ended: the head of the answer with what was read of its body, or why there is none. */
export type PostResult =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly retryAfter: string | undefined;
      readonly body: Uint8Array;
    }
  | {
      readonly kind: "no-answer";
      readonly cause: "connection" | "deadline";
      readonly reason: string;
      readonly staleSocket: boolean;
    };

export interface PostLimits {
  /** From now to the end of the answer, whatever happens in between. */
  readonly totalMs: number;
  readonly connectMs: number;
  /** What is read of an answer; its connection is closed when there is more. */
  readonly maxAnswerBytes: number;
}

/**
 * Sends a body over a request that was just made, and settles within the limits. Never rejects.
 *
 * The head of the answer decides: when the connection fails or the time is up in the middle of its body, the body ends there. The socket never
 * keeps the process alive.
 */
export function post(
  request: ClientRequest,
  body: readonly Uint8Array[],
  limits: PostLimits,
  startTimer: StartTimer,
): Promise<PostResult> {
  return new Promise((resolve) => {
    let response: IncomingMessage | undefined;
    let stopConnectTimer = (): void => {};
    const answer: Buffer[] = [];
    let answerBytes = 0;
    let settled = false;

    const stopTotalTimer = startTimer(limits.totalMs, () =>
      afterReading(() => {
        if (settled) return;
        finish("deadline", `no answer within ${limits.totalMs} ms`);
        request.destroy();
      }),
    );

    function finish(cause: "connection" | "deadline", reason: string): void {
      settled = true;
      stopTotalTimer();
      stopConnectTimer();
      if (response === undefined) {
        const staleSocket = request.reusedSocket && (reason === "ECONNRESET" || reason === "EPIPE");
        resolve({ kind: "no-answer", cause, reason, staleSocket });
        return;
      }
      const retryAfter = response.headers["retry-after"];
      resolve({ kind: "answer", status: response.statusCode ?? 0, retryAfter, body: Buffer.concat(answer) });
    }

    request.on("socket", (socket) => {
      socket.unref();
      if (!socket.connecting) return;
      stopConnectTimer = startTimer(limits.connectMs, () => {
        finish("connection", `no connection within ${limits.connectMs} ms`);
        request.destroy();
      });
      onceConnected(socket, () => {
        stopConnectTimer();
        // Trying several addresses gives the socket a new handle, which holds the process again.
        socket.unref();
      });
    });
    request.on("response", (incoming) => {
      response = incoming;
      incoming.on("data", (data: Buffer) => {
        const room = limits.maxAnswerBytes - answerBytes;
        answer.push(data.length > room ? data.subarray(0, room) : data);
        answerBytes += Math.min(room, data.length);
        if (data.length <= room) return;
        finish("connection", "long answer");
        request.destroy();
      });
      incoming.on("end", () => finish("connection", "ended"));
      incoming.on("error", () => finish("connection", "cut"));
      incoming.on("close", () => finish("connection", "cut"));
    });
    request.on("error", (error: NodeJS.ErrnoException) => finish("connection", error.code ?? error.message));
    request.on("close", () => finish("connection", "closed"));

    for (const part of body) request.write(part);
    request.end();
  });
}

function onceConnected(socket: Socket, run: () => void): void {
  socket.once("encrypted" in socket ? "secureConnect" : "connect", run);
}
