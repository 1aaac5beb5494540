import type { ClientHttp2Session } from "node:http2";
import { builtin } from "../../model/builtin.ts";
import { textOf } from "../../model/foreign/text-of.ts";
import { cleanWords } from "../log/clean-words.ts";
import { startTimer } from "../time/timers.ts";
import { call, type CallResult, frameHead } from "./grpc-call.ts";
import { judgeGrpcStatus } from "./grpc-status.ts";
import { HttpClient } from "./http-client.ts";
import type { HttpResult } from "./http-connection.ts";
import { plainPort, speaksNoTls } from "./plain-port.ts";
import { untraced } from "./untraced.ts";

export interface QuestionLimits {
  /** From the start of the connection to the last byte of the answer. */
  readonly totalMs: number;
  /** An answer with more is none. */
  readonly maxAnswerBytes: number;
  readonly userAgent: string;
}

/** What came of one question. A reason is one line of bounded length, without secrets as far as they can be told. */
export type Answered =
  | { readonly kind: "answer"; readonly body: Uint8Array }
  | { readonly kind: "none"; readonly reason: string };

/** GETs once, over a connection of its own that no instrumentation traces and that does not keep the process alive. Redirects are not followed. Never rejects. */
export async function getOnce(url: URL, { totalMs, maxAnswerBytes, userAgent }: QuestionLimits): Promise<Answered> {
  let client: HttpClient | undefined;
  try {
    client = new HttpClient({
      url,
      headers: { accept: "application/json", "user-agent": userAgent },
      connections: 1,
      connectMs: totalMs,
      maxAgeMs: Infinity,
      now: () => 0,
      random: () => 0,
      // One more tells an answer that is too long from one that just fits.
      maxAnswerBytes: maxAnswerBytes + 1,
    });
    return judge(await client.get(totalMs), url, maxAnswerBytes);
  } catch (error) {
    return none(textOf(error), url);
  } finally {
    client?.close();
  }
}

/** Makes one unary gRPC call, in the same way. The path of the URL is the method's. Never rejects. */
export async function callOnce(url: URL, message: Uint8Array, limits: QuestionLimits): Promise<Answered> {
  const { totalMs, maxAnswerBytes, userAgent } = limits;
  let session: ClientHttp2Session | undefined;
  try {
    // A server has nothing to push, and what it pushed would have nobody who hears of its failure.
    session = untraced(() => builtin("node:http2").connect(url.origin, { settings: { enablePush: false } }));
    session.unref();
    session.on("connect", () => session?.unref());
    session.on("error", () => {});
    const stream = session.request({
      ":method": "POST",
      ":path": url.pathname,
      "content-type": "application/grpc",
      te: "trailers",
      "user-agent": userAgent,
      "grpc-timeout": `${Math.min(99_999_999, Math.ceil(totalMs))}m`,
      "grpc-accept-encoding": "identity",
    });
    const framed = [frameHead(0, [message]), message];
    return judgeCall(await call(stream, framed, { totalMs, maxAnswerBytes }, startTimer), url, maxAnswerBytes);
  } catch (error) {
    return none(textOf(error), url);
  } finally {
    session?.destroy();
  }
}

function judge(result: HttpResult, url: URL, maxAnswerBytes: number): Answered {
  if (result.kind === "no-answer") return none(result.reason, url);
  if (result.status !== 200) return none(`status ${result.status}`, url);
  if (result.body.byteLength > maxAnswerBytes) return tooLong(maxAnswerBytes);
  return { kind: "answer", body: result.body };
}

function judgeCall(result: CallResult, url: URL, maxAnswerBytes: number): Answered {
  switch (result.kind) {
    case "no-answer":
      return none(/HTTP2|ALPN/.test(result.reason) ? `no gRPC there: ${result.reason}` : result.reason, url);
    case "http":
      return none(`status ${result.status} without a gRPC status`, url);
    case "status": {
      if (result.isLong === true) return tooLong(maxAnswerBytes);
      if (result.status.code === 0) return { kind: "answer", body: result.message };
      const judged = judgeGrpcStatus(result.status);
      return none(judged.outcome === "accepted" ? "no status" : judged.reason, url);
    }
  }
}

function tooLong(maxAnswerBytes: number): Answered {
  return { kind: "none", reason: `an answer of more than ${maxAnswerBytes} bytes` };
}

function none(reason: string, { href }: URL): Answered {
  const told = speaksNoTls(reason) ? plainPort(reason) : reason;
  return { kind: "none", reason: cleanWords(told, { headers: {}, url: href }) };
}
