import type { InProcessRequest } from "../harness/in-process-client.ts";

/** A request without a body as it goes over the wire. */
export function requestText({ method, target, headers }: InProcessRequest): string {
  let text = `${method} ${target} HTTP/1.1\r\n`;
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return `${text}\r\n`;
}
