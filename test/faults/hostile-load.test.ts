import { expect, it } from "vitest";
import { record } from "./record.ts";
import { distinct, receive, serve, settle } from "./world.ts";

it("an attribute of 10 MB: cut to its bound, and the request is answered as ever (R-L1)", async () => {
  const receiver = await receive();
  const service = await serve(receiver.url);
  const seen = await service.load(20, "/large", 2);
  await settle(service, { exported: 20, dropped: 0 });
  const longest = Math.max(...receiver.spans.map(({ attributes }) => String(attributes["app.large"] ?? "").length));
  expect(longest).toBe(500);
  expect(receiver.totals.bodyBytes).toBeLessThan(100_000);
  expect([seen.errors, service.lines.length]).toEqual([0, 0]);
  record({
    order: 20,
    fault: "a 10 MB attribute on each of 20 requests",
    seen: `${seen.answers} of 20 answered`,
    lost: `0 of 20; truncated to ${longest} characters, with the truncation marker`,
    lines: service.lines.length,
  });
});

it("the event loop stands still for 2 s while exports with a deadline of 1 s are under way: nothing is lost, sent twice, or blamed on the collector (R-P6)", async () => {
  const receiver = await receive();
  const service = await serve(receiver.url, { otlp: { timeoutMs: 1_000 }, options: { batch: { delayMs: 60_000 } } });
  let held = 0;
  receiver.respond = async () => {
    held++;
    await new Promise((resolve) => setTimeout(resolve, 300));
    return undefined;
  };
  await service.load(100);
  const flushed = service.flush(30_000);
  await expect.poll(() => held, { interval: 10 }).toBe(1);
  await service.ask("block", { forMs: 2_000 });
  expect(await flushed).toBe(true);
  const seen = await service.load(100);
  expect(await service.flush(30_000)).toBe(true);
  await settle(service, { exported: 200, dropped: 0 });
  expect(distinct(receiver)).toBe(200);
  expect(receiver.spans).toHaveLength(200);
  expect([seen.errors, service.lines.length]).toEqual([0, 0]);
  record({
    order: 21,
    fault: "event loop blocked for 2 s, attempt timeout 1 s",
    seen: `${seen.answers} of 100 answered`,
    lost: "0 of 200, and none arrived twice: a response that has already arrived is read before the timeout is checked",
    lines: service.lines.length,
  });
});

it("the clock is set back by an hour: batches leave on time, and no duration is negative (R-P1)", async () => {
  const receiver = await receive();
  const service = await serve(receiver.url);
  await service.load(50);
  const underWay = service.load(50, "/later", 25);
  await new Promise((resolve) => setTimeout(resolve, 15));
  await service.ask("stepClock", { byMs: -3_600_000 });
  const seen = await underWay;
  await settle(service, { exported: 100, dropped: 0 });
  const backwards = receiver.spans.filter((span) => span.endTimeUnixNano < span.startTimeUnixNano);
  expect([backwards.length, seen.errors, service.lines.length]).toEqual([0, 0, 0]);
  record({
    order: 22,
    fault: "clock set back by an hour",
    seen: `${seen.answers} of 50 answered`,
    lost: "0 of 100; no negative duration",
    lines: service.lines.length,
  });
});
