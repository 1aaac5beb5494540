import { expect, it } from "vitest";
import type { FaultService } from "./fault-service.ts";
import { record } from "./record.ts";
import { slowness } from "../setup/slowness.ts";
import { distinct, receive, serve } from "./world.ts";

const slow = { batch: { delayMs: 60_000 } };

/** A hundred requests, and 300 ms during which nothing leaves. */
async function serveHundred(url: string, options: object = slow): Promise<FaultService> {
  const service = await serve(url, { options });
  expect((await service.load(100)).errors).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 300));
  return service;
}

it.each([
  ["natural exit", (service: FaultService) => service.tell("close"), { code: 0, signal: null }],
  ["SIGTERM", (service: FaultService) => service.process.kill("SIGTERM"), { code: null, signal: "SIGTERM" }],
  ["SIGINT", (service: FaultService) => service.process.kill("SIGINT"), { code: null, signal: "SIGINT" }],
])(
  "%s, 300 ms after 100 requests: all are delivered, and the process ends as it would have (R-P9)",
  async (how, end, ending) => {
    const receiver = await receive();
    const service = await serveHundred(receiver.url);
    expect(receiver.spans).toHaveLength(0);
    end(service);
    expect(await service.ended).toEqual(ending);
    expect([distinct(receiver), service.lines.length]).toEqual([100, 0]);
    record({
      order: 23,
      fault: "normal exit, SIGTERM or SIGINT 300 ms after 100 requests",
      seen: "100 of 100 answered; exit code and signal unchanged",
      lost: "0 of 100",
      lines: service.lines.length,
    });
    expect(how).not.toBe("");
  },
);

it.each([
  ["process.exit()", { deed: "exit", parts: { code: 5 } }, 5],
  ["an uncaught throw", { deed: "throw", parts: {} }, 1],
])(
  "%s, 300 ms after 100 requests: what is lost is said in one line; exit code and printed error are Node's (R-P9)",
  async (_how, { deed, parts }, code) => {
    const receiver = await receive();
    const service = await serveHundred(receiver.url);
    service.tell(deed, parts);
    expect(await service.ended).toEqual({ code, signal: null });
    expect(distinct(receiver)).toBe(0);
    expect(service.lines).toEqual([expect.stringMatching(/\b100 spans\b/)]);
    if (deed === "throw") expect(service.otherLines).toContain("Error: the service's own error");
    record({
      order: 24,
      fault: "`process.exit()` or uncaught error 300 ms after 100 requests, fallback `drop`",
      seen: "100 of 100 answered; exit code and printed error unchanged",
      lost: "100 of 100, reported in one line",
      lines: service.lines.length,
    });
  },
);

it("SIGTERM under load: every request that was answered is delivered, and none was cut off (R-P9)", async () => {
  const receiver = await receive();
  const service = await serve(receiver.url, { options: slow });
  await service.load(100, "/later");
  const underWay = service.load(40, "/later", 40);
  await new Promise((resolve) => setTimeout(resolve, 10));
  service.process.kill("SIGTERM");
  const seen = await underWay;
  expect(await service.ended).toEqual({ code: null, signal: "SIGTERM" });
  // Those that were not accepted yet find the port closed; what was accepted is answered.
  expect(distinct(receiver)).toBe(100 + seen.answers);
  expect(service.lines).toEqual([]);
  record({
    order: 25,
    fault: "SIGTERM under load",
    seen: `${100 + seen.answers} answered, ${seen.errors} refused at the closed port`,
    lost: `0 of ${100 + seen.answers}`,
    lines: service.lines.length,
  });
});

it("SIGTERM while the collector never answers: the process ends within its deadline and says what it lost (R-P9)", async () => {
  const receiver = await receive({ respond: () => ({ kind: "silence" }) });
  const service = await serveHundred(receiver.url, { ...slow, shutdown: { deadlineMs: 500 } });
  const beganMs = performance.now();
  service.process.kill("SIGTERM");
  expect(await service.ended).toEqual({ code: null, signal: "SIGTERM" });
  const tookMs = performance.now() - beganMs;
  expect(tookMs).toBeLessThan(500 + 2_000 * slowness());
  expect(service.lines).toEqual([expect.stringMatching(/^100 spans could not be delivered/)]);
  record({
    order: 26,
    fault: "SIGTERM while the collector never responds, `shutdown.deadlineMs` 500",
    seen: `100 of 100 answered; ended by SIGTERM after ${(tookMs / 1000).toFixed(1)} s`,
    lost: "100 of 100, reported in one line",
    lines: service.lines.length,
  });
});
