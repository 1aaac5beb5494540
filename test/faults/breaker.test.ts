import { expect, it } from "vitest";
import { record } from "./record.ts";
import { accounts, distinct, receive, serve, settle } from "./world.ts";

it("a breaker opens on a collector that keeps failing, spares it, and closes when it is well: a line each (R-P7)", async () => {
  const receiver = await receive({ respond: () => ({ kind: "status", status: 503 }) });
  const openMs = 2_000;
  const service = await serve(receiver.url, {
    options: { breaker: { failures: 5, openMs, goodTrials: 1 } },
    otlp: { retry: { attempts: 100, initialMs: 20, maxMs: 50, totalMs: 30_000 } },
  });
  const beganMs = performance.now();
  let errors = (await service.load(100)).errors;
  await expect.poll(async () => (await accounts(service)).exporters[0]?.breaker).toBe("open");
  const asked = receiver.requests.length;
  errors += (await service.load(100)).errors;
  await new Promise((resolve) => setTimeout(resolve, 500));
  // On a machine so busy that this took longer than the breaker stays open, it has tried: once each time.
  const trials = Math.floor((performance.now() - beganMs) / openMs);
  expect(receiver.requests.length - asked).toBeLessThanOrEqual(trials);
  const open = await accounts(service);
  expect([open.queued + open.writing + open.inFlight, open.dropped]).toEqual([200, 0]);
  receiver.respond = () => undefined;
  await settle(service, { exported: 200, dropped: 0 });
  expect((await accounts(service)).exporters[0]?.breaker).toBe("closed");
  expect([distinct(receiver), errors]).toEqual([200, 0]);
  expect(service.lines.length).toBeLessThanOrEqual(4);
  record({
    order: 50,
    fault: "503 until the breaker opens, then healthy",
    seen: "200 of 200 answered",
    lost: `0 of 200; ${asked} export requests, then none while the breaker was open`,
    lines: service.lines.length,
  });
});

it("while a breaker is open without a fallback, spans wait up to the bound, and not one more byte is encoded or sent (R-P7)", async () => {
  const receiver = await receive({ respond: () => ({ kind: "reset" }) });
  const service = await serve(receiver.url, {
    options: {
      breaker: { failures: 1, openMs: 60_000 },
      queue: { maxSpans: 200 },
      batch: { maxSpans: 50, delayMs: 20 },
    },
  });
  await service.load(50);
  await expect.poll(async () => (await accounts(service)).exporters[0]?.breaker).toBe("open");
  const before = await accounts(service);
  const seen = await service.load(500);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const after = await accounts(service);
  expect([after.tries, after.bodyBytes]).toEqual([before.tries, before.bodyBytes]);
  expect(after.queued + after.writing + after.dropped).toBe(550);
  expect(after.queued).toBeLessThanOrEqual(200);
  expect(seen.errors).toBe(0);
});
