import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { within } from "./deadline.ts";

const deadlineMs = 15_000;
const looksAtSilence = 20;

/** Sends text as it is over a new connection, and gives all that comes back until the server closes. */
export async function rawExchange(port: number, text: string | Buffer): Promise<string> {
  const connection = await openRaw(port);
  connection.write(text);
  return connection.untilClosed();
}

/** A connection that is spoken by hand. */
export interface RawConnection {
  readonly socket: Socket;
  /** All that came so far, as Latin-1. */
  readonly received: string;
  write(text: string | Buffer): void;
  /** Resolves when what came includes the text. */
  until(text: string): Promise<void>;
  /** Resolves with all that came, once the other side has closed. Rejects when it says nothing for so long, in ms. @default 5000 */
  untilClosed(silenceMs?: number): Promise<string>;
  /** Gone without a word, as a client that crashed. */
  reset(): void;
}

export async function openRaw(port: number): Promise<RawConnection> {
  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  await once(socket, "connect");
  let received = "";
  const look = new Set<() => void>();
  socket.on("data", (part: Buffer) => {
    received += part.toString("latin1");
    for (const each of look) each();
  });
  // A reset shows as an error first; what came is what counts.
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => {
    socket.on("close", () => {
      resolve();
    });
  });
  return {
    socket,
    get received() {
      return received;
    },
    write: (text) => socket.write(text),
    async until(text) {
      const came = new Promise<void>((resolve) => {
        const check = (): void => {
          if (!received.includes(text)) return;
          look.delete(check);
          resolve();
        };
        look.add(check);
        check();
      });
      await within(deadlineMs, `${JSON.stringify(text)} on the connection`, came);
    },
    async untilClosed(silenceMs = deadlineMs) {
      let before = socket.bytesRead;
      // Looked at often: the server shares this thread and may keep it busy, so that one look alone comes before what has arrived is read.
      for (let silent = 0; silent < looksAtSilence; silent++) {
        if (await Promise.race([closed.then(() => true), setTimeout(silenceMs / looksAtSilence, false)]))
          return received;
        if (socket.bytesRead !== before) silent = -1;
        before = socket.bytesRead;
      }
      throw new Error(`Waited ${silenceMs} ms in vain for the end of the connection, or a word on it.`);
    },
    reset: () => socket.resetAndDestroy(),
  };
}
