import { describe, expect, it } from "vitest";
import { record } from "./record.ts";
import { accounts, distinct, receive, serve, settle } from "./world.ts";

describe("statuses", () => {
  it("429 with Retry-After: 1: a flush waits for what is in flight, and all is delivered (R-P6)", async () => {
    let asked = 0;
    const receiver = await receive();
    receiver.respond = () =>
      asked++ === 0 ? { kind: "status", status: 429, headers: { "retry-after": "1" } } : undefined;
    const service = await serve(receiver.url, { options: { batch: { delayMs: 60_000 } } });
    const seen = await service.load(100);
    const beganMs = performance.now();
    expect(await service.flush(30_000)).toBe(true);
    expect(performance.now() - beganMs).toBeGreaterThan(900);
    expect(distinct(receiver)).toBe(100);
    expect([seen.errors, service.lines.length]).toEqual([0, 2]);
    record({
      order: 9,
      fault: "429 `Retry-After: 1`, then `flush()`",
      seen: `${seen.answers} of 100 answered`,
      lost: "0 of 100; the flush resolved after the delivery",
      lines: service.lines.length,
    });
  });

  it.each([
    ["seconds", () => "86400"],
    ["a date", () => new Date(Date.now() + 86_400_000).toUTCString()],
  ])(
    "429 with Retry-After of a day, as %s: remembered, nothing more is sent, spans wait (R-P6)",
    async (_form, header) => {
      const receiver = await receive();
      receiver.respond = () => ({ kind: "status", status: 429, headers: { "retry-after": header() } });
      const service = await serve(receiver.url, { options: { batch: { delayMs: 100 } } });
      await service.load(1);
      await expect.poll(async () => (await accounts(service)).failedTries).toBe(1);
      const seen = await service.load(50);
      expect(await service.flush(300)).toBe(false);
      expect(receiver.requests).toHaveLength(1);
      expect(await accounts(service)).toMatchObject({ dropped: 0, exported: 0, tries: 1 });
      expect([seen.errors, service.lines.length]).toEqual([0, 1]);
      record({
        order: 10,
        fault: "429 `Retry-After: 86400`",
        seen: `${seen.answers} of 50 answered`,
        lost: "0 of 51; one export request in total, then a pause of at most 5 min, spans queued up to the limit",
        lines: service.lines.length,
      });
    },
  );

  it("503 for longer than a try may take: the budget of retries is apart from the deadline of a try (R-P6)", async () => {
    const receiver = await receive();
    let refused = 0;
    receiver.respond = () => (refused++ < 3 ? { kind: "status", status: 503 } : undefined);
    const service = await serve(receiver.url, {
      otlp: { timeoutMs: 100, retry: { attempts: 5, initialMs: 150, maxMs: 300, totalMs: 10_000 } },
      options: { batch: { delayMs: 500 } },
    });
    const seen = await service.load(100);
    await settle(service, { exported: 100, dropped: 0 });
    expect([distinct(receiver), seen.errors, service.lines.length]).toEqual([100, 0, 2]);
    record({
      order: 11,
      fault: "503 three times",
      seen: `${seen.answers} of 100 answered`,
      lost: "0 of 100",
      lines: service.lines.length,
    });
  });

  it("503 for ever: given up after the budget, counted, and it is not one line a batch (R-P6)", async () => {
    const receiver = await receive({ respond: () => ({ kind: "status", status: 503 }) });
    const service = await serve(receiver.url);
    let errors = 0;
    for (let round = 0; round < 5; round++) {
      errors += (await service.load(40)).errors;
      await service.flush(3_000);
    }
    const { tries } = await settle(service, { drops: { "retries-exhausted": 200 }, queued: 0, inFlight: 0 });
    expect([tries > 0, tries % 5]).toEqual([true, 0]);
    expect([receiver.spans.length, errors, service.lines.length]).toEqual([0, 0, 2]);
    record({
      order: 12,
      fault: "503 forever",
      seen: "200 of 200 answered",
      lost: "200 of 200 after 5 attempts per batch, counted (`retries-exhausted`)",
      lines: service.lines.length,
    });
  });

  it("413: batches are split until they fit, later ones beforehand, and none is lost (R-P6, B11)", async () => {
    const receiver = await receive();
    receiver.respond = ({ bodyBytes }) => (bodyBytes > 3_000 ? { kind: "status", status: 413 } : undefined);
    const service = await serve(receiver.url, { options: { batch: { delayMs: 60_000 } } });
    const seen = await service.load(1_000);
    expect(await service.flush(30_000)).toBe(true);
    expect(await accounts(service)).toMatchObject({ exported: 1_000, dropped: 0 });
    expect([distinct(receiver), seen.errors, service.lines.length]).toEqual([1_000, 0, 0]);
    const traces = receiver.requests.filter(({ path }) => path === "/v1/traces");
    const refused = traces.filter(({ answer }) => answer.kind === "status").length;
    expect(refused).toBeLessThan(traces.length / 10);
    record({
      order: 13,
      fault: "413 above 3,000 bytes",
      seen: `${seen.answers.toLocaleString("en-US")} of 1,000 answered`,
      lost: "0 of 1,000; split and sent again",
      lines: service.lines.length,
    });
  });

  it.each([400, 404, 500])("%i: lost at once, counted, and said once (R-P6)", async (status) => {
    const receiver = await receive({ respond: () => ({ kind: "status", status }) });
    const service = await serve(receiver.url);
    let errors = 0;
    for (let round = 0; round < 3; round++) {
      errors += (await service.load(20)).errors;
      await service.flush(2_000);
    }
    await settle(service, { drops: { refused: 60 } });
    expect(errors).toBe(0);
    expect(service.lines).toEqual([expect.stringContaining(`(status ${status}); logged once`)]);
    record({
      order: 14,
      fault: "400, 404, 500",
      seen: "60 of 60 answered",
      lost: "60 of 60, counted (`refused`)",
      lines: service.lines.length,
    });
  });

  it("partial success: what the collector rejected is counted, and said once (R-P6)", async () => {
    const receiver = await receive({ respond: () => ({ kind: "partial", rejected: 3, message: "too old" }) });
    const service = await serve(receiver.url, { options: { batch: { delayMs: 60_000 } } });
    for (let round = 0; round < 2; round++) {
      expect((await service.load(20)).errors).toBe(0);
      expect(await service.flush(30_000)).toBe(true);
    }
    expect(await accounts(service)).toMatchObject({ exported: 34, drops: { rejected: 6 } });
    expect(service.lines).toEqual([expect.stringMatching(/rejected 3 spans of a batch: too old; logged once/)]);
    record({
      order: 15,
      fault: "partial success: 3 of 20 rejected, twice",
      seen: "40 of 40 answered",
      lost: "6 of 40, counted (`rejected`)",
      lines: service.lines.length,
    });
  });
});
