import { expect, it } from "vitest";
import { record } from "./record.ts";
import { accounts, distinct, receive, serve, settle } from "./world.ts";
import { freePort } from "../../packages/core/src/testing/free-port.ts";

/** At the least half of it passes before a collector that is away is tried again. */
const tryAgainMs = 60_000;

it("overflow `block`: new requests wait for room, each for maxBlockMs at most, and the event loop stays free (R-P3)", async () => {
  const port = await freePort();
  const service = await serve(`http://127.0.0.1:${port}`, {
    options: {
      queue: { maxSpans: 100, overflow: "block", maxBlockMs: 300 },
      batch: { maxSpans: 50, delayMs: 20 },
      breaker: { enabled: false },
    },
    // While a batch is tried there is room where it was. Here nothing is tried until a flush asks for it.
    otlp: { retry: { initialMs: tryAgainMs, maxMs: tryAgainMs, totalMs: 10 * tryAgainMs } },
  });
  expect((await service.load(160, "/hello", 40)).errors).toBe(0);
  await settle(service, { inFlight: 0, collector: "unreachable" });
  const held = await service.load(5, "/hello", 5);
  const slowestMs = held.latenciesMs.at(-1) ?? 0;
  expect(held.errors).toBe(0);
  expect(held.latenciesMs[0]).toBeGreaterThan(200);
  // Without their own bound they would wait for the next try.
  expect(slowestMs).toBeLessThan(tryAgainMs / 6);
  const underWay = service.load(50, "/hello", 5);
  await expect.poll(async () => (await accounts(service)).blocked.now).toBeGreaterThan(0);
  await underWay;
  const { total: heldSoFar } = (await accounts(service)).blocked;
  expect(heldSoFar).toBeGreaterThanOrEqual(10);

  const receiver = await receive({ port });
  expect(await service.flush(20_000)).toBe(true);
  const { accepted, exported, dropped } = await settle(service, { writing: 0, queued: 0, inFlight: 0 });
  expect([accepted, distinct(receiver)]).toEqual([215, exported]);
  await service.load(50);
  expect((await accounts(service)).blocked.total).toBe(heldSoFar);
  record({
    order: 51,
    fault: "overflow `block`, collector unreachable, queue full, `maxBlockMs` 300",
    seen: `all answered, each ${(held.latenciesMs[0] ?? 0).toFixed(0)}–${slowestMs.toFixed(0)} ms late; at once again when it is back`,
    lost: `${dropped} of ${accepted}, counted (\`queue-full\`)`,
    lines: service.lines.length,
  });
});
