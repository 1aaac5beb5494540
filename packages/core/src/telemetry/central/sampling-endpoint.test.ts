import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import {
  createServer as createGrpcServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { TelemetryOptions } from "../../options/declare/telemetry-options.ts";
import { createTelemetry, resetTelemetry } from "../create-telemetry.ts";
import type { Telemetry } from "../telemetry.ts";
import type { RemoteSamplingStatus } from "./remote-sampling.ts";
import { freePort } from "../../testing/free-port.ts";

const closers: (() => unknown)[] = [];
const lines: string[] = [];

afterEach(async () => {
  await resetTelemetry();
  for (const close of closers.splice(0)) await close();
  lines.length = 0;
});

async function listen(server: Server | Http2Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A sampling endpoint by HTTP, with what it was asked. */
async function httpEndpoint(answer: RequestListener): Promise<{ url: string; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server = createHttpServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  const port = await listen(server);
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}`, asked };
}

function engine(options: TelemetryOptions): Telemetry {
  return createTelemetry({
    serviceName: "shop & co",
    exporter: "none",
    environment: "production",
    shutdown: { signals: false },
    log: (line: string) => lines.push(line),
    ...options,
  } as TelemetryOptions<never>);
}

const remote = (telemetry: Telemetry): RemoteSamplingStatus | undefined => telemetry.status().sampling.remote;
const json = (value: unknown): string => JSON.stringify(value);
const half = { strategyType: "PROBABILISTIC", probabilisticSampling: { samplingRate: 0.5 } };
const wrongs = (): string[] => lines.filter((line) => line.includes("GSM_REMOTE_SAMPLING_WRONG"));

async function untilAsked(telemetry: Telemetry): Promise<void> {
  await vi.waitFor(
    () => expect((remote(telemetry)?.revision ?? 0) + (remote(telemetry)?.failures ?? 0)).toBeGreaterThan(0),
    10_000,
  );
}

describe("an endpoint by HTTP", () => {
  test("is asked for the service at the start, and what it says is in force and in the status (R-S17)", async () => {
    const { url, asked } = await httpEndpoint((_, response) => response.end(json(half)));
    const telemetry = engine({ remoteSampling: url, sampleRatio: 0.1 });
    expect(telemetry.sampling.current().sampleRatio).toBe(0.1);
    await untilAsked(telemetry);
    expect(asked.map(({ method, url: path }) => `${method} ${path}`)).toEqual(["GET /sampling?service=shop+%26+co"]);
    expect(telemetry.sampling.current()).toMatchObject({ sampleRatio: 0.5, changedBy: "remote" });
    expect(remote(telemetry)).toEqual({ url: `${url}/sampling`, revision: 1, ageMs: expect.any(Number), failures: 0 });
    expect(lines.at(-1)).toBe(`gossamer: sampling follows ${url}/sampling [GSM_REMOTE_SAMPLING]`);
  });

  test("has its ratio until it answers, which the line at the start says (R-S17)", () => {
    const telemetry = engine({ remoteSampling: { url: "http://127.0.0.1:9/strategies", initialRatio: 0.25 } });
    expect(telemetry.sampling.current().sampleRatio).toBe(0.25);
    expect(lines[0]).toContain(
      'sampling 25 % of requests (option "remoteSampling.initialRatio"), until http://127.0.0.1:9/strategies says what to sample',
    );
  });

  test("is given the credentials of its address, which nobody else is told (R-S17)", async () => {
    const { url, asked } = await httpEndpoint((_, response) => response.writeHead(401).end("secret-word"));
    const telemetry = engine({ remoteSampling: url.replace("//", "//user:secret-word@") });
    await untilAsked(telemetry);
    expect(asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from("user:secret-word").toString("base64")}`);
    expect(wrongs()).toHaveLength(1);
    expect(json([lines, telemetry.status()])).not.toContain("secret-word");
  });

  test("is asked by no client that is traced (R-S17, R-I5)", async () => {
    const seen: unknown[] = [];
    const see = (message: unknown): void => void seen.push(message);
    for (const channel of ["http.client.request.start", "undici:request:create"]) {
      subscribe(channel, see);
      closers.push(() => unsubscribe(channel, see));
    }
    const { url } = await httpEndpoint((_, response) => response.end(json(half)));
    const telemetry = engine({ remoteSampling: url, sampleRatio: 1 });
    await untilAsked(telemetry);
    expect(remote(telemetry)?.revision).toBe(1);
    expect(seen).toEqual([]);
    expect(telemetry.status().spans.started).toBe(0);
  });

  test.each<[string, RequestListener, string]>([
    ["a failure", (_, response) => response.writeHead(500).end(json(half)), "status 500"],
    ["a redirect", (_, response) => response.writeHead(302, { location: "/elsewhere" }).end(), "status 302"],
    ["nothing", (_, response) => response.writeHead(204).end(), "status 204"],
    ["no JSON", (_, response) => response.end("<html>"), "its answer cannot be followed: it is no JSON"],
    [
      "half of it",
      (_, response) => response.end(json(half).slice(0, 20)),
      "its answer cannot be followed: it is no JSON",
    ],
    [
      "a typing mistake",
      (_, response) => response.end('{"probabilisticSampling":{"samplingRat":1}}'),
      'its answer cannot be followed: probabilisticSampling.samplingRat is unknown; did you mean "samplingRate"?',
    ],
    [
      "too much",
      (_, response) => response.end(json({ ...half, comment: "x".repeat(1_048_576) })),
      "an answer of more than 1048576 bytes",
    ],
    ["too much without an end", (_, response) => pour(response), "an answer of more than 1048576 bytes"],
    ["silence", () => {}, "no answer within 200 ms"],
    ["a hang-up", (request) => request.socket.destroy(), "closed"],
    ["other protocols", (request) => request.socket.end("SSH-2.0-OpenSSH\r\n"), "malformed answer"],
  ])("that answers %s changes nothing, with one line and a count (R-S17)", async (_, answer, reason) => {
    const { url } = await httpEndpoint(answer);
    const telemetry = engine({
      remoteSampling: { url, timeoutMs: reason.includes("200") ? 200 : 5_000 },
      sampleRatio: 0.1,
    });
    await untilAsked(telemetry);
    expect(wrongs()).toEqual([
      `gossamer: remote sampling failed at ${url}/sampling: ${reason}; the previous settings stay in effect [GSM_REMOTE_SAMPLING_WRONG]`,
    ]);
    expect(remote(telemetry)).toMatchObject({ revision: 0, ageMs: undefined, failures: 1 });
    expect(telemetry.status().faults).toMatchObject({ "remote-sampling": 1 });
    expect(telemetry.sampling.current()).toMatchObject({ sampleRatio: 0.1, revision: 0 });
  });

  test("that drips is given up in time, with its connection (R-S17)", async () => {
    let isOpen = true;
    const { url } = await httpEndpoint((request, response) => {
      request.socket.on("close", () => (isOpen = false));
      const drip = setInterval(() => response.write(" "), 20);
      closers.push(() => clearInterval(drip));
    });
    const telemetry = engine({ remoteSampling: { url, timeoutMs: 200 } });
    await untilAsked(telemetry);
    expect(wrongs()).toHaveLength(1);
    await vi.waitFor(() => expect(isOpen).toBe(false), 20_000);
  });

  test("that nobody is at is one line, and the service runs (R-S17)", async () => {
    const telemetry = engine({ remoteSampling: `http://127.0.0.1:${await freePort()}` });
    await untilAsked(telemetry);
    expect(wrongs()).toHaveLength(1);
    expect(wrongs()[0]).toContain("ECONNREFUSED");
  });

  test("is not asked where telemetry or tracing is off (R-S17)", async () => {
    const { url, asked } = await httpEndpoint((_, response) => response.end(json(half)));
    for (const off of [{ enabled: false }, { traces: false }]) {
      expect(remote(engine({ remoteSampling: url, ...off }))).toBeUndefined();
      await resetTelemetry();
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toEqual([]);
  });
});

function pour(response: { write(text: string): boolean; destroyed: boolean }): void {
  const more = setInterval(() => !response.destroyed && response.write("x".repeat(65_536)), 1);
  closers.push(() => clearInterval(more));
}

describe("an endpoint by gRPC", () => {
  /** Answers each call with a message and a status. */
  async function grpcEndpoint(
    answer: (stream: ServerHttp2Stream) => void,
  ): Promise<{ url: string; asked: { path: string; bytes: Buffer }[] }> {
    const asked: { path: string; bytes: Buffer }[] = [];
    const sessions = new Set<ServerHttp2Session>();
    const server = createGrpcServer();
    server.on("session", (session) => sessions.add(session.on("error", () => {})));
    server.on("stream", (stream, headers) => {
      const parts: Buffer[] = [];
      stream.on("error", () => {});
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        asked.push({ path: String(headers[":path"]), bytes: Buffer.concat(parts) });
        answer(stream);
      });
    });
    const port = await listen(server);
    closers.push(() => {
      for (const session of sessions) session.destroy();
      server.close();
    });
    return { url: `http://127.0.0.1:${port}`, asked };
  }

  const reply =
    (message: Buffer, status = "0", words = "") =>
    (stream: ServerHttp2Stream): void => {
      const head = Buffer.alloc(5);
      head.writeUInt32BE(message.length, 1);
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": status, "grpc-message": words }));
      stream.end(Buffer.concat([head, message]));
    };

  const rate = Buffer.alloc(8);
  rate.writeDoubleLE(0.5);
  const halfMessage = Buffer.concat([Buffer.from([0x12, 9, 0x09]), rate]);

  test("is asked for the service, and what it says is in force (R-S17)", async () => {
    const { url, asked } = await grpcEndpoint(reply(halfMessage));
    const telemetry = engine({ remoteSampling: { url, protocol: "grpc" }, sampleRatio: 0.1 });
    await untilAsked(telemetry);
    expect(remote(telemetry)).toMatchObject({ url, revision: 1, failures: 0 });
    expect(telemetry.sampling.current().sampleRatio).toBe(0.5);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.path).toBe("/jaeger.api_v2.SamplingManager/GetSamplingStrategy");
    expect(asked[0]?.bytes.subarray(7).toString()).toBe("shop & co");
  });

  test.each<[string, (stream: ServerHttp2Stream) => void, string]>([
    ["a status", reply(Buffer.alloc(0), "5", "no such service"), "status NOT_FOUND: no such service"],
    ["nothing", reply(Buffer.alloc(0)), "its answer cannot be followed: it has no probabilisticSampling"],
    [
      "torn bytes",
      reply(Buffer.from([0x12, 99])),
      "its answer cannot be followed: the message ends in the middle of a field",
    ],
    ["too much", reply(Buffer.alloc(1_100_000)), "an answer of more than 1048576 bytes"],
    ["silence", () => {}, "no answer within 200 ms"],
    [
      "no gRPC",
      (stream) => stream.respond({ ":status": 404 }, { endStream: true }),
      "status 404 without a gRPC status",
    ],
  ])("that answers %s changes nothing, with one line (R-S17)", async (_, answer, reason) => {
    const { url } = await grpcEndpoint(answer);
    const timeoutMs = reason.includes("200") ? 200 : 5_000;
    const telemetry = engine({ remoteSampling: { url, protocol: "grpc", timeoutMs }, sampleRatio: 0.1 });
    await untilAsked(telemetry);
    expect(wrongs()).toEqual([
      `gossamer: remote sampling failed at ${url}: ${reason}; the previous settings stay in effect [GSM_REMOTE_SAMPLING_WRONG]`,
    ]);
    expect(telemetry.sampling.current()).toMatchObject({ sampleRatio: 0.1, revision: 0 });
  });

  test("that speaks no HTTP/2 is one line (R-S17)", async () => {
    const server = createTcpServer((socket) => socket.on("error", () => {}).end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    closers.push(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await untilAsked(engine({ remoteSampling: { url, protocol: "grpc" } }));
    expect(wrongs()).toHaveLength(1);
    expect(wrongs()[0]).toContain("no gRPC there");
  });
});
