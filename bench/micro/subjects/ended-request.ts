import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";

const socket = new Socket();

export interface EndedRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The objects of one request and its answer, as Node makes them; nothing is read or written. */
export function makeRequest(): EndedRequest {
  const request = new IncomingMessage(socket);
  request.method = "GET";
  request.url = "/orders/1000";
  request.httpVersion = "1.1";
  request.headers = {
    host: "shop.example:8080",
    "user-agent": "bench/1.0",
    accept: "application/json",
    "content-length": "0",
  };
  const response = new ServerResponse(request);
  response.statusCode = 200;
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.setHeader("content-length", "91");
  return { request, response };
}

/** A destination that keeps nothing but how many lines came. */
export class CountedLines {
  lines = 0;

  write(): void {
    this.lines++;
  }
}
