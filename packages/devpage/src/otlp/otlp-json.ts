import { malformed, RefusedRequest } from "./refused-request.ts";

/** Objects and lists in one body. Each takes many times of what it takes as text. */
export const maxMessages = 1_000_000;

/** @throws RefusedRequest for what is no JSON, and for what would take too much memory as objects */
export function readOtlpJson(body: Buffer): unknown {
  let opened = 0;
  for (let i = 0; i < body.length; i++) if (body[i] === 0x7b || body[i] === 0x5b) opened++;
  if (opened > maxMessages)
    throw new RefusedRequest(413, "too-large", `A body must have at most ${maxMessages} objects: send less at once.`);
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw malformed("The body is not JSON, or not whole.");
  }
}
