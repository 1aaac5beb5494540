import { IncomingMessage, ServerResponse, type RequestListener } from "node:http";
import { Duplex } from "node:stream";
import type { Socket } from "node:net";

/** A connection to nobody: takes what is written and gives nothing. */
class NoSocket extends Duplex {
  override _read(): void {}
  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }
}

/**
 * Gives a listener one GET request after the other, without a network, and resolves when the last is answered.
 *
 * A socket costs more than everything that is measured here, and varies by more than the difference.
 */
export function giveRequests(listener: RequestListener, path: string, count: number): Promise<void> {
  const socket = new NoSocket() as unknown as Socket;
  return new Promise((resolve) => {
    let left = count;
    const next = (): void => {
      if (left-- === 0) return resolve();
      const request = new IncomingMessage(socket);
      request.method = "GET";
      request.url = path;
      request.httpVersion = "1.1";
      request.httpVersionMajor = 1;
      request.httpVersionMinor = 1;
      request.headers = { host: "shop.example", "user-agent": "cost" };
      request.push(null);
      const response = new ServerResponse(request);
      response.assignSocket(socket);
      response.once("finish", () => {
        // What Node's server does when a response is out.
        response.detachSocket(socket);
        process.nextTick(() => {
          response.emit("close");
          next();
        });
      });
      listener(request, response);
    };
    next();
  });
}
