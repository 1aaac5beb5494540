import { once } from "node:events";
import { createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Collector, startCollector } from "../testing/collector.ts";
import { senderSettings } from "../testing/pipeline-kit.ts";
import { GrpcSender } from "./grpc-sender.ts";
import { HttpSender } from "./http-sender.ts";
import type { SendResult } from "./sender.ts";
import type { SenderSettings } from "./sender-settings.ts";
import { freePort } from "../../testing/free-port.ts";

const body = [Buffer.from("a\n"), Buffer.from("b\n")];
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Proxy {
  readonly url: string;
  readonly heads: string[];
}

/** A proxy that leads every name to this machine, in pieces of a byte if asked, or answers with a text of its own. */
async function startProxy({ answer, isSlow = false }: { answer?: string; isSlow?: boolean } = {}): Promise<Proxy> {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    sockets.add(client);
    client.on("error", () => {});
    client.once("data", (bytes) => {
      const head = bytes.toString("latin1");
      heads.push(head);
      if (answer !== undefined) return void client.end(answer);
      const port = Number(/^CONNECT [^ ]+:(\d+) /.exec(head)?.[1]);
      const upstream = connect(port, "127.0.0.1");
      sockets.add(upstream);
      upstream.on("error", () => client.destroy());
      upstream.once("connect", () => {
        const established = "HTTP/1.1 200 Connection established\r\nvia: us\r\n\r\n";
        if (isSlow) for (const byte of established) client.write(byte);
        else client.write(established);
        client.pipe(upstream).pipe(client);
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://me:s3cret@127.0.0.1:${(server.address() as AddressInfo).port}`, heads };
}

async function collect(): Promise<Collector> {
  const collector = await startCollector();
  closers.push(() => collector.stop());
  return collector;
}

async function collectGrpc(): Promise<string> {
  const server = createHttp2Server();
  server.on("session", (session) => closers.push(() => session.destroy()));
  server.on("stream", (stream) => {
    stream.resume();
    stream.on("end", () => {
      stream.respond({ ":status": 200, "content-type": "application/grpc", "grpc-status": "0" });
      stream.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => server.close());
  return `http://collector.test:${(server.address() as AddressInfo).port}/Export`;
}

async function send(
  Sender: typeof HttpSender | typeof GrpcSender,
  url: string,
  settings: Partial<SenderSettings>,
): Promise<SendResult[]> {
  const sender = new Sender({ ...senderSettings, compression: "none", url, ...settings });
  closers.push(() => sender.close());
  const prepared = await sender.prepare(body);
  return Promise.all(Array.from({ length: 5 }, () => sender.send(prepared)));
}

const accepted = { outcome: "accepted" };

describe("exports through a proxy", () => {
  it.each([{ isSlow: false }, { isSlow: true }])(
    "reach a collector that only the proxy can, by CONNECT, %o (D6)",
    async (way) => {
      const [proxy, collector] = [await startProxy(way), await collect()];
      const url = `http://collector.test:${collector.port}/v1/traces`;
      for (const result of await send(HttpSender, url, { proxy: proxy.url, connections: 2 })) {
        expect(result).toMatchObject(accepted);
      }
      expect(collector.arrived).toHaveLength(5);
      expect(proxy.heads.length).toBeLessThanOrEqual(2);
      expect(proxy.heads[0]).toMatch(new RegExp(`^CONNECT collector\\.test:${collector.port} HTTP/1\\.1\r\n`));
      expect(proxy.heads[0]).toContain(`proxy-authorization: Basic ${Buffer.from("me:s3cret").toString("base64")}`);
    },
  );

  it.each([{ isSlow: false }, { isSlow: true }])("are gRPC too, over one connection, %o (D6)", async (way) => {
    const proxy = await startProxy(way);
    for (const result of await send(GrpcSender, await collectGrpc(), { proxy: proxy.url })) {
      expect(result).toMatchObject(accepted);
    }
    expect(proxy.heads).toHaveLength(1);
  });

  it.each([
    ["HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "status 407"],
    ["220 smtp ready\r\n\r\n", "malformed answer"],
    ["", "closed"],
    ["x".repeat(20_000), "malformed answer"],
  ])(
    "that does not lead there are tried again later, and the reason names the proxy without its password: %#, %s (D6)",
    async (answer, reason) => {
      const proxy = await startProxy({ answer });
      const origin = proxy.url.replace("me:s3cret@", "");
      for (const Sender of [HttpSender, GrpcSender]) {
        for (const result of await send(Sender, "http://collector.test:4318/x", { proxy: proxy.url, connections: 2 })) {
          expect(result).toEqual({
            outcome: "retryable",
            cause: "connection",
            reason: expect.stringContaining(`the proxy ${origin}: ${reason}`),
          });
        }
      }
    },
  );

  it("that is away are told as that (D6)", async () => {
    const proxy = `http://127.0.0.1:${await freePort()}`;
    const [result] = await send(HttpSender, "http://collector.test:4318/x", { proxy });
    expect(result).toMatchObject({ cause: "connection", reason: `the proxy ${proxy}: ECONNREFUSED` });
  });

  it("that never answers give up in time (D6)", async () => {
    const server = createServer((socket) => closers.push(() => socket.destroy()));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    closers.push(() => server.close());
    const proxy = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const [result] = await send(HttpSender, "http://collector.test:4318/x", { proxy, connectTimeoutMs: 100 });
    expect(result).toMatchObject({ cause: "connection", reason: `the proxy ${proxy}: no connection within 100 ms` });
  });
});
