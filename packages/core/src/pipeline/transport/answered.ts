import { cleanWords } from "../log/clean-words.ts";
import { plainPort, speaksNoTls } from "./plain-port.ts";

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

/** Why there is no answer. */
export function noAnswer(reason: string, { href }: URL): Answered {
  const told = speaksNoTls(reason) ? plainPort(reason) : reason;
  return { kind: "none", reason: cleanWords(told, { headers: {}, url: href }) };
}

export function tooLong(maxAnswerBytes: number): Answered {
  return { kind: "none", reason: `an answer of more than ${maxAnswerBytes} bytes` };
}
