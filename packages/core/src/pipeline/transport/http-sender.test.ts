import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync, stat } from "node:fs";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { context, createContextKey, type Context, type ContextManager, ROOT_CONTEXT } from "@opentelemetry/api";
import { afterEach, describe, expect, it } from "vitest";
import { HttpSender } from "./http-sender.ts";
import type { SenderSettings } from "./sender-settings.ts";
import { type Collector, startCollector, status } from "../testing/collector.ts";
import { senderSettings } from "../testing/pipeline-kit.ts";
import { freePort } from "../../testing/free-port.ts";

const body = [Buffer.from("a\n"), Buffer.from("b\n")];
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function createSender(url: string, settings: Partial<SenderSettings> = {}): HttpSender {
  const sender = new HttpSender({ ...senderSettings, compression: "none", url, ...settings });
  closers.push(() => sender.close());
  return sender;
}

async function collect(reply?: Collector["reply"]): Promise<Collector> {
  const collector = await startCollector(reply);
  closers.push(() => collector.stop());
  return collector;
}

/** A server that speaks for itself, byte by byte. */
async function listenRaw(talk: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    talk(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
}

function pem(name: string): string {
  return readFileSync(join(import.meta.dirname, "../../../../../test/fixtures/tls", `${name}.pem`), "utf8");
}

describe("HttpSender", () => {
  it("sends protobuf whose gzip holds the same bytes, with the user's headers (R-P5)", async () => {
    const collector = await collect();
    const sender = createSender(collector.url, { compression: "gzip", headers: { "x-key": "k" } });
    const text = `${randomBytes(50_000).toString("hex")}\n`;
    await expect(sender.send(await sender.prepare([Buffer.from(text), ...body]))).resolves.toMatchObject({
      outcome: "accepted",
    });
    const [arrived] = collector.arrived;
    expect(`${arrived?.lines.join("\n")}\n`).toBe(`${text}a\nb\n`);
    expect(arrived?.headers).toMatchObject({
      "content-type": "application/x-protobuf",
      "content-encoding": "gzip",
      "x-key": "k",
    });
  });

  it("sends the parts as they are without compression (R-P5)", async () => {
    const collector = await collect();
    const sender = createSender(collector.url);
    await sender.send(await sender.prepare(body));
    expect(collector.arrived[0]?.lines).toEqual(["a", "b"]);
    expect(collector.arrived[0]?.headers["content-encoding"]).toBeUndefined();
    expect(collector.arrived[0]?.headers["content-length"]).toBe("4");
  });

  it("keeps its connection for the next batch (R-P5)", async () => {
    const collector = await collect();
    const sender = createSender(collector.url);
    for (let i = 0; i < 4; i++) await sender.send(body);
    expect([collector.arrived.length, collector.connections]).toEqual([4, 1]);
  });

  it("opens no more connections than it may (R-P5)", async () => {
    const collector = await collect((_arrived, response) => setTimeout(() => response.end(), 20));
    const sender = createSender(collector.url, { connections: 3 });
    const results = await Promise.all(Array.from({ length: 12 }, () => sender.send(body)));
    expect(results.every((result) => result.outcome === "accepted")).toBe(true);
    expect([collector.connections, collector.mostAtOnce]).toEqual([3, 3]);
  });

  it("counts what the collector rejected of a request that it accepted (R-P6)", async () => {
    const answer = Buffer.from([0x0a, 0x06, 0x08, 0x03, 0x12, 0x02, 0x6e, 0x6f]);
    const collector = await collect((_arrived, response) => response.end(answer));
    await expect(createSender(collector.url).send(body)).resolves.toEqual({
      outcome: "accepted",
      rejected: 3,
      message: "no",
    });
  });

  it.each([429, 502, 503, 504])("may send again after %i (R-P6)", async (code) => {
    const collector = await collect(status(code, { "retry-after": "2" }));
    await expect(createSender(collector.url).send(body)).resolves.toEqual({
      outcome: "retryable",
      cause: "status",
      reason: `status ${code}`,
      afterMs: 2_000,
    });
  });

  it.each([302, 400, 401, 404, 413, 500, 501])("does not send again after %i (R-P6)", async (code) => {
    const collector = await collect(status(code, { location: "/elsewhere" }));
    await expect(createSender(collector.url).send(body)).resolves.toEqual({
      outcome: "refused",
      reason: `status ${code}`,
      status: code,
    });
  });

  it("tells a collector that is not there from one that answers (R-P6)", async () => {
    const sender = createSender(`http://127.0.0.1:${await freePort()}/`);
    await expect(sender.send(body)).resolves.toEqual({
      outcome: "retryable",
      cause: "connection",
      reason: "ECONNREFUSED",
    });
  });

  it("ends a try whose collector accepts and never answers at its deadline (R-P5)", async () => {
    const url = await listenRaw((socket) => socket.resume());
    await expect(createSender(url, { timeoutMs: 100 }).send(body)).resolves.toMatchObject({
      outcome: "retryable",
      cause: "deadline",
    });
  });

  it("reads the answer that waits before it judges a deadline, when the event loop has stood still (R-P5)", async () => {
    const answered = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(
      `const { createServer } = require("node:http");
       const { parentPort, workerData: answered } = require("node:worker_threads");
       const server = createServer((request, response) => {
         request.resume();
         request.on("end", () => setTimeout(() => response.end(), 50));
         response.on("finish", () => {
           Atomics.add(answered, 0, 1);
           Atomics.notify(answered, 0);
         });
       });
       server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`,
      { eval: true, workerData: answered },
    );
    closers.push(() => worker.terminate());
    const [port] = (await once(worker, "message")) as [number];
    const sender = createSender(`http://127.0.0.1:${port}/`, { timeoutMs: 300 });
    await expect.poll(async () => (await sender.send(body)).outcome).toBe("accepted");
    Atomics.store(answered, 0, 0);
    const result = sender.send(body);
    await new Promise((resolve) => setTimeout(resolve, 20));
    // A callback of input or output: after it the loop runs its timers before it reads again.
    await new Promise((resolve) => stat(".", resolve));
    const untilMs = performance.now() + 500;
    Atomics.wait(answered, 0, 0, 20_000);
    while (performance.now() < untilMs);
    await expect(result).resolves.toMatchObject({ outcome: "accepted" });
  });

  it("ends a try at its deadline although bytes of the head keep dripping in (R-P5)", async () => {
    let closed = false;
    const url = await listenRaw((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nx-slow: ");
      const drip = setInterval(() => socket.write("x"), 30);
      socket.on("close", () => {
        closed = true;
        clearInterval(drip);
      });
    });
    await expect(createSender(url, { timeoutMs: 200 }).send(body)).resolves.toMatchObject({
      outcome: "retryable",
      cause: "deadline",
    });
    await expect.poll(() => closed).toBe(true);
  });

  it("takes the head of an answer for the answer when its body drips past the deadline (R-P5)", async () => {
    let closed = false;
    const url = await listenRaw((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
      const drip = setInterval(() => socket.write("x"), 30);
      socket.on("close", () => {
        closed = true;
        clearInterval(drip);
      });
    });
    await expect(createSender(url, { timeoutMs: 200 }).send(body)).resolves.toMatchObject({ outcome: "accepted" });
    await expect.poll(() => closed).toBe(true);
  });

  it("reads at most 64 KiB of an answer and hangs up, however much there is (R-P5)", async () => {
    let hungUp = false;
    const collector = await collect((_arrived, response) => {
      const block = Buffer.alloc(65_536);
      const pour = (): void => {
        while (!response.destroyed && response.write(block));
        response.once("drain", () => setImmediate(pour));
      };
      response.on("close", () => (hungUp = true));
      response.writeHead(200);
      pour();
    });
    await expect(createSender(collector.url).send(body)).resolves.toMatchObject({ outcome: "accepted", rejected: 0 });
    await expect.poll(() => hungUp).toBe(true);
  });

  it("survives a server that does not speak HTTP, and one that hangs up (R-P6)", async () => {
    const gibberish = await listenRaw((socket) => socket.end("\0\x01\x02 nonsense\r\n\r\n"));
    const silent = await listenRaw((socket) => socket.destroy());
    for (const url of [gibberish, silent]) {
      await expect(createSender(url).send(body)).resolves.toMatchObject({ outcome: "retryable", cause: "connection" });
    }
  });

  it("sends at once over a new connection when the collector has closed an idle one (R-P6)", async () => {
    let requests = 0;
    const url = await listenRaw((socket) => {
      let first = true;
      socket.on("data", () => {
        requests++;
        if (first) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        else socket.resetAndDestroy();
        first = false;
      });
    });
    const sender = createSender(url);
    await sender.send([Buffer.from("a")]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(sender.send([Buffer.from("a")])).resolves.toMatchObject({ outcome: "accepted" });
    expect(requests).toBe(3);
  });

  it("refuses, and does not throw, when Node would not make the request (R-P5)", async () => {
    const sender = createSender("http://127.0.0.1:1/", { headers: { "x-key": "line\nbreak" } });
    await expect(sender.send(body)).resolves.toMatchObject({ outcome: "refused" });
  });

  it("ends what is under way when it is closed (R-P9)", async () => {
    const url = await listenRaw((socket) => socket.resume());
    // The second one waits for the only connection.
    const sender = createSender(url, { connections: 1 });
    const underWay = [sender.send(body), sender.send(body)];
    await new Promise((resolve) => setTimeout(resolve, 30));
    sender.close();
    const ended = { outcome: "retryable", cause: "connection" };
    await expect(Promise.all(underWay)).resolves.toMatchObject([ended, ended]);
    await expect(sender.send(body)).resolves.toMatchObject({ outcome: "retryable", reason: "closed" });
  });

  it("trusts the authority it is given, shows its certificate, and trusts no other (R-P5)", async () => {
    const tls = { cert: pem("server-cert"), key: pem("server-key"), ca: pem("ca-cert"), requestCert: true };
    const server = createTlsServer(tls, (request, response) => {
      request.resume();
      response.end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
    const ours = { ca: pem("ca-cert"), cert: pem("client-cert"), key: pem("client-key") };
    await expect(createSender(url, { tls: ours }).send(body)).resolves.toMatchObject({ outcome: "accepted" });
    const failed = { outcome: "retryable", cause: "connection" };
    await expect(createSender(url, { tls: { ...ours, ca: pem("other-ca-cert") } }).send(body)).resolves.toEqual({
      ...failed,
      reason: "SELF_SIGNED_CERT_IN_CHAIN",
    });
    await expect(createSender(url, { tls: { ca: ours.ca } }).send(body)).resolves.toMatchObject(failed);
    await expect(createSender(url).send(body)).resolves.toMatchObject(failed);
  });

  it("says in one word of a port that speaks gRPC where HTTP is (R-P14)", async () => {
    const url = await listenRaw((socket) => socket.end(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])));
    await expect(createSender(url).send(body)).resolves.toMatchObject({
      outcome: "retryable",
      reason: expect.stringMatching(/^no HTTP\/1\.1 there: .*; its port is usually 4318$/) as string,
    });
  });

  it("gives up on a connection that is not made in time (R-P5)", async () => {
    const url = await listenRaw((socket) => socket.resume());
    await expect(
      createSender(url.replace("http:", "https:"), { connectTimeoutMs: 100 }).send(body),
    ).resolves.toMatchObject({ outcome: "retryable", cause: "connection", reason: "no connection within 100 ms" });
  });

  it("names its destination without credentials (R-P15)", () => {
    expect(createSender("http://user:secret@localhost:4318/v1/traces?token=x").destination).toBe(
      "http://localhost:4318/v1/traces",
    );
  });

  it("makes its requests in a context that tells instrumentations to leave them alone (R-I5)", async () => {
    const key = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");
    const suppressed: unknown[] = [];
    const manager: ContextManager = {
      active: (): Context => ROOT_CONTEXT,
      with: (active, fn, self, ...args) => {
        suppressed.push(active.getValue(key));
        return fn.call(self as never, ...args);
      },
      bind: (_context, target) => target,
      enable: () => manager,
      disable: () => manager,
    };
    context.setGlobalContextManager(manager);
    closers.push(() => context.disable());
    const collector = await collect();
    await createSender(collector.url).send(body);
    expect(suppressed).toEqual([true]);
  });
});

describe("what HttpSender says of itself and of a collector", () => {
  it("tells the reason in the body of a refusal, on one line and without our token (D5)", async () => {
    const collector = await collect((_arrived, response) => {
      response.writeHead(401, { "content-type": "application/json" });
      response.end('{"message":"unknown key k-123456\\r\\n\\u001b[31mgo away"}');
    });
    const sender = createSender(collector.url, { headers: { "x-api-key": "k-123456" } });
    await expect(sender.send(body)).resolves.toEqual({
      outcome: "refused",
      reason: "status 401: unknown key … [31mgo away",
      status: 401,
    });
  });

  it("names itself as OTLP asks, unless the user says otherwise (D8)", async () => {
    const collector = await collect();
    await createSender(collector.url).send(body);
    await createSender(collector.url, { headers: { "user-agent": "shop" } }).send(body);
    expect(collector.arrived[0]?.headers["user-agent"]).toMatch(/^OTel-OTLP-Exporter-Gossamer\/\d+\.\d+\.\d+/);
    expect(collector.arrived[1]?.headers["user-agent"]).toBe("shop");
  });

  it("says that an address with https:// has a port without TLS (D10)", async () => {
    const collector = await collect();
    const result = await createSender(collector.url.replace("http:", "https:")).send(body);
    expect(result).toMatchObject({ outcome: "retryable", cause: "connection" });
    expect((result as { reason: string }).reason).toMatch(/no TLS there; the address says https:\/\//);
  });

  it("uses a connection no longer than its age, and loses nothing by it (D7)", async () => {
    const collector = await collect();
    const sender = createSender(collector.url, { maxConnectionAgeMs: 60, random: () => 0.5 });
    const beganMs = performance.now();
    for (let i = 0; i < 12; i++) {
      await expect(sender.send(body)).resolves.toMatchObject({ outcome: "accepted" });
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    expect(collector.connections).toBeGreaterThan(1);
    expect(collector.connections).toBeLessThanOrEqual(1 + (performance.now() - beganMs) / 40);
    const all = Array.from({ length: 50 }, () => sender.send(body));
    for (const result of await Promise.all(all)) expect(result.outcome).toBe("accepted");
  });
});
