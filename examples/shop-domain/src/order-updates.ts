import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";

export interface OrderUpdate {
  readonly orderId: number;
  readonly status: "placed" | "paid";
}

/** Tells everyone who listens what becomes of orders, as server-sent events. */
export class OrderUpdates {
  readonly #updates = new EventEmitter<{ update: [OrderUpdate] }>().setMaxListeners(0);
  readonly #listening = new Set<ServerResponse>();

  publish(update: OrderUpdate): void {
    this.#updates.emit("update", update);
  }

  /** Answers with the stream. It lasts until the client leaves or the shop closes. */
  stream(response: ServerResponse): void {
    const send = (update: OrderUpdate): void => {
      response.write(`data: ${JSON.stringify(update)}\n\n`);
    };
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(": welcome\n\n");
    this.#listening.add(response);
    this.#updates.on("update", send);
    response.once("close", () => {
      this.#listening.delete(response);
      this.#updates.off("update", send);
    });
  }

  /** Ends every open stream. */
  close(): void {
    for (const response of this.#listening) response.end();
  }
}
