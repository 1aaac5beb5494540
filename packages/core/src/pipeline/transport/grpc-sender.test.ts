import { readFileSync } from "node:fs";
import {
  createServer,
  createSecureServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { join } from "node:path";
import { once } from "node:events";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { GrpcSender } from "./grpc-sender.ts";
import type { SenderSettings } from "./sender-settings.ts";
import { startCollector } from "../testing/collector.ts";
import { senderSettings } from "../testing/pipeline-kit.ts";
import { freePort } from "../../testing/free-port.ts";

const method = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const body = [Buffer.from("a\n"), Buffer.from("b\n")];
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Call {
  readonly headers: Readonly<Record<string, unknown>>;
  /** Framed, as it came. */
  readonly bytes: Buffer;
}

type Answer = (stream: ServerHttp2Stream, call: Call) => void;

/** A gRPC answer: the message, and its status in the trailers. */
function answer(trailers: Record<string, string> = { "grpc-status": "0" }, message: Buffer = Buffer.alloc(5)): Answer {
  return (stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    stream.end(message);
  };
}

/** An answer without a message: its status is in the head. */
function refuse(headers: Record<string, string>): Answer {
  return (stream) =>
    stream.respond({ ":status": 200, "content-type": "application/grpc", ...headers }, { endStream: true });
}

interface GrpcCollector {
  readonly url: string;
  readonly calls: Call[];
  readonly sessions: Set<ServerHttp2Session>;
  /** Sessions ever. */
  connections: number;
  answer: Answer;
}

async function collect(reply: Answer = answer(), tls?: object): Promise<GrpcCollector> {
  const server: Http2Server = tls === undefined ? createServer() : (createSecureServer(tls) as unknown as Http2Server);
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => {
    collector.connections++;
    sessions.add(session);
    session.on("error", () => {});
    session.on("close", () => sessions.delete(session));
  });
  server.on("sessionError", () => {});
  server.on("stream", (stream, headers) => {
    const parts: Buffer[] = [];
    stream.on("error", () => {});
    stream.on("data", (part: Buffer) => parts.push(part));
    stream.on("end", () => {
      const call = { headers: { ...headers }, bytes: Buffer.concat(parts) };
      collector.calls.push(call);
      if (!stream.destroyed) collector.answer(stream, call);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  const scheme = tls === undefined ? "http" : "https";
  const collector: GrpcCollector = {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}${method}`,
    calls: [],
    sessions,
    connections: 0,
    answer: reply,
  };
  return collector;
}

function createSender(url: string, settings: Partial<SenderSettings> = {}): GrpcSender {
  const sender = new GrpcSender({ ...senderSettings, compression: "none", url, ...settings });
  closers.push(() => sender.close());
  return sender;
}

async function exportTo(url: string, settings: Partial<SenderSettings> = {}): Promise<unknown> {
  const sender = createSender(url, settings);
  return sender.send(await sender.prepare(body));
}

function pem(name: string): string {
  return readFileSync(join(import.meta.dirname, "../../../../../test/fixtures/tls", `${name}.pem`), "utf8");
}

describe("GrpcSender", () => {
  it("calls Export with the same bytes behind a frame head, and the user's headers (R-P14)", async () => {
    const collector = await collect();
    await expect(exportTo(collector.url, { headers: { "x-key": "k" } })).resolves.toEqual({
      outcome: "accepted",
      rejected: 0,
      message: undefined,
    });
    const [call] = collector.calls;
    expect(call?.bytes).toEqual(Buffer.from("\0\0\0\0\x04a\nb\n"));
    expect(call?.headers).toMatchObject({
      ":method": "POST",
      ":path": method,
      "content-type": "application/grpc",
      te: "trailers",
      "grpc-timeout": "10000m",
      "x-key": "k",
    });
    expect(call?.headers).not.toHaveProperty("grpc-encoding");
  });

  it("says that a message is gzipped, and gzips it (R-P14)", async () => {
    const collector = await collect();
    await exportTo(collector.url, { compression: "gzip" });
    const [call] = collector.calls;
    expect(call?.headers["grpc-encoding"]).toBe("gzip");
    expect([call?.bytes[0], call?.bytes.readUInt32BE(1)]).toEqual([1, (call?.bytes.length ?? 0) - 5]);
    expect(gunzipSync(call?.bytes.subarray(5) ?? "").toString()).toBe("a\nb\n");
  });

  it("carries many calls at once over one connection, and the next ones too (R-P14)", async () => {
    const collector = await collect();
    const sender = createSender(collector.url);
    const sent = await sender.prepare(body);
    for (let round = 0; round < 2; round++) {
      const results = await Promise.all(Array.from({ length: 10 }, () => sender.send(sent)));
      expect(results.every(({ outcome }) => outcome === "accepted")).toBe(true);
    }
    expect([collector.calls.length, collector.connections]).toEqual([20, 1]);
  });

  it("counts what the collector rejected of a call that it accepted (R-P6)", async () => {
    const message = Buffer.from([0, 0, 0, 0, 8, 0x0a, 0x06, 0x08, 0x03, 0x12, 0x02, 0x6e, 0x6f]);
    const collector = await collect(answer({ "grpc-status": "0" }, message));
    await expect(exportTo(collector.url)).resolves.toEqual({ outcome: "accepted", rejected: 3, message: "no" });
  });

  it.each([answer, refuse])(
    "reads a status from the trailers, and from the head of an answer without a message (R-P14)",
    async (make) => {
      const collector = await collect(make({ "grpc-status": "14", "grpc-message": "too%20busy" }));
      await expect(exportTo(collector.url)).resolves.toEqual({
        outcome: "retryable",
        cause: "status",
        reason: "status UNAVAILABLE: too busy",
        afterMs: undefined,
      });
    },
  );

  it("hears the pause that a RetryInfo asks for (R-P6)", async () => {
    const details = statusWithDelay(2, 500_000_000);
    const collector = await collect(refuse({ "grpc-status": "8", "grpc-status-details-bin": details }));
    await expect(exportTo(collector.url)).resolves.toMatchObject({ outcome: "retryable", afterMs: 2_500 });
  });

  it("takes an answer of a proxy that speaks no gRPC by its HTTP status (R-P14)", async () => {
    const collector = await collect((stream) => stream.respond({ ":status": 503 }, { endStream: true }));
    await expect(exportTo(collector.url)).resolves.toMatchObject({ outcome: "retryable", cause: "status" });
    collector.answer = (stream) => stream.respond({ ":status": 403 }, { endStream: true });
    await expect(exportTo(collector.url)).resolves.toMatchObject({ outcome: "refused", status: 403 });
  });

  it("tells a collector that is not there from one that answers (R-P6)", async () => {
    await expect(exportTo(`http://127.0.0.1:${await freePort()}${method}`)).resolves.toEqual({
      outcome: "retryable",
      cause: "connection",
      reason: "ECONNREFUSED",
    });
  });

  it("ends a call that nobody answers at its deadline, and makes the next one on a new connection (R-P14)", async () => {
    const collector = await collect(() => {});
    const sender = createSender(collector.url, { timeoutMs: 150 });
    const sent = await sender.prepare(body);
    await expect(sender.send(sent)).resolves.toMatchObject({ outcome: "retryable", cause: "deadline" });
    collector.answer = answer();
    await expect(sender.send(sent)).resolves.toMatchObject({ outcome: "accepted" });
    expect(collector.connections).toBe(2);
  });

  it("ends a call at its deadline although bytes of the answer keep dripping in (R-P14)", async () => {
    const collector = await collect((stream) => {
      stream.respond({ ":status": 200 });
      const drip = setInterval(() => stream.write("\0"), 30);
      stream.on("close", () => clearInterval(drip));
    });
    await expect(exportTo(collector.url, { timeoutMs: 200 })).resolves.toMatchObject({ cause: "deadline" });
  });

  it("gives up on a connection that is not made in time (R-P5)", async () => {
    const server = createTcpServer((socket: Socket) => socket.on("error", () => {}));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    closers.push(() => server.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}${method}`;
    await expect(exportTo(url, { connectTimeoutMs: 100 })).resolves.toEqual({
      outcome: "retryable",
      cause: "connection",
      reason: "no connection within 100 ms",
    });
  });

  it("reads at most 64 KiB of an answer and ends the call, however much there is (R-P5)", async () => {
    let ended = false;
    const collector = await collect((stream) => {
      const block = Buffer.alloc(65_536);
      stream.respond({ ":status": 200 });
      const pour = (): void => {
        while (!stream.destroyed && stream.write(block));
        stream.once("drain", () => setImmediate(pour));
      };
      stream.on("close", () => (ended = true));
      pour();
    });
    await expect(exportTo(collector.url)).resolves.toMatchObject({ outcome: "accepted", rejected: 0 });
    await expect.poll(() => ended).toBe(true);
  });

  it("sends at once over a new connection when the collector leaves the old one (R-P14)", async () => {
    const collector = await collect();
    const sender = createSender(collector.url);
    const sent = await sender.prepare(body);
    await sender.send(sent);
    for (const session of collector.sessions) session.destroy();
    await expect(sender.send(sent)).resolves.toMatchObject({ outcome: "accepted" });
    for (const session of collector.sessions) session.close();
    await expect(sender.send(sent)).resolves.toMatchObject({ outcome: "accepted" });
    expect(collector.calls).toHaveLength(3);
  });

  it("says in one word of a port that speaks HTTP/1.1 where gRPC is (R-P14)", async () => {
    const http1 = await startCollector();
    closers.push(() => http1.stop());
    await expect(exportTo(http1.url)).resolves.toMatchObject({
      outcome: "retryable",
      cause: "connection",
      reason: expect.stringMatching(/^no gRPC there: .*; its port is usually 4317$/) as string,
    });
  });

  it("trusts the authority it is given, shows its certificate, and trusts no other (R-P5)", async () => {
    const tls = { cert: pem("server-cert"), key: pem("server-key"), ca: pem("ca-cert"), requestCert: true };
    const collector = await collect(answer(), tls);
    const ours = { ca: pem("ca-cert"), cert: pem("client-cert"), key: pem("client-key") };
    await expect(exportTo(collector.url, { tls: ours })).resolves.toMatchObject({ outcome: "accepted" });
    await expect(exportTo(collector.url, { tls: { ...ours, ca: pem("other-ca-cert") } })).resolves.toMatchObject({
      outcome: "retryable",
      cause: "connection",
      reason: "SELF_SIGNED_CERT_IN_CHAIN",
    });
    await expect(exportTo(collector.url, { tls: { ca: ours.ca } })).resolves.toMatchObject({ outcome: "retryable" });
  });

  it("refuses, and does not throw, when Node would not make the call (R-P14)", async () => {
    const collector = await collect();
    await expect(exportTo(collector.url, { headers: { upgrade: "h2c" } })).resolves.toMatchObject({
      outcome: "refused",
    });
  });

  it("ends what is under way when it is closed (R-P9)", async () => {
    const collector = await collect(() => {});
    const sender = createSender(collector.url);
    const underWay = sender.send(await sender.prepare(body));
    await expect.poll(() => collector.calls.length).toBe(1);
    sender.close();
    await expect(underWay).resolves.toMatchObject({ outcome: "retryable", cause: "connection" });
    await expect(sender.send(body)).resolves.toMatchObject({ outcome: "retryable", reason: "closed" });
  });

  it("names its destination without credentials (R-P15)", () => {
    expect(createSender(`http://user:secret@localhost:4317${method}`).destination).toBe("http://localhost:4317");
  });
});

/** A `google.rpc.Status` with a `RetryInfo`, written by hand. */
function statusWithDelay(seconds: number, nanos: number): string {
  const field = (number: number, bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
  const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);
  const duration = Buffer.from([0x08, ...varint(seconds), 0x10, ...varint(nanos)]);
  const any = Buffer.concat([
    field(1, Buffer.from("type.googleapis.com/google.rpc.RetryInfo")),
    field(2, field(1, duration)),
  ]);
  return Buffer.concat([Buffer.from([0x08, 0x08]), field(3, any)]).toString("base64");
}

describe("what GrpcSender says of itself and of a collector", () => {
  it("tells a collector's message on one line and without our token (D3)", async () => {
    const collector = await collect((stream) => {
      stream.respond({
        ":status": 200,
        "content-type": "application/grpc",
        "grpc-status": "16",
        "grpc-message": "no%0D%0A%1B[31mk-123456",
      });
      stream.end();
    });
    await expect(exportTo(collector.url, { headers: { "x-api-key": "k-123456" } })).resolves.toEqual({
      outcome: "refused",
      reason: "status UNAUTHENTICATED: no [31m…",
      status: 400,
    });
  });

  it("names itself as OTLP asks (D8)", async () => {
    const collector = await collect();
    await exportTo(collector.url);
    expect(collector.calls[0]?.headers["user-agent"]).toMatch(/^OTel-OTLP-Exporter-Gossamer\/\d/);
  });

  it("says that an address with https:// has a port without TLS (D10)", async () => {
    const collector = await collect();
    const result = (await exportTo(collector.url.replace("http:", "https:"))) as { reason: string };
    expect(result.reason).toMatch(/no TLS there; the address says https:\/\//);
  });

  it("uses a connection no longer than its age (D7)", async () => {
    const collector = await collect();
    const sender = createSender(collector.url, { maxConnectionAgeMs: 60, random: () => 0.5 });
    const beganMs = performance.now();
    for (let i = 0; i < 12; i++) {
      await expect(sender.send(await sender.prepare(body))).resolves.toMatchObject({ outcome: "accepted" });
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    expect(collector.connections).toBeGreaterThan(1);
    expect(collector.connections).toBeLessThanOrEqual(1 + (performance.now() - beganMs) / 40);
  });
});
