import type { ClientHttp2Session } from "node:http2";
import { builtin } from "../../model/builtin.ts";
import { textOf } from "../../model/foreign/text-of.ts";
import { startTimer } from "../time/timers.ts";
import { type Answered, noAnswer, type QuestionLimits, tooLong } from "./answered.ts";
import { call, type CallResult, frameHead } from "./grpc-call.ts";
import { judgeGrpcStatus } from "./grpc-status.ts";
import { untraced } from "./untraced.ts";

/** Makes one unary gRPC call, over a connection of its own that does not keep the process alive. The path of the URL is the method's. Never rejects. */
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
    return noAnswer(textOf(error), url);
  } finally {
    session?.destroy();
  }
}

function judgeCall(result: CallResult, url: URL, maxAnswerBytes: number): Answered {
  switch (result.kind) {
    case "no-answer":
      return noAnswer(/HTTP2|ALPN/.test(result.reason) ? `no gRPC there: ${result.reason}` : result.reason, url);
    case "http":
      return noAnswer(`status ${result.status} without a gRPC status`, url);
    case "status": {
      if (result.isLong === true) return tooLong(maxAnswerBytes);
      if (result.status.code === 0) return { kind: "answer", body: result.message };
      const judged = judgeGrpcStatus(result.status);
      return noAnswer(judged.outcome === "accepted" ? "no status" : judged.reason, url);
    }
  }
}
