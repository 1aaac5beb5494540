import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/** Enough for what a handler does of itself: its promises, and what it reads that is there already. */
const turns = 50;

/** Settles once this process has begun to serve so many requests from now on, all by a client's connection where one is named, and their handlers have done what they do at once. */
export async function begun(requests = 1, client?: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    let left = requests;
    const look = (message: unknown): void => {
      const { request } = message as { readonly request: IncomingMessage };
      if (client !== undefined && request.socket.remotePort !== client.localPort) return;
      if (--left > 0) return;
      unsubscribe("http.server.request.start", look);
      resolve();
    };
    subscribe("http.server.request.start", look);
  });
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}
