import type { ServerResponse } from "node:http";
import type { StreamEvents } from "../protocol.ts";

export interface EventClientBounds {
  readonly maxClients: number;
  /** Waiting for one client. */
  readonly maxBytes: number;
}

/** Those who listen to the stream. One that does not keep up is not waited for: what it is not sent is counted. */
export class EventClients {
  readonly #bounds: EventClientBounds;
  readonly #clients = new Set<ServerResponse>();
  readonly #came: () => void;
  #refused = 0;
  #droppedBytes = 0;

  /** @param came called when one comes */
  constructor(bounds: EventClientBounds, came: () => void) {
    this.#bounds = bounds;
    this.#came = came;
  }

  get count(): number {
    return this.#clients.size;
  }

  get droppedBytes(): number {
    return this.#droppedBytes;
  }

  view(): { readonly count: number; readonly max: number; readonly refused: number } {
    return { count: this.count, max: this.#bounds.maxClients, refused: this.#refused };
  }

  /** False where there are as many as there may be. The head of the response is the caller's to write. */
  add(response: ServerResponse): boolean {
    if (this.#clients.size >= this.#bounds.maxClients) {
      this.#refused++;
      return false;
    }
    this.#clients.add(response);
    const gone = (): void => void this.#clients.delete(response);
    response.on("error", gone);
    response.once("close", gone);
    this.#came();
    return true;
  }

  send<Name extends keyof StreamEvents>(event: Name, data: StreamEvents[Name]): void {
    if (this.#clients.size === 0) return;
    // JSON has no line ends of its own.
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    const bytes = Buffer.byteLength(text);
    for (const client of this.#clients) {
      if (client.writableLength + bytes > this.#bounds.maxBytes) this.#droppedBytes += bytes;
      else client.write(text);
    }
  }
}
