import type { ClientHttp2Stream, IncomingHttpHeaders, IncomingHttpStatusHeader } from "node:http2";
import { afterReading } from "./after-reading.ts";
import type { GrpcStatus } from "./grpc-status.ts";
import type { StartTimer } from "../time/timers.ts";

/** How one call ended: its status with the message that came, an answer that was not gRPC's, or none at all. */
export type CallResult =
  | {
      readonly kind: "status";
      readonly status: GrpcStatus;
      readonly message: Uint8Array;
      /** The message was longer than what is read, so that none of it is here. @default false */
      readonly isLong?: true;
    }
  | { readonly kind: "http"; readonly status: number }
  | {
      readonly kind: "no-answer";
      readonly cause: "connection" | "deadline";
      readonly reason: string;
      /** The collector says for certain that it has not looked at the call. */
      readonly untouched: boolean;
    };

export interface CallLimits {
  /** From now to the trailers, whatever happens in between. */
  readonly totalMs: number;
  /** What is read of the message that answers; the call is ended when there is more. */
  readonly maxAnswerBytes: number;
}

const cancel = 8;
const refusedStream = 7;
const prefixBytes = 5;

/** Sends framed bytes over a stream that was just opened, and settles within the limits. Never rejects. */
export function call(
  stream: ClientHttp2Stream,
  body: readonly Uint8Array[],
  limits: CallLimits,
  startTimer: StartTimer,
): Promise<CallResult> {
  return new Promise((resolve) => {
    let head: (IncomingHttpHeaders & IncomingHttpStatusHeader) | undefined;
    let trailers: IncomingHttpHeaders = {};
    let failure: string | undefined;
    const answer: Buffer[] = [];
    let answerBytes = 0;
    let settled = false;

    function end(result: CallResult): void {
      settled = true;
      stopTimer();
      resolve(result);
    }

    const stopTimer = startTimer(limits.totalMs, () =>
      afterReading(() => {
        if (settled) return;
        end(noAnswer("deadline", `no answer within ${limits.totalMs} ms`));
        stream.close(cancel);
      }),
    );

    stream.on("response", (headers) => {
      head = headers;
    });
    stream.on("trailers", (headers) => {
      trailers = headers;
    });
    stream.on("data", (data: Buffer) => {
      const room = limits.maxAnswerBytes - answerBytes;
      answer.push(data.length > room ? data.subarray(0, room) : data);
      answerBytes += Math.min(room, data.length);
      if (data.length <= room) return;
      // The status comes behind the message. One that is this long was taken: a call that failed has none.
      end({
        kind: "status",
        status: { code: 0, message: "", details: undefined },
        message: new Uint8Array(),
        isLong: true,
      });
      stream.close(cancel);
    });
    stream.on("error", (error) => {
      failure = reasonOf(error);
    });
    stream.on("close", () => {
      // Without a message the status is in the head.
      const status = readStatus(trailers) ?? (head === undefined ? undefined : readStatus(head));
      if (status !== undefined) end({ kind: "status", status, message: Buffer.concat(answer).subarray(prefixBytes) });
      else if (head !== undefined && head[":status"] !== 200) end({ kind: "http", status: Number(head[":status"]) });
      else {
        const untouched = stream.rstCode === refusedStream;
        end({ ...noAnswer("connection", failure ?? "the call ended without a status"), untouched });
      }
    });

    for (const part of body) stream.write(part);
    stream.end();
  });
}

/** The compressed flag and the length: what stands before a gRPC message. */
export function frameHead(flag: 0 | 1, parts: readonly Uint8Array[]): Uint8Array {
  const head = Buffer.alloc(prefixBytes);
  head[0] = flag;
  head.writeUInt32BE(
    parts.reduce((sum, part) => sum + part.byteLength, 0),
    1,
  );
  return head;
}

function noAnswer(cause: "connection" | "deadline", reason: string): CallResult & { kind: "no-answer" } {
  return { kind: "no-answer", cause, reason, untouched: false };
}

/** Node cancels the calls of a connection that fails; why it failed is the cause. */
function reasonOf(error: NodeJS.ErrnoException): string {
  const root: NodeJS.ErrnoException = error.cause instanceof Error ? error.cause : error;
  return root.code ?? root.message;
}

function readStatus(headers: IncomingHttpHeaders): GrpcStatus | undefined {
  const code = headers["grpc-status"];
  if (typeof code !== "string" || !/^\d{1,3}$/.test(code)) return undefined;
  return {
    code: Number(code),
    message: percentDecoded(text(headers["grpc-message"]) ?? ""),
    details: text(headers["grpc-status-details-bin"]),
  };
}

function text(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** What is no code stands as it came, as gRPC asks: a message is never thrown away for a wrong one. */
function percentDecoded(message: string): string {
  return message.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => Buffer.from(codes.replaceAll("%", ""), "hex").toString());
}
