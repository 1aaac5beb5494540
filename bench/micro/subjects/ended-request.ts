import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";

const socket = new Socket();

/** The same as the requests of the Express service have. */
const headers: readonly string[] = [
  "Host",
  "orders.example:8080",
  "User-Agent",
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
  "Accept",
  "application/json",
  "Accept-Encoding",
  "gzip, deflate, br",
  "Connection",
  "keep-alive",
];

export interface EndedRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The objects of one request and its answer, as Node's server and Express make them; nothing is read or written. */
export function makeRequest(): EndedRequest {
  const request = new IncomingMessage(socket);
  request.method = "GET";
  request.url = "/orders/1000?currency=EUR";
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 1;
  request.httpVersion = "1.1";
  request.rawHeaders = headers as string[];
  const response = new ServerResponse(request);
  response.statusCode = 200;
  response.setHeader("X-Powered-By", "Express");
  response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.setHeader("Content-Length", "91");
  response.setHeader("ETag", 'W/"5b-Xl8Wy1nJ1uYb0o4QbJ2c9xk1mXo"');
  return { request, response };
}

/** A destination that keeps nothing but how many lines came, and how long they were. */
export class CountedLines {
  lines = 0;
  bytes = 0;

  write(text: string): void {
    this.lines++;
    // Any destination has to look at the text, which until then may be a tree of parts.
    this.bytes += Buffer.byteLength(text);
  }
}
