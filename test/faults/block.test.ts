import { expect, it } from "vitest";
import { freePort } from "./raw-collector.ts";
import { record } from "./record.ts";
import { accounts, distinct, receive, serve, settle } from "./world.ts";

it("overflow `block`: new requests wait for room, each for maxBlockMs at most, and the event loop stays free (R-P3)", async () => {
  const port = await freePort();
  const service = await serve(`http://127.0.0.1:${port}`, {
    options: {
      queue: { maxSpans: 100, overflow: "block", maxBlockMs: 300 },
      batch: { maxSpans: 50, delayMs: 20 },
      breaker: { enabled: false },
    },
  });
  expect((await service.load(160, "/hello", 40)).errors).toBe(0);
  const held = await service.load(5, "/hello", 5);
  const slowestMs = held.latenciesMs.at(-1) ?? 0;
  expect(held.errors).toBe(0);
  expect(held.latenciesMs[0]).toBeGreaterThan(200);
  expect(slowestMs).toBeLessThan(1_500);
  const underWay = service.load(5, "/hello", 5);
  const first = [service.ask("memory").then(() => "another question"), underWay.then(() => "what is held")];
  expect(await Promise.race(first)).toBe("another question");
  await underWay;
  const { total: heldSoFar } = (await accounts(service)).blocked;
  expect(heldSoFar).toBeGreaterThanOrEqual(10);

  const receiver = await receive({ port });
  const { accepted, exported, dropped } = await settle(service, { writing: 0, queued: 0, inFlight: 0 }, 20_000);
  expect([accepted, distinct(receiver)]).toEqual([170, exported]);
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
