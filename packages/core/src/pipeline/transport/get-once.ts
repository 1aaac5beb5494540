import { textOf } from "../../model/foreign/text-of.ts";
import { type Answered, noAnswer, type QuestionLimits, tooLong } from "./answered.ts";
import { HttpClient } from "./http-client.ts";
import type { HttpResult } from "./http-connection.ts";

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
    return noAnswer(textOf(error), url);
  } finally {
    client?.close();
  }
}

function judge(result: HttpResult, url: URL, maxAnswerBytes: number): Answered {
  if (result.kind === "no-answer") return noAnswer(result.reason, url);
  if (result.status !== 200) return noAnswer(`status ${result.status}`, url);
  if (result.body.byteLength > maxAnswerBytes) return tooLong(maxAnswerBytes);
  return { kind: "answer", body: result.body };
}
