import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { countIdle } from "../testing/count-idle.ts";
import { senderSettings } from "../testing/pipeline-kit.ts";
import { HttpSender } from "./http-sender.ts";

// GOSSAMER_FUZZ_RUNS asks for more.
const numRuns = Number(process.env["GOSSAMER_FUZZ_RUNS"] ?? 150);
const timeoutMs = 150;

const sockets = new Set<Socket>();
let script: readonly Step[] = [];

/** What the collector does next on a connection that has asked for something. */
type Step = { readonly bytes: Buffer } | { readonly waitMs: number } | "end" | "reset";

const server = createServer((socket) => {
  sockets.add(socket);
  socket.on("error", () => {});
  socket.on("close", () => sockets.delete(socket));
  socket.once("data", () => void play(socket, script));
});

async function play(socket: Socket, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (step === "end") socket.end();
    else if (step === "reset") socket.resetAndDestroy();
    else if ("bytes" in step) socket.write(step.bytes);
    else await new Promise((resolve) => setTimeout(resolve, step.waitMs));
  }
}

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

const status = fc.oneof(
  fc.constantFrom("200", "204", "100", "301", "400", "401", "413", "429", "503"),
  fc.stringMatching(/^[0-9]{1,4}$/),
);
const line = fc.oneof(
  fc.constantFrom(
    "content-length: 5",
    "content-length: 99999999999999",
    "content-length: -1",
    "transfer-encoding: chunked",
    "connection: close",
    "retry-after: 99999999999",
    "retry-after: -5",
    "content-type: application/json",
    "content-type: application/x-protobuf",
    ": nameless",
  ),
  fc.string({ maxLength: 40, unit: "binary" }),
);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom('{"message":"a\\r\\n\\u001b[31mb"}', "5\r\nhello\r\n0\r\n\r\n", "<title>x", "\u0012\u007f", "")
    .map((text) => Buffer.from(text)),
);
const answer = fc
  .record({ status, lines: fc.array(line, { maxLength: 6 }), body })
  .map((given) =>
    Buffer.concat([
      Buffer.from(`HTTP/1.1 ${given.status} X\r\n${given.lines.join("\r\n")}\r\n\r\n`, "latin1"),
      given.body,
    ]),
  );
const steps = fc
  .record({
    bytes: fc.oneof(answer, body),
    cuts: fc.array(fc.nat(300), { maxLength: 4 }),
    waitMs: fc.constantFrom(0, 0, 1, 2 * timeoutMs),
    keep: fc.double({ min: 0, max: 1, noNaN: true }),
    last: fc.constantFrom<Step | undefined>("end", "reset", undefined),
  })
  .map(({ bytes, cuts, waitMs, keep, last }): Step[] => {
    const whole = keep < 0.3 ? bytes.subarray(0, Math.floor(bytes.length * keep * 3)) : bytes;
    const at = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length];
    const parts = at.slice(1).map((end, i): Step => ({ bytes: whole.subarray(at[i], end) }));
    return [
      ...parts.flatMap((part) => [part, { waitMs: waitMs > 1 ? 0 : waitMs }]),
      { waitMs },
      ...(last === undefined ? [] : [last]),
    ];
  });

it("whatever a collector answers, a try settles in time, as one line, and throws at nobody (R-P6, D3)", async () => {
  const { port } = server.address() as AddressInfo;
  await fc.assert(
    fc.asyncProperty(steps, async (given) => {
      script = given;
      const sender = new HttpSender({
        ...senderSettings,
        compression: "none",
        url: `http://127.0.0.1:${port}/v1/traces`,
        timeoutMs,
      });
      const idleMs = countIdle();
      const result = await sender.send([Buffer.from("body")]);
      sender.close();
      // One try more where a connection was stale.
      expect(idleMs()).toBeLessThan(2 * timeoutMs + 1_000);
      if (result.outcome === "accepted") {
        expect(result.rejected).toBeGreaterThanOrEqual(0);
        return;
      }
      expect(result.reason).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      expect(result.reason.length).toBeLessThan(400);
      if (result.outcome === "retryable" && result.afterMs !== undefined) {
        expect(result.afterMs).toBeGreaterThanOrEqual(0);
        expect(result.afterMs).toBeLessThanOrEqual(300_000);
      }
    }),
    { numRuns },
  );
});
