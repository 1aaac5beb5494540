import { expect, it } from "vitest";
import { record } from "./record.ts";
import { accounts, distinct, receive, serve, settle } from "./world.ts";

it("20,000 spans at once into a queue of 2,048: what is lost is counted exactly, one line when it begins, one when it ends (R-P3)", async () => {
  const receiver = await receive();
  const service = await serve(receiver.url, {
    options: { queue: { maxSpans: 2_048 }, batch: { maxSpans: 512, delayMs: 50 } },
  });
  await service.ask("spans", { count: 20_000 });
  const { dropped, exported } = await settle(service, { accepted: 20_000, queued: 0, inFlight: 0 });
  expect(dropped).toBeGreaterThan(10_000);
  expect(distinct(receiver)).toBe(exported);
  expect(service.lines.filter((line) => line.startsWith("spans are being dropped (queue-full)"))).toHaveLength(1);
  const seen = await service.load(50);
  expect(seen.errors).toBe(0);
  // How many seconds it took depends on the machine.
  const end = `no more spans are being dropped; ${dropped} were lost within `;
  const ends = (): number => service.lines.filter((line) => line.startsWith(end)).length;
  await expect.poll(ends, { timeout: 15_000 }).toBe(1);
  record({
    order: 17,
    fault: "20,000 spans at once into a queue of 2,048",
    seen: `${seen.answers} of 50 answered`,
    lost: `${dropped.toLocaleString("en")} of 20,000, counted (\`queue-full\`)`,
    lines: service.lines.length,
  });
});

it("30,000 spans in a queue of 50,000, then a flush: no more exports at once than allowed, and none lost (R-P5)", async () => {
  let open = 0;
  let mostOpen = 0;
  const receiver = await receive();
  receiver.respond = async () => {
    mostOpen = Math.max(mostOpen, ++open);
    await new Promise((resolve) => setTimeout(resolve, 20));
    open--;
    return undefined;
  };
  const service = await serve(receiver.url, {
    options: { queue: { maxSpans: 50_000 }, batch: { maxSpans: 512, delayMs: 60_000 } },
    otlp: { maxConcurrentExports: 4 },
  });
  const [seen] = await Promise.all([service.load(200), service.ask("spans", { count: 30_000 })]);
  expect(await service.flush(30_000)).toBe(true);
  expect(await accounts(service)).toMatchObject({ accepted: 30_200, exported: 30_200, dropped: 0 });
  expect(distinct(receiver)).toBe(30_200);
  expect(mostOpen).toBeLessThanOrEqual(4);
  expect([seen.errors, service.lines.length]).toEqual([0, 0]);
  record({
    order: 18,
    fault: "30,000 spans in a queue of 50,000, then `flush()`",
    seen: `${seen.answers} of 200 answered`,
    lost: `0 of 30,200; at most ${mostOpen} concurrent exports`,
    lines: service.lines.length,
  });
});

it("50,000 spans within a second, into the default bounds of production: delivered or counted, and requests are answered (R-P3)", async () => {
  const receiver = await receive();
  const service = await serve(receiver.url);
  const burst = (async () => {
    for (let i = 0; i < 50; i++) {
      await service.ask("spans", { count: 1_000 });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  const seen = await service.load(200);
  await burst;
  const { exported, dropped } = await settle(service, { accepted: 50_200, queued: 0, inFlight: 0 }, 20_000);
  expect(distinct(receiver)).toBe(exported);
  expect(seen.errors).toBe(0);
  expect(service.lines.length).toBeLessThanOrEqual(dropped > 0 ? 2 : 0);
  record({
    order: 19,
    fault: "50,000 spans within a second, queue of 15,000",
    seen: `${seen.answers} of 200 answered`,
    lost: `${dropped.toLocaleString("en")} of 50,200${dropped > 0 ? ", counted (`queue-full`)" : ""}`,
    lines: service.lines.length,
  });
});
