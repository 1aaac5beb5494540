import { HttpConnection } from "./http-connection.ts";

/** Connections to one server, those that are free ready to be taken. The first failure of any is told by `failed`. */
export class Connections {
  readonly free: HttpConnection[] = [];
  /** Rejects with what went wrong first; never resolves. */
  readonly failed: Promise<never>;
  readonly size: number;
  readonly #all: HttpConnection[] = [];
  readonly #status: number;
  readonly #fail: (error: Error) => void;

  private constructor(size: number, status: number) {
    const { promise, reject } = Promise.withResolvers<never>();
    // Who runs a load awaits it; between two loads nobody does.
    promise.catch(() => {});
    this.size = size;
    this.#status = status;
    this.failed = promise;
    this.#fail = reject;
  }

  static async open(port: number, size: number, status: number = 200): Promise<Connections> {
    const connections = new Connections(size, status);
    for (let i = 0; i < size; i++) {
      const connection = await HttpConnection.open(port, connections.#fail);
      connections.#all.push(connection);
      connections.free.push(connection);
    }
    return connections;
  }

  /** Sends on a free connection, which is free again when `answered` is called. Any status but the one that is expected is a failure. */
  send(request: string, answered: () => void): void {
    const connection = this.free.pop();
    if (connection === undefined) throw new Error("No connection is free.");
    connection.send(request, (status) => {
      if (status !== this.#status) return this.#fail(new Error(`A request was answered with ${status}.`));
      this.free.push(connection);
      answered();
    });
  }

  close(): void {
    for (const connection of this.#all) connection.close();
  }
}
