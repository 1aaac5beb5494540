import type { Socket as DatagramSocket } from "node:dgram";
import type { Socket } from "node:net";
import { builtin } from "../../model/builtin.ts";

/** Where packets are sent to. */
export type StatsdTarget =
  | { readonly kind: "udp" | "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unixstream"; readonly path: string };

/** An open way to StatsD. Once it has failed it is not used any more. */
export interface StatsdSocket {
  /** Calls back once: with an error when the packet may not have been sent. */
  send(packet: Buffer, done: (error: Error | undefined) => void): void;
  close(): void;
}

/** What comes of opening one. */
export interface StatsdSocketEvents {
  readonly opened: (socket: StatsdSocket) => void;
  /** Called once, when it could not be opened or has failed since. */
  readonly failed: (error: Error) => void;
}

/** The name of a target for the operator's eye. */
export function targetText(target: StatsdTarget): string {
  if (target.kind === "unixstream") return `unixstream://${target.path}`;
  return `${target.kind}://${target.host.replace(/.*:.*/, "[$&]")}:${target.port}`;
}

/** Opens a socket that keeps nothing alive. Never throws. */
export function openStatsdSocket(target: StatsdTarget, events: StatsdSocketEvents): void {
  let isOver = false;
  const failed = (error: Error): void => {
    if (isOver) return;
    isOver = true;
    events.failed(error);
  };
  try {
    if (target.kind === "udp") openDatagram(target, { ...events, failed });
    else openStream(target, { ...events, failed });
  } catch (error) {
    failed(error instanceof Error ? error : new Error(String(error)));
  }
}

function openDatagram(
  { host, port }: { readonly host: string; readonly port: number },
  events: StatsdSocketEvents,
): void {
  const family = builtin("node:net").isIPv6(host) ? "udp6" : "udp4";
  const socket: DatagramSocket = builtin("node:dgram").createSocket(family);
  socket.unref();
  // A connected one is told when nobody listens on this machine.
  socket.on("error", (error) => {
    events.failed(error);
    closeQuietly(() => socket.close());
  });
  socket.once("connect", () =>
    events.opened({
      send: (packet, done) => socket.send(packet, (error) => done(error ?? undefined)),
      close: () => closeQuietly(() => socket.close()),
    }),
  );
  socket.connect(port, host);
}

function openStream(target: StatsdTarget, events: StatsdSocketEvents): void {
  const { connect } = builtin("node:net");
  const socket: Socket =
    target.kind === "unixstream" ? connect(target.path) : connect({ host: target.host, port: target.port });
  socket.unref();
  // Nothing is ever said to us; what comes is passed over.
  socket.resume();
  socket.once("connect", () =>
    events.opened({
      send: (packet, done) => socket.write(framed(packet, target.kind), (error) => done(error ?? undefined)),
      close: () => void socket.end(),
    }),
  );
  socket.on("error", events.failed);
  socket.on("close", () => events.failed(new Error("the connection was closed")));
}

/** A stream does not tell packets apart: on a Unix socket each has its length before it, by TCP an end of line behind. */
function framed(packet: Buffer, kind: StatsdTarget["kind"]): Buffer {
  if (kind !== "unixstream") return Buffer.concat([packet, Buffer.from("\n")]);
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32LE(packet.length);
  return Buffer.concat([length, packet]);
}

function closeQuietly(close: () => void): void {
  try {
    close();
  } catch {
    // It was closed before.
  }
}
