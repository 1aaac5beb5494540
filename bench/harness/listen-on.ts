import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { InProcessRequest } from "./in-process-client.ts";
import type { Listening } from "./subject.ts";

/** A server that is simulated, or waits for its turn, must not take that for a client which has nothing more to ask. */
const patientMs = 120_000;

/** Has the server listen on a free port of 127.0.0.1, and answers which, with the requests to send there. */
export async function listenOn(server: Server, requests: readonly InProcessRequest[]): Promise<Listening> {
  server.keepAliveTimeout = patientMs;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, requests: requests.map(textOf) };
}

/** A request without a body as it goes over the wire. */
function textOf({ method, target, headers }: InProcessRequest): string {
  let text = `${method} ${target} HTTP/1.1\r\n`;
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return `${text}\r\n`;
}
