import { once } from "node:events";
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from "node:net";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { countIdle } from "../testing/count-idle.ts";
import { HostileGrpcCollector } from "../testing/hostile-grpc-collector.ts";
import type { Headers, Script, Step } from "../testing/hostile-grpc-server.ts";
import { createPipeline, lines, senderSettings } from "../testing/pipeline-kit.ts";
import { GrpcSender } from "./grpc-sender.ts";

// GOSSAMER_FUZZ_RUNS asks for more. Node 24.21 itself aborted three times in some 12,000 of them (docs/known-limits.md).
const numRuns = Number(process.env["GOSSAMER_FUZZ_RUNS"] ?? 50);
const timeoutMs = 150;
const method = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

const collector = new HostileGrpcCollector();

/** The connections of senders, before the server: Node's own does not notice each that its client has closed. */
const connections = new Set<Socket>();
const front = createTcpServer((socket) => {
  const behind = connect(collector.port, "127.0.0.1");
  const leave = (): void => {
    connections.delete(socket);
    socket.destroy();
    behind.destroy();
  };
  connections.add(socket);
  for (const end of [socket, behind]) end.on("error", leave).on("end", leave).on("close", leave);
  socket.pipe(behind).pipe(socket);
});

let url = "";
beforeAll(async () => {
  front.listen(0, "127.0.0.1");
  await Promise.all([collector.start(), once(front, "listening")]);
  url = `http://127.0.0.1:${(front.address() as AddressInfo).port}${method}`;
});
afterEach(() => collector.endConnections());
afterAll(() => {
  front.close();
  collector.stop();
});

const code = fc.oneof(
  fc.nat(20).map(String),
  fc.constantFrom("", "-1", "999", "1e3", "0x0", "00", " 0"),
  fc.string({ maxLength: 6 }),
);
const coded = fc.oneof(
  fc.constantFrom(
    "%",
    "%4",
    "%C3%A9",
    "100% full %E2%82%AC",
    "%00%0d%0a%1b[31m",
    "%ff%fe",
    "x".repeat(50_000),
    "%E2%80%A8".repeat(2_000),
  ),
  fc.stringMatching(/^[ -~]{0,60}$/),
  fc
    .uint8Array({ maxLength: 60 })
    .map((bytes) => [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")),
);
const details = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString("base64")),
  fc.constantFrom("", "====", "A".repeat(40_000)),
);
const grpcHeaders = fc.record(
  { "grpc-status": code, "grpc-message": coded, "grpc-status-details-bin": details },
  { requiredKeys: [] },
) as fc.Arbitrary<Headers>;
const someHeaders = fc.oneof(
  { weight: 4, arbitrary: grpcHeaders },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Headers>(
      { "content-type": "text/html", location: "http://elsewhere/" },
      Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`x-${i}`, "y"])),
      { "x-long": "y".repeat(60_000) },
      { "grpc-encoding": "gzip", "grpc-status": "0" },
    ),
  },
);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((given) => Buffer.from(given)),
  fc.constantFrom(
    Buffer.alloc(5),
    Buffer.concat([Buffer.from([0, 0, 0, 0, 9]), Buffer.from([10, 7, 8, 255, 255, 255, 255, 255, 127])]),
    Buffer.alloc(70_000, 10),
    Buffer.alloc(1_000_000),
  ),
);
const h2Code = fc.oneof(fc.nat(14), fc.constantFrom(0xff_ff, 7, 11));
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("head" as const),
      status: fc.constantFrom(200, 200, 200, 200, 204, 301, 400, 404, 429, 502, 503, 599),
      headers: someHeaders,
      isAll: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("data" as const), bytes }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), waitMs: fc.constantFrom(0, 1, 2 * timeoutMs) }),
  },
  { weight: 3, arbitrary: fc.constant<Step>({ kind: "end" }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reset" as const), code: h2Code }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("goaway" as const),
      code: h2Code,
      lastStream: fc.constantFrom(0, 0, 2, 200),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Step>(
      { kind: "informational" },
      { kind: "push" },
      { kind: "endless" },
      { kind: "destroy" },
    ),
  },
);
const scripts: fc.Arbitrary<Script> = fc.record({
  steps: fc.array(step, { maxLength: 6 }),
  trailers: fc.option(someHeaders, { nil: undefined }),
  readsBody: fc.boolean(),
});

function expectSound(result: Awaited<ReturnType<GrpcSender["send"]>>): void {
  if (result.outcome === "accepted") {
    expect(result.rejected).toBeGreaterThanOrEqual(0);
    if (result.message !== undefined) expect(result.message).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    return;
  }
  expect(result.reason).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
  expect(result.reason.length).toBeLessThan(400);
  if (result.outcome === "retryable" && result.afterMs !== undefined) {
    expect(result.afterMs).toBeGreaterThanOrEqual(0);
    expect(result.afterMs).toBeLessThanOrEqual(300_000);
  }
}

describe("whatever a collector answers by gRPC", () => {
  it("a try settles in time, as one line, throws at nobody, and leaves no connection (R-P6, D3)", async () => {
    await fc.assert(
      fc.asyncProperty(scripts, async (given) => {
        await collector.follow(given);
        const sender = new GrpcSender({ ...senderSettings, url, timeoutMs, connectTimeoutMs: 1_000 });
        const body = await sender.prepare([Buffer.alloc(50_000, "x")]);
        const idleMs = countIdle();
        const result = await sender.send(body);
        // One try more where a connection was left.
        expect(idleMs()).toBeLessThan(2 * timeoutMs + 1_000);
        expectSound(result);
        sender.close();
      }),
      { numRuns },
    );
    await expect.poll(() => connections.size).toBe(0);
  });

  it("each span is exported or counted, in bounded memory (R-P3, R-P6)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(scripts, { minLength: 1, maxLength: 3 }), async (given) => {
        let calls = 0;
        const sender = new GrpcSender({ ...senderSettings, url, timeoutMs, connectTimeoutMs: 1_000 });
        const pipeline = createPipeline({
          sender: {
            destination: sender.destination,
            prepare: (parts) => sender.prepare(parts),
            close: () => sender.close(),
            async send(body) {
              await collector.follow(given[calls++ % given.length]!);
              return sender.send(body);
            },
          },
          settings: { retry: { attempts: 2, initialMs: 1, maxMs: 2, totalMs: 500 }, maxConcurrentExports: 1 },
        });
        for (let i = 0; i < 3; i++) pipeline.add(lines("span", 10));
        await pipeline.shutdown(3_000);
        const { accepted, exported, queued, inFlight, dropped, uncertain } = pipeline.status();
        expect(accepted).toBe(30);
        expect({ queued, inFlight }).toEqual({ queued: 0, inFlight: 0 });
        expect(exported + dropped + uncertain).toBe(30);
      }),
      { numRuns: Math.ceil(numRuns / 5) },
    );
  });

  it("an answer without an end takes no memory beside what a try may read (R-P6)", async () => {
    await collector.follow({
      steps: [{ kind: "head", status: 200, headers: {}, isAll: false }, { kind: "endless" }],
      trailers: undefined,
      readsBody: true,
    });
    const sender = new GrpcSender({ ...senderSettings, url, timeoutMs: 3_000, connectTimeoutMs: 1_000 });
    const body = await sender.prepare([Buffer.from("x")]);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 20; i++) expect((await sender.send(body)).outcome).toBe("accepted");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32_000_000);
    sender.close();
    await expect.poll(() => connections.size).toBe(0);
  });

  it("nothing is pushed at it: a pushed stream that fails would end the process (R-P6)", async () => {
    await collector.follow({
      steps: [{ kind: "push" }, { kind: "goaway", code: 11, lastStream: 0 }],
      trailers: undefined,
      readsBody: true,
    });
    collector.pushAllowed.length = 0;
    const sender = new GrpcSender({ ...senderSettings, url, timeoutMs });
    expect((await sender.send(await sender.prepare([Buffer.from("x")]))).outcome).toBe("retryable");
    await expect.poll(() => collector.pushAllowed[0]).toBe(false);
    sender.close();
  });

  it("a message that is not coded as gRPC says is told as far as it can be read (D3, D5)", async () => {
    const told = async (message: string): Promise<string> => {
      const headers = { "grpc-status": "3", "grpc-message": message };
      await collector.follow({
        steps: [{ kind: "head", status: 200, headers, isAll: true }],
        trailers: undefined,
        readsBody: true,
      });
      const sender = new GrpcSender({ ...senderSettings, url, timeoutMs: 3_000 });
      const result = await sender.send(await sender.prepare([Buffer.from("x")]));
      sender.close();
      return result.outcome === "refused" ? result.reason : result.outcome;
    };
    expect(await told("caf%C3%A9 %E2%82%AC")).toBe("status INVALID_ARGUMENT: café €");
    expect(await told("100% full: caf%C3%A9")).toBe("status INVALID_ARGUMENT: 100% full: café");
    expect(await told("a%0D%0Ab%")).toBe("status INVALID_ARGUMENT: a b%");
    expect(await told("%FF%C3%A9")).toBe("status INVALID_ARGUMENT: \ufffdé");
  });
});

describe("whatever bytes a collector sends in place of HTTP/2", () => {
  let tcp: Server;
  const sockets = new Set<Socket>();
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    tcp.close();
  });

  it("a try settles in time, and throws at nobody (R-P6)", async () => {
    let parts: readonly Buffer[] = [];
    tcp = createTcpServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => sockets.delete(socket));
      socket.once("data", () => {
        for (const part of parts) socket.write(part);
      });
    });
    tcp.listen(0, "127.0.0.1");
    await once(tcp, "listening");
    const target = `http://127.0.0.1:${(tcp.address() as AddressInfo).port}${method}`;
    const frame = fc
      .record({
        type: fc.nat(12),
        flags: fc.nat(255),
        stream: fc.constantFrom(0, 1, 1, 2, 3, 0x7f_ff_ff_ff),
        payload: fc.uint8Array({ maxLength: 64 }),
        length: fc.option(fc.nat(0xff_ff_ff), { nil: undefined }),
      })
      .map(({ type, flags, stream, payload, length = payload.length }) => {
        const head = Buffer.alloc(9);
        head.writeUIntBE(length, 0, 3);
        head[3] = type;
        head[4] = flags;
        head.writeUInt32BE(stream, 5);
        return Buffer.concat([head, payload]);
      });
    const settingsFrame = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(frame, { maxLength: 8 }),
        fc.boolean(),
        fc.constantFrom("", "HTTP/1.1 400 Bad Request\r\n\r\n", "\u0000\u0000"),
        async (frames, isPolite, first) => {
          parts = [Buffer.from(first), ...(isPolite ? [settingsFrame] : []), ...frames];
          const sender = new GrpcSender({ ...senderSettings, url: target, timeoutMs, connectTimeoutMs: 1_000 });
          const body = await sender.prepare([Buffer.alloc(1_000)]);
          const idleMs = countIdle();
          const result = await sender.send(body);
          expect(idleMs()).toBeLessThan(2 * timeoutMs + 1_000);
          expectSound(result);
          sender.close();
        },
      ),
      { numRuns },
    );
    await expect.poll(() => sockets.size).toBe(0);
  });
});
