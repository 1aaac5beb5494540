import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** Called when a request is answered, with the status. */
export type Answered = (status: number) => void;

const headEnd = "\r\n\r\n";
const none = Buffer.alloc(0);

/**
 * One keep-alive connection to an HTTP/1.1 server whose answers carry a `Content-Length`, one request at a time.
 *
 * Reads no more of an answer than its status and its length. Whatever it does not understand ends in `failed`, and so does a connection that the
 * server closes.
 */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #failed: (error: Error) => void;
  #answered: Answered | undefined;
  #begun: Buffer = none;

  private constructor(socket: Socket, failed: (error: Error) => void) {
    this.#socket = socket;
    this.#failed = failed;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", (error) => this.#fail(error.message));
    socket.on("close", () => this.#fail("the server closed it"));
  }

  static async open(port: number, failed: (error: Error) => void): Promise<HttpConnection> {
    const socket = connect({ port, host: "127.0.0.1" });
    await once(socket, "connect");
    return new HttpConnection(socket, failed);
  }

  send(request: string, answered: Answered): void {
    if (this.#answered !== undefined) throw new Error("The connection waits for an answer.");
    this.#answered = answered;
    this.#socket.write(request, "latin1");
  }

  close(): void {
    this.#socket.removeAllListeners("close");
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    const bytes = this.#begun.length === 0 ? chunk : Buffer.concat([this.#begun, chunk]);
    const end = bytes.indexOf(headEnd);
    if (end === -1) {
      this.#begun = bytes;
      return;
    }
    const head = bytes.toString("latin1", 0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) return this.#fail(`an answer without a length: ${head}`);
    const whole = end + headEnd.length + Number(length);
    if (bytes.length < whole) {
      this.#begun = bytes;
      return;
    }
    const answered = this.#answered;
    if (bytes.length > whole || answered === undefined) return this.#fail("it got more than was asked for");
    this.#begun = none;
    this.#answered = undefined;
    answered(Number(head.slice(9, 12)));
  }

  #fail(why: string): void {
    this.close();
    this.#failed(new Error(`A connection failed: ${why}.`));
  }
}
