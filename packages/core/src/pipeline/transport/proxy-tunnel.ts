import type { Socket } from "node:net";
import { builtin } from "../../model/builtin.ts";
import { startTimer } from "../time/timers.ts";
import { userAgent } from "./user-agent.ts";

export interface TunnelSettings {
  /** `http://user:password@proxy:3128` */
  readonly proxy: string;
  /** Where it leads: `collector:4318`. */
  readonly authority: string;
  readonly connectMs: number;
}

const maxHeadBytes = 16_384;
const headEnd = "\r\n\r\n";

/**
 * Opens a connection through a proxy, by CONNECT, so that the proxy sees an address and no telemetry of `https://`. Rejects within `connectMs` when
 * there is none, with a reason that names the proxy and none of its credentials. The socket keeps nothing alive.
 *
 * Source: RFC 9110, 9.3.6
 */
export function openTunnel({ proxy, authority, connectMs }: TunnelSettings): Promise<Socket> {
  const url = new URL(proxy);
  const socket = connectTo(url);
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const stopTimer = startTimer(connectMs, () => fail(`no connection within ${connectMs} ms`));

    function settle(): void {
      stopTimer();
      socket.off("data", take).off("error", failed).off("close", closed);
    }
    function fail(reason: string): void {
      settle();
      socket.on("error", () => {});
      socket.destroy();
      reject(new Error(`the proxy ${url.origin}: ${reason}`));
    }
    function failed(error: NodeJS.ErrnoException): void {
      fail(error.code ?? error.message);
    }
    function closed(): void {
      fail("closed");
    }
    function take(bytes: Buffer): void {
      head = Buffer.concat([head, bytes]);
      const end = head.indexOf(headEnd);
      if (end === -1) {
        if (head.length > maxHeadBytes) fail("malformed answer");
        return;
      }
      const status = /^HTTP\/1\.[01] (\d{3})[ \r]/.exec(head.toString("latin1", 0, Math.min(end + 2, 64)))?.[1];
      if (status === undefined) return fail("malformed answer");
      if (!status.startsWith("2")) return fail(`status ${status}`);
      settle();
      socket.pause();
      // What the other end has said already is the first of the connection.
      const rest = head.subarray(end + headEnd.length);
      if (rest.length > 0) socket.unshift(rest);
      resolve(socket);
    }

    socket.on("data", take).on("error", failed).on("close", closed);
    socket.unref();
    socket.once(url.protocol === "https:" ? "secureConnect" : "connect", () => {
      socket.unref();
      socket.write(connectHead(url, authority), "latin1");
    });
  });
}

function connectTo(url: URL): Socket {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const net = builtin("node:net");
  if (url.protocol !== "https:") return net.connect({ host, port: Number(url.port || 80) });
  const servername = net.isIP(host) === 0 ? host : "";
  return builtin("node:tls").connect({ host, servername, port: Number(url.port || 443), ALPNProtocols: ["http/1.1"] });
}

function connectHead({ username, password }: URL, authority: string): string {
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64");
  const authorization = username === "" && password === "" ? "" : `proxy-authorization: Basic ${credentials}\r\n`;
  return `CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\nuser-agent: ${userAgent}\r\n${authorization}\r\n`;
}

/** Host and port of an address, as CONNECT asks for them. */
export function authorityOf({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port === "" ? (protocol === "https:" ? 443 : 80) : port}`;
}
