import { describe, expect, it } from "vitest";
import { record } from "./record.ts";
import { accounts, distinct, receive, serve, settle } from "./world.ts";
import { freePort } from "../../packages/core/src/testing/free-port.ts";

describe("a collector that is away", () => {
  it("absent at start: the service answers, spans are kept, and delivered without a restart when it appears (R-P15)", async () => {
    const port = await freePort();
    const service = await serve(`http://127.0.0.1:${port}`);
    const seen = await service.load(100);
    expect(seen).toMatchObject({ answers: 100, errors: 0 });
    expect(await service.flush(300)).toBe(false);
    await settle(service, { accepted: 100, queued: 100, dropped: 0, collector: "unreachable" });
    await expect
      .poll(() => service.lines)
      .toEqual([expect.stringMatching(/^cannot reach the collector at http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\)/)]);

    const receiver = await receive({ port });
    await settle(service, { exported: 100, queued: 0, dropped: 0 });
    expect(distinct(receiver)).toBe(100);
    expect(service.lines).toHaveLength(2);
    record({
      order: 1,
      fault: "collector absent at start, appears later",
      seen: `${seen.answers} of 100 answered`,
      lost: "0 of 100; delivered when it appeared, no restart",
      lines: service.lines.length,
    });
  });

  it("dies in the middle of a run: what it did not answer for is sent again when it is back (R-P6)", async () => {
    const receiver = await receive({ port: await freePort() });
    const service = await serve(receiver.url);
    await service.load(100);
    await settle(service, { exported: 100 });
    await receiver.close();
    const seen = await service.load(100);
    expect(seen.errors).toBe(0);
    await expect.poll(async () => (await accounts(service)).collector).toBe("unreachable");
    const again = await receive({ port: receiver.port });
    await settle(service, { exported: 200, queued: 0, inFlight: 0, dropped: 0 });
    expect(distinct(receiver) + distinct(again)).toBe(200);
    expect(service.lines).toHaveLength(2);
    record({
      order: 2,
      fault: "collector dies, comes back",
      seen: `${seen.answers} of 100 answered`,
      lost: "0 of 200",
      lines: service.lines.length,
    });
  });

  it("resets every connection for a while: nothing is lost, and it is one line (R-P6)", async () => {
    const receiver = await receive();
    let resets = 0;
    receiver.respond = () => (resets++ < 3 ? { kind: "reset" } : undefined);
    const service = await serve(receiver.url);
    const seen = await service.load(100);
    await settle(service, { exported: 100, dropped: 0 });
    expect(distinct(receiver)).toBe(100);
    expect([seen.errors, service.lines.length]).toEqual([0, 2]);
    record({
      order: 3,
      fault: "collector resets connections",
      seen: `${seen.answers} of 100 answered`,
      lost: "0 of 100",
      lines: service.lines.length,
    });
  });

  it("has a name that nobody knows: one line, however long it lasts (R-P15)", async () => {
    const service = await serve("http://no-such-host.invalid:4318");
    const seen = await service.load(100);
    expect(await service.flush(500)).toBe(false);
    await service.load(100);
    expect(await service.flush(500)).toBe(false);
    // A resolver takes its time.
    await settle(service, { accepted: 200, queued: 200, dropped: 0 }, 30_000);
    await expect
      .poll(() => service.lines, { timeout: 30_000 })
      .toEqual([expect.stringMatching(/^cannot reach .* \((ENOTFOUND|EAI_AGAIN)\)/)]);
    record({
      order: 4,
      fault: "the collector's name cannot be resolved",
      seen: `${seen.answers} of 100 answered`,
      lost: "0 of 200; kept up to the queue's limit",
      lines: service.lines.length,
    });
  });
});
