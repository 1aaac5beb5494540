import { expect, it } from "vitest";
import { record } from "./record.ts";
import { accounts, distinct, receive, serve, settle } from "./world.ts";
import { freePort } from "../../packages/core/src/testing/free-port.ts";

it("a ceiling over all memory: with the collector away no more is held than it says, and the rest is counted (R-P10)", async () => {
  const port = await freePort();
  const service = await serve(`http://127.0.0.1:${port}`, {
    options: { maxMemoryBytes: 1_048_576, queue: { maxSpans: 50_000 }, batch: { maxSpans: 128, delayMs: 50 } },
  });
  let mostHeld = 0;
  for (let round = 0; round < 10; round++) {
    await service.ask("spans", { count: 2_000 });
    mostHeld = Math.max(mostHeld, (await accounts(service)).heldBytes);
  }
  const seen = await service.load(50);
  const { drops } = await accounts(service);
  expect(mostHeld).toBeLessThanOrEqual(1_048_576);
  expect(drops["memory"]).toBeGreaterThan(0);
  const receiver = await receive({ port });
  const { exported, dropped } = await settle(service, { accepted: 20_050, queued: 0, inFlight: 0 });
  expect([distinct(receiver), seen.errors]).toEqual([exported, 0]);
  record({
    order: 70,
    fault: "20,000 spans while the collector is unreachable, `maxMemoryBytes` 1 MiB",
    seen: `${seen.answers} of 50 answered`,
    lost: `${dropped.toLocaleString("en")} of 20,050, counted (\`memory\`); at most ${Math.round(mostHeld / 1024)} KiB held`,
    lines: service.lines.length,
  });
});

it("fallback `ring`: the newest are kept within its bound while the breaker is open, and sent when it closes (R-P8)", async () => {
  const port = await freePort();
  const service = await serve(`http://127.0.0.1:${port}`, {
    options: { fallback: "ring", breaker: { failures: 1, openMs: 300, goodTrials: 1 } },
  });
  const seen = await service.load(100);
  await settle(service, { accepted: 100, spooled: 100, dropped: 0 });
  const receiver = await receive({ port });
  await settle(service, { exported: 100, spooled: 0, dropped: 0 });
  expect([distinct(receiver), seen.errors]).toEqual([100, 0]);
  record({
    order: 71,
    fault: "fallback `ring`: collector away, comes back",
    seen: `${seen.answers} of 100 answered`,
    lost: "0 of 100",
    lines: service.lines.length,
  });
});

it("emergencyFlush() with a collector that is away: all is let go within the deadline, and counted (R-P10)", async () => {
  const service = await serve(`http://127.0.0.1:${await freePort()}`, { options: { batch: { delayMs: 60_000 } } });
  const seen = await service.load(100);
  expect(await service.ask<boolean>("emergencyFlush", { deadlineMs: 300 })).toBe(false);
  expect(await accounts(service)).toMatchObject({ accepted: 100, dropped: 100, queued: 0, heldBytes: 0 });
  expect((await service.load(10)).errors + seen.errors).toBe(0);
  record({
    order: 72,
    fault: "`emergencyFlush(300)` while the collector is unreachable",
    seen: `${seen.answers} of 100 answered`,
    lost: "100 of 100, counted",
    lines: service.lines.length,
  });
});
