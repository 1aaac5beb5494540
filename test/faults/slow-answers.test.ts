import { describe, expect, it } from "vitest";
import { slowness } from "../setup/slowness.ts";
import { record } from "./record.ts";
import { accounts, distinct, listenRaw, receive, serve, settle } from "./world.ts";

describe("answers that do not come, or do not end", () => {
  it("accepts and never answers: each try has one total deadline, and what is lost is counted (R-P6)", async () => {
    const receiver = await receive({ respond: () => ({ kind: "silence" }) });
    const service = await serve(receiver.url, { otlp: { timeoutMs: 200 } });
    const seen = await service.load(100, "/hello", 20);
    const beganMs = performance.now();
    await settle(service, { drops: { "retries-exhausted": 100 }, exported: 0, queued: 0 });
    expect(performance.now() - beganMs).toBeLessThan(8_000 * slowness());
    const { tries } = await accounts(service);
    expect(tries).toBe(receiver.requests.length);
    expect([tries > 0, tries % 5]).toEqual([true, 0]);
    expect(seen.errors).toBe(0);
    receiver.respond = () => undefined;
    await service.load(10);
    await settle(service, { exported: 10 });
    expect(service.lines).toHaveLength(3);
    record({
      order: 5,
      fault: "collector accepts connections but never responds (200 ms timeout)",
      seen: `${seen.answers} of 100 answered`,
      lost: "100 of 100 after 5 attempts each, counted (`retries-exhausted`); once it responds the next 10 delivered",
      lines: service.lines.length,
    });
  });

  it("drips the head of its answer: the deadline is total, and shutdown is bounded (R-P9)", async () => {
    const raw = await listenRaw((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nx-slow: ");
      const drip = setInterval(() => socket.write("x"), 50);
      socket.on("close", () => clearInterval(drip));
    });
    const service = await serve(raw.url, { otlp: { timeoutMs: 30_000 } });
    const seen = await service.load(100);
    const beganMs = performance.now();
    await service.ask("shutdown", { deadlineMs: 500 });
    const tookMs = performance.now() - beganMs;
    expect(tookMs).toBeLessThan(500 + 1_500 * slowness());
    expect(await accounts(service)).toMatchObject({ exported: 0, drops: { shutdown: 100 } });
    expect(service.lines).toEqual([expect.stringMatching(/^100 spans could not be delivered/)]);
    expect((await service.load(10)).errors).toBe(0);
    record({
      order: 6,
      fault: "collector sends one byte every 50 ms forever; then `shutdown(500)`",
      seen: `${seen.answers} of 100 answered`,
      lost: `100 of 100, counted (\`shutdown\`), after ${Math.round(tookMs / 100) / 10} s`,
      lines: service.lines.length,
    });
  });

  it("drips the body of its answer: the head has decided, and nothing waits for the rest (R-P5)", async () => {
    const receiver = await receive({ respond: () => ({ kind: "drip", everyMs: 50 }) });
    const service = await serve(receiver.url, { otlp: { timeoutMs: 300 } });
    expect((await service.load(100)).errors).toBe(0);
    await settle(service, { exported: 100, dropped: 0 });
    expect([distinct(receiver), service.lines.length]).toEqual([100, 0]);
  });

  it("breaks off in the middle of its answer: the head decides; without one the batch is sent again (R-P6)", async () => {
    let answers = 0;
    const raw = await listenRaw((socket) => {
      socket.once("data", () => {
        socket.end(answers++ === 0 ? "HTTP/1.1 200 O" : "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nhalf");
      });
    });
    const service = await serve(raw.url);
    const seen = await service.load(50);
    await settle(service, { exported: 50, dropped: 0 });
    expect([seen.errors, service.lines.length]).toEqual([0, 2]);
    record({
      order: 7,
      fault: "collector sends half a response",
      seen: `${seen.answers} of 50 answered`,
      lost: "0 of 50: after an incomplete head the batch is retried; with an incomplete body the status in the head counts",
      lines: service.lines.length,
    });
  });

  it("answers with 64 MB: it is cut, and the memory of the service does not follow (R-P5)", async () => {
    const body = Buffer.alloc(64 * 1024 * 1024);
    const receiver = await receive({ respond: () => ({ kind: "status", status: 200, body }) });
    const service = await serve(receiver.url, { nodeOptions: ["--expose-gc"] });
    await service.load(50);
    await service.flush(2_000);
    const before = await service.ask<NodeJS.MemoryUsage>("memory");
    const seen = await service.load(50);
    await settle(service, { exported: 100, dropped: 0 });
    const after = await service.ask<NodeJS.MemoryUsage>("memory");
    const grewMb = (after.rss - before.rss) / 1_048_576;
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(1_048_576);
    expect(grewMb).toBeLessThan(32);
    expect([seen.errors, service.lines.length]).toEqual([0, 0]);
    record({
      order: 8,
      fault: "collector sends a response of 64 MB",
      seen: `${seen.answers} of 50 answered`,
      lost: `0 of 100; only 64 KiB are read; RSS ${grewMb < 0.5 ? "+0" : `+${grewMb.toFixed(0)}`} MB`,
      lines: service.lines.length,
    });
  });
});
