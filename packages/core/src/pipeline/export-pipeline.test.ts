import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { Chunk } from "./queue/chunk.ts";
import type { ExportPipelineParts } from "./export-parts.ts";
import type { ExportPipeline } from "./export-pipeline.ts";
import type { Sender, SendResult } from "./transport/sender.ts";
import { type Collector, ok, startCollector, status } from "./testing/collector.ts";
import { createPipeline, keepLines, lines, settings } from "./testing/pipeline-kit.ts";
import { freePort } from "../testing/free-port.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function collect(reply?: Collector["reply"], port?: number): Promise<Collector> {
  const collector = await startCollector(reply, port);
  closers.push(() => collector.stop());
  return collector;
}

function create(parts: Parameters<typeof createPipeline>[0]): ExportPipeline<Uint8Array> {
  const pipeline = createPipeline(parts);
  closers.push(() => pipeline.shutdown(0));
  return pipeline;
}

/** Takes that many lines at a time, and finds more too large. */
function takes(lineCount: number): Collector["reply"] {
  return (arrived, response) => (arrived.lines.length > lineCount ? status(413) : ok)(arrived, response);
}

function balance(pipeline: ExportPipeline<Uint8Array>): void {
  const { accepted, exported, queued, inFlight, dropped } = pipeline.status();
  expect(exported + queued + inFlight + dropped).toBe(accepted);
}

describe("ExportPipeline", () => {
  it("sends a batch as soon as it is full, and the rest after the delay (R-P1)", async () => {
    const collector = await collect();
    const pipeline = create({
      url: collector.url,
      settings: { batch: { maxItems: 10, maxBytes: 1_000_000, delayMs: 150 } },
    });
    for (let i = 0; i < 13; i++) pipeline.add(lines(`span${i}`));
    await expect.poll(() => collector.taken.length).toBe(13);
    expect(collector.arrived.map((arrival) => arrival.lines.length)).toEqual([10, 3]);
    await expect
      .poll(() => pipeline.status())
      .toMatchObject({ accepted: 13, exported: 13, queued: 0, inFlight: 0, dropped: 0 });
  });

  it("never begins an export inside the call that adds a chunk (R-P5)", () => {
    let assembled = 0;
    const pipeline = create({
      settings: { batch: { maxItems: 1, maxBytes: 10, delayMs: 0 } },
      assemble: () => {
        assembled++;
        return [];
      },
    });
    pipeline.add(lines("a", 5));
    expect(assembled).toBe(0);
  });

  it("sends what is still being written when its oldest item is due (R-P1)", async () => {
    const collector = await collect();
    const written = { items: 0, oldestMs: undefined as number | undefined };
    const pipeline = create({
      url: collector.url,
      source: {
        get items() {
          return written.items;
        },
        get oldestMs() {
          return written.oldestMs;
        },
        bytes: 0,
        seal: () => {
          if (written.items === 0) return;
          const sealed = lines("written", written.items);
          Object.assign(written, { items: 0, oldestMs: undefined });
          pipeline.add(sealed);
        },
      },
    });
    Object.assign(written, { items: 3, oldestMs: performance.now() });
    await expect.poll(() => collector.taken.length).toBe(3);
    Object.assign(written, { items: 2, oldestMs: performance.now() });
    await expect(pipeline.flush(30_000)).resolves.toBe(true);
    expect(collector.taken).toHaveLength(5);
  });

  it("keeps what is recorded while the collector is absent and delivers it when one appears, with one line for each change (R-P6)", async () => {
    const port = await freePort();
    const diagnostics = keepLines();
    const pipeline = create({
      url: `http://127.0.0.1:${port}/v1/traces`,
      diagnostics,
      settings: { batch: { ...settings.batch, maxItems: 10 } },
    });
    for (let i = 0; i < 50; i++) pipeline.add(lines(`span${i}`));
    await expect.poll(() => pipeline.status().failedTries).toBeGreaterThan(1);
    pipeline.add(lines("late"));
    balance(pipeline);
    const collector = await collect(ok, port);
    await expect.poll(() => collector.taken.length).toBe(51);
    expect(new Set(collector.taken).size).toBe(51);
    expect(diagnostics.lines).toEqual([
      `warn cannot reach the collector at http://127.0.0.1:${port}/v1/traces (ECONNREFUSED); telemetry is queued up to its limit and sent when it is back`,
      expect.stringMatching(/^warn the collector at .* works again after \d+ s and \d+ failed attempts$/),
    ]);
  });

  it("says one quiet line when nobody named an endpoint and nothing is there, and still delivers when it appears (R-P15)", async () => {
    const port = await freePort();
    const diagnostics = keepLines();
    const pipeline = create({
      url: `http://127.0.0.1:${port}/v1/traces`,
      endpointGiven: false,
      diagnostics,
      settings: { queue: { maxItems: 20, maxBytes: 1_000_000 } },
    });
    for (let i = 0; i < 100; i++) pipeline.add(lines(`span${i}`));
    await expect.poll(() => pipeline.status().collector).toBe("absent");
    for (let i = 0; i < 100; i++) pipeline.add(lines(`more${i}`));
    await expect.poll(() => pipeline.status().failedTries).toBeGreaterThan(1);
    expect(diagnostics.lines.filter((line) => line.includes("collector"))).toEqual([
      `info no collector at http://127.0.0.1:${port}/v1/traces; telemetry is queued up to its limit and sent when one appears. To see it, start one there, set OTEL_EXPORTER_OTLP_ENDPOINT to yours, or use exporter: "console"`,
    ]);
    const collector = await collect(ok, port);
    await expect.poll(() => collector.taken.length).toBe(20);
    await expect
      .poll(() => pipeline.status())
      .toMatchObject({ accepted: 200, exported: 20, dropped: 180, collector: "reachable" });
  });

  it("does not hold a service up at its end when there is no collector and nobody asked for one (R-P15)", async () => {
    const diagnostics = keepLines();
    const pipeline = create({ url: `http://127.0.0.1:${await freePort()}/`, endpointGiven: false, diagnostics });
    pipeline.add(lines("a"));
    // Far below the deadline, however slow the machine is.
    await Promise.race([
      pipeline.shutdown(60_000),
      new Promise((_resolve, reject) => setTimeout(() => reject(new Error("the shutdown waits")), 4_000).unref()),
    ]);
    expect(pipeline.status()).toMatchObject({ queued: 0, drops: { shutdown: 1 } });
    expect(diagnostics.lines).toHaveLength(1);
  });

  it("loses nothing when the collector dies in the middle and comes back (R-P6)", async () => {
    const first = await startCollector((arrived, response) => {
      if (arrived.number > 2) response.destroy();
      else ok(arrived, response);
    });
    const pipeline = create({
      url: first.url,
      settings: { batch: { maxItems: 5, maxBytes: 1_000_000, delayMs: 10 }, maxConcurrentExports: 2 },
    });
    for (let i = 0; i < 60; i++) pipeline.add(lines(`span${i}`));
    await expect.poll(() => pipeline.status().collector).toBe("unreachable");
    await first.stop();
    balance(pipeline);
    const second = await collect(ok, first.port);
    await expect(pipeline.flush(30_000)).resolves.toBe(true);
    expect(new Set([...first.taken, ...second.taken]).size).toBe(60);
    expect(pipeline.status()).toMatchObject({ exported: 60, dropped: 0 });
  });

  it("bounds its shutdown when the collector accepts and never answers, and counts what was left (R-P9)", async () => {
    const collector = await collect(() => {});
    const diagnostics = keepLines();
    const pipeline = create({
      url: collector.url,
      diagnostics,
      settings: { batch: { ...settings.batch, maxItems: 2 }, maxConcurrentExports: 2 },
    });
    for (let i = 0; i < 10; i++) pipeline.add(lines(`span${i}`));
    await Promise.all([pipeline.shutdown(200), pipeline.shutdown(60_000)]);
    expect(pipeline.status()).toMatchObject({
      accepted: 10,
      exported: 0,
      queued: 0,
      inFlight: 0,
      drops: { shutdown: 10 },
    });
    expect(diagnostics.lines).toEqual([
      "warn 10 spans could not be delivered before the end of the shutdown and are lost",
    ]);
    pipeline.add(lines("after"));
    expect(pipeline.status().drops).toEqual({ shutdown: 11 });
  });

  it("waits in a flush for a batch that the collector asked to send again later (R-P6)", async () => {
    const collector = await collect((arrived, response) => {
      if (arrived.number === 1) status(429, { "retry-after": "1" })(arrived, response);
      else ok(arrived, response);
    });
    const pipeline = create({ url: collector.url });
    pipeline.add(lines("a", 3));
    await expect(pipeline.flush(30_000)).resolves.toBe(true);
    expect(collector.taken).toHaveLength(3);
    expect(pipeline.status()).toMatchObject({ exported: 3, dropped: 0, tries: 2 });
  });

  it("holds back every batch when the collector asks for a pause, those that were about to be sent again too (R-P6)", async () => {
    const atMs: number[] = [];
    const collector = await collect((arrived, response) => {
      atMs.push(performance.now());
      if (arrived.number === 1) status(503)(arrived, response);
      else if (arrived.number === 2) status(429, { "retry-after": "1" })(arrived, response);
      else ok(arrived, response);
    });
    const pipeline = create({
      url: collector.url,
      settings: {
        batch: { ...settings.batch, maxItems: 1 },
        retry: { ...settings.retry, initialMs: 300, maxMs: 300 },
      },
    });
    pipeline.add(lines("a"));
    pipeline.add(lines("b"));
    await expect(pipeline.flush(30_000)).resolves.toBe(true);
    expect(new Set(collector.taken)).toEqual(new Set(["a.0", "b.0"]));
    const [, askedAtMs = 0, nextAtMs = 0] = atMs;
    expect(nextAtMs - askedAtMs).toBeGreaterThan(900);
  });

  it("leaves a collector alone that asked for a day, keeps queueing and loses nothing within the bound (R-P6)", async () => {
    const collector = await collect(status(429, { "retry-after": "86400" }));
    const pipeline = create({ url: collector.url });
    pipeline.add(lines("a", 3));
    await expect.poll(() => collector.arrived.length).toBe(1);
    await expect.poll(() => pipeline.status().inFlight).toBe(0);
    for (let i = 0; i < 600; i++) pipeline.add(lines(`more${i}`));
    await expect(pipeline.flush(1_000)).resolves.toBe(false);
    expect(collector.arrived).toHaveLength(1);
    expect(pipeline.status()).toMatchObject({ queued: 603, dropped: 0 });
  });

  it("gives a batch up that gets 503 at every try, and counts it (R-P6)", async () => {
    const collector = await collect(status(503));
    const diagnostics = keepLines();
    const pipeline = create({ url: collector.url, diagnostics });
    pipeline.add(lines("a", 3));
    await expect(pipeline.flush(30_000)).resolves.toBe(true);
    expect(collector.arrived).toHaveLength(5);
    expect(pipeline.status()).toMatchObject({ exported: 0, drops: { "retries-exhausted": 3 } });
    expect(diagnostics.lines).toHaveLength(2);
  });

  it("counts what a collector refuses and says it once a status (R-P6)", async () => {
    const collector = await collect((arrived, response) => status(arrived.number < 4 ? 400 : 404)(arrived, response));
    const diagnostics = keepLines();
    const pipeline = create({ url: collector.url, diagnostics });
    for (let i = 0; i < 6; i++) {
      pipeline.add(lines(`span${i}`, 2));
      await pipeline.flush(5_000);
    }
    expect(pipeline.status()).toMatchObject({ drops: { refused: 12 }, failedTries: 6 });
    expect(diagnostics.lines).toEqual([
      `warn the collector at ${collector.url} refused 2 spans (status 400); logged once, further ones are counted`,
      `warn the collector at ${collector.url} refused 2 spans (status 404); logged once, further ones are counted`,
    ]);
  });

  it("sends a batch in halves to a collector that finds it too large (R-P6)", async () => {
    const collector = await collect(takes(3));
    const pipeline = create({ url: collector.url });
    for (let i = 0; i < 10; i++) pipeline.add(lines(`span${i}`));
    pipeline.add(lines("large", 4));
    await expect(pipeline.flush(30_000)).resolves.toBe(true);
    expect(new Set(collector.taken).size).toBe(10);
    expect(pipeline.status()).toMatchObject({ exported: 10, drops: { refused: 4 } });
  });

  it("says reachable only of a collector that took the last batch (D5)", async () => {
    const collector = await collect();
    const pipeline = create({ url: collector.url });
    expect(pipeline.status().collector).toBe("untried");
    for (const [reply, state] of [
      [ok, "reachable"],
      [status(401), "refusing"],
      [ok, "reachable"],
    ] as const) {
      collector.reply = reply;
      pipeline.add(lines("span"));
      await pipeline.flush(5_000);
      expect(pipeline.status().collector).toBe(state);
      expect(pipeline.status().exporters[0]?.refusal).toBe(state === "refusing" ? "status 401" : undefined);
    }
  });

  it("gives up on a collector that finds everything too large after 64 requests a batch, and counts the rest (B11)", async () => {
    const collector = await collect(status(413));
    const pipeline = create({ url: collector.url });
    for (let i = 0; i < 500; i++) pipeline.add(lines(`span${i}`));
    await expect(pipeline.flush(30_000)).resolves.toBe(true);
    expect(collector.arrived.length).toBeLessThanOrEqual(64);
    expect(pipeline.status()).toMatchObject({ accepted: 500, inFlight: 0, drops: { refused: 500 } });
  });

  it("splits as far as a collector asks that takes little at a time, and loses none (B11)", async () => {
    const collector = await collect(takes(2));
    const pipeline = create({ url: collector.url });
    for (let i = 0; i < 500; i++) pipeline.add(lines(`span${i}`));
    await expect(pipeline.flush(30_000)).resolves.toBe(true);
    expect(pipeline.status()).toMatchObject({ exported: 500, dropped: 0 });
  });

  it("finds the one among hundreds that is too large within that, and delivers all others (B11)", async () => {
    const collector = await collect((arrived, response) => {
      if (arrived.lines.some((line) => line.startsWith("large"))) status(413)(arrived, response);
      else ok(arrived, response);
    });
    const pipeline = create({ url: collector.url });
    for (let i = 0; i < 500; i++) pipeline.add(lines(i === 333 ? "large" : `span${i}`));
    await expect(pipeline.flush(30_000)).resolves.toBe(true);
    expect(pipeline.status()).toMatchObject({ exported: 499, drops: { refused: 1 } });
    expect(collector.arrived.length).toBeLessThanOrEqual(64);
  });

  it("remembers how much a collector takes: later batches are cut before they are sent (B11)", async () => {
    const collector = await collect(takes(2));
    const pipeline = create({ url: collector.url });
    for (let batch = 0; batch < 4; batch++) {
      for (let i = 0; i < 500; i++) pipeline.add(lines(`span${i}`));
      await expect(pipeline.flush(30_000)).resolves.toBe(true);
    }
    expect(pipeline.status()).toMatchObject({ exported: 2_000, dropped: 0 });
    const tooLarge = collector.arrived.filter((arrived) => arrived.lines.length > 2).length;
    expect(tooLarge).toBeLessThan(30);
    expect(collector.arrived.length).toBeLessThan(1_400);
  });

  it("notices by and by that a collector takes more again (B11)", async () => {
    const collector = await collect(takes(2));
    const pipeline = create({ url: collector.url });
    const batch = async (): Promise<number> => {
      const before = collector.arrived.length;
      for (let i = 0; i < 500; i++) pipeline.add(lines(`span${i}`));
      await expect(pipeline.flush(30_000)).resolves.toBe(true);
      return collector.arrived.length - before;
    };
    expect(await batch()).toBeGreaterThan(250);
    collector.reply = ok;
    expect(await batch()).toBeLessThan(300);
    expect(await batch()).toBeLessThanOrEqual(2);
  });

  it("one that alone is too large does not make the batches after it small (B11)", async () => {
    const collector = await collect((arrived, response) => {
      if (arrived.lines.some((line) => line.startsWith("large"))) status(413)(arrived, response);
      else ok(arrived, response);
    });
    for (const place of [0, 1, 250, 499]) {
      const pipeline = create({ url: collector.url });
      for (let i = 0; i < 500; i++) pipeline.add(lines(i === place ? "large" : `span${i}`));
      await expect(pipeline.flush(30_000)).resolves.toBe(true);
      expect(pipeline.status()).toMatchObject({ exported: 499, drops: { refused: 1 } });
      const before = collector.arrived.length;
      for (let i = 0; i < 500; i++) pipeline.add(lines(`span${i}`));
      await expect(pipeline.flush(30_000)).resolves.toBe(true);
      expect(collector.arrived.length - before).toBeLessThanOrEqual(3);
    }
  });

  it("sends a chunk in halves that alone is too large, where chunks can be halved (R-P6)", async () => {
    const collector = await collect(takes(3));
    const split: ExportPipelineParts<Uint8Array>["split"] = ({ payload, priority }) => {
      const all = Buffer.from(payload).toString().split("\n").filter(Boolean);
      const half = (texts: string[]): Chunk<Uint8Array> => {
        const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(""));
        return { payload: bytes, items: texts.length, bytes: bytes.length, priority };
      };
      return all.length < 2 ? undefined : [half(all.slice(0, all.length >> 1)), half(all.slice(all.length >> 1))];
    };
    const pipeline = create({ url: collector.url, split });
    pipeline.add(lines("large", 10));
    await expect(pipeline.flush(30_000)).resolves.toBe(true);
    expect(collector.taken).toEqual(Array.from({ length: 10 }, (_, i) => `large.${i}`));
    expect(pipeline.status()).toMatchObject({ exported: 10, dropped: 0 });
  });

  it("counts what a collector rejects of a batch that it accepts (R-P6)", async () => {
    const collector = await collect((_arrived, response) =>
      response.end(Buffer.from([0x0a, 0x06, 0x08, 0x03, 0x12, 0x02, 0x6e, 0x6f])),
    );
    const diagnostics = keepLines();
    const pipeline = create({ url: collector.url, diagnostics });
    for (const items of [10, 2]) {
      pipeline.add(lines("a", items));
      await pipeline.flush(5_000);
    }
    expect(pipeline.status()).toMatchObject({ exported: 7, drops: { rejected: 5 } });
    expect(diagnostics.lines).toHaveLength(1);
  });

  it("flushes 30,000 queued spans with no more exports at once than allowed, and loses none (R-P5)", async () => {
    const collector = await collect((arrived, response) => setTimeout(() => ok(arrived, response), 5));
    const pipeline = create({
      url: collector.url,
      settings: { batch: { ...settings.batch, delayMs: 60_000 }, maxConcurrentExports: 4 },
    });
    for (let i = 0; i < 3_000; i++) pipeline.add(lines(`span${i}`, 10));
    await expect(pipeline.flush(20_000)).resolves.toBe(true);
    expect(new Set(collector.arrived.flatMap((arrived) => arrived.lines)).size).toBe(30_000);
    expect(collector.mostAtOnce).toBe(4);
    expect(pipeline.status()).toMatchObject({ accepted: 30_000, exported: 30_000, dropped: 0 });
  });

  it("says one line when loss begins and one with the count when it has ended (R-P3)", async () => {
    const collector = await collect();
    const diagnostics = keepLines();
    let nowMs = 0;
    const pipeline = create({
      url: collector.url,
      diagnostics,
      now: () => nowMs,
      settings: { queue: { maxItems: 20, maxBytes: 1_000_000 } },
    });
    for (let i = 0; i < 2_000; i++) pipeline.add(lines(`span${i}`));
    expect(pipeline.status()).toMatchObject({ queued: 20, drops: { "queue-full": 1_980 } });
    await pipeline.flush(5_000);
    nowMs = 11_000;
    pipeline.add(lines("calm"));
    await pipeline.flush(5_000);
    expect(diagnostics.lines).toEqual([
      "warn spans are being dropped (queue-full); logged once, the number follows when it ends",
      expect.stringMatching(/^warn no more spans are being dropped; 1980 were lost within \d+ s$/),
    ]);
  });

  it.for([
    ["shutdown()", (pipeline: ExportPipeline<Uint8Array>) => pipeline.shutdown(1_000)],
    ["an end that waits for nothing", (pipeline: ExportPipeline<Uint8Array>) => pipeline.leaveNow()],
  ] as const)("says how much was dropped at %s, when the loss is not over by then (R-P3)", async ([, end]) => {
    const collector = await collect();
    const diagnostics = keepLines();
    const pipeline = create({
      url: collector.url,
      diagnostics,
      settings: { queue: { maxItems: 20, maxBytes: 1_000_000 } },
    });
    for (let i = 0; i < 2_000; i++) pipeline.add(lines(`span${i}`));
    await end(pipeline);
    await pipeline.shutdown(1_000);
    expect(diagnostics.lines.slice(0, 2)).toEqual([
      "warn spans are being dropped (queue-full); logged once, the number follows when it ends",
      expect.stringMatching(/^warn no more spans are being dropped; 1980 were lost within \d+ s$/),
    ]);
    expect(diagnostics.lines.filter((line) => line.includes("no more spans"))).toHaveLength(1);
  });

  it("counts a batch that cannot be encoded, and goes on (R-P11)", async () => {
    const collector = await collect();
    const pipeline = create({
      url: collector.url,
      assemble: (chunks) => {
        if (chunks.some((chunk) => chunk.items === 7)) throw new Error("broken");
        return chunks.map((chunk) => chunk.payload);
      },
    });
    for (const items of [7, 2]) {
      pipeline.add(lines("a", items));
      await expect(pipeline.flush(30_000)).resolves.toBe(true);
    }
    expect(pipeline.status()).toMatchObject({ exported: 2, drops: { encoding: 7 } });
  });

  it("flushes only what was there when it was asked, so that traffic cannot hold it up (R-P9)", async () => {
    const collector = await collect((arrived, response) => setTimeout(() => ok(arrived, response), 10));
    const pipeline = create({
      url: collector.url,
      settings: { batch: { ...settings.batch, delayMs: 0 }, maxConcurrentExports: 1 },
    });
    const traffic = setInterval(() => pipeline.add(lines("traffic")), 1);
    closers.push(() => clearInterval(traffic));
    pipeline.add(lines("wanted"));
    await expect(pipeline.flush(30_000)).resolves.toBe(true);
    expect(collector.arrived.flatMap((arrived) => arrived.lines)).toContain("wanted.0");
  });

  it("sends nothing early that comes while a flush is under way (R-P1)", async () => {
    const collector = await collect((arrived, response) => setTimeout(() => ok(arrived, response), 50));
    const pipeline = create({ url: collector.url, settings: { batch: { ...settings.batch, delayMs: 60_000 } } });
    pipeline.add(lines("wanted"));
    const flushed = pipeline.flush(5_000);
    pipeline.add(lines("later"));
    await expect(flushed).resolves.toBe(true);
    expect(collector.arrived.map((arrived) => arrived.lines)).toEqual([["wanted.0"]]);
    expect(pipeline.status().queued).toBe(1);
  });

  it("drops nothing in front of a healthy collector when chunks are large beside the queue (R-P1)", async () => {
    const collector = await collect();
    const pipeline = create({
      url: collector.url,
      settings: {
        queue: { maxItems: 1_000, maxBytes: 1_000_000 },
        batch: { maxItems: 900, maxBytes: 1_000_000, delayMs: 60_000 },
      },
    });
    for (let i = 1; i <= 6; i++) {
      pipeline.add(lines(`chunk${i}`, 400));
      if (i % 2 === 0) await expect.poll(() => pipeline.status().exported).toBe(i * 400);
    }
    expect(pipeline.status()).toMatchObject({ exported: 2_400, dropped: 0 });
  });

  it("looks for a collector that is gone with one batch at a time (R-P6)", async () => {
    let atOnce = 0;
    let most = 0;
    const sender: Sender = {
      destination: "http://test",
      prepare: (parts) => Promise.resolve(parts),
      send: async () => {
        most = Math.max(most, ++atOnce);
        await new Promise((resolve) => setTimeout(resolve, 5));
        atOnce--;
        return { outcome: "retryable", cause: "connection", reason: "ECONNREFUSED" };
      },
      close: () => {},
    };
    const pipeline = create({ sender, random: () => 0, settings: { batch: { ...settings.batch, maxItems: 1 } } });
    for (let i = 0; i < 20; i++) pipeline.add(lines(`span${i}`));
    await expect.poll(() => pipeline.status().failedTries).toBe(10);
    expect(most).toBe(10);
    most = 0;
    await expect.poll(() => pipeline.status().failedTries).toBeGreaterThan(11);
    expect(most).toBe(1);
  });

  it("keeps its accounts at every moment, whatever the collector answers (R-P11)", async () => {
    const result = fc.oneof(
      fc.nat(8).map((rejected): SendResult => ({ outcome: "accepted", rejected })),
      fc
        .constantFrom("connection" as const, "deadline" as const)
        .map((cause): SendResult => ({ outcome: "retryable", reason: "r", cause })),
      fc
        .constantFrom(undefined, 1, 400_000)
        .map((afterMs): SendResult => ({ outcome: "retryable", reason: "503", cause: "status", afterMs })),
      fc.constantFrom(400, 413, 500).map((code): SendResult => ({ outcome: "refused", reason: "r", status: code })),
    );
    const step = fc.oneof(
      fc.record({ items: fc.integer({ min: 1, max: 9 }) }),
      fc.constant("turn" as const),
      fc.constant("flush" as const),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(result, { maxLength: 30 }),
        fc.array(step, { maxLength: 40 }),
        async (results, steps) => {
          let nowMs = 0;
          let atOnce = 0;
          const sender: Sender = {
            destination: "http://test",
            prepare: (parts) => Promise.resolve(parts),
            send: async () => {
              expect(++atOnce).toBeLessThanOrEqual(3);
              await Promise.resolve();
              atOnce--;
              return results.shift() ?? { outcome: "accepted", rejected: 0 };
            },
            close: () => {},
          };
          // Timers run at the end of each turn, and the time jumps to them.
          const timers = new Set<{ atMs: number; run: () => void }>();
          const pipeline = createPipeline({
            sender,
            now: () => nowMs,
            random: () => 0.5,
            startTimer: (afterMs, run) => {
              const timer = { atMs: nowMs + afterMs, run };
              timers.add(timer);
              return () => timers.delete(timer);
            },
            settings: {
              queue: { maxItems: 40, maxBytes: 10_000 },
              batch: { maxItems: 10, maxBytes: 1_000, delayMs: 50 },
              maxConcurrentExports: 3,
            },
          });
          const turn = async (): Promise<void> => {
            for (let i = 0; i < 8; i++) await Promise.resolve();
            const [next] = [...timers].sort((a, b) => a.atMs - b.atMs);
            if (next === undefined) return;
            timers.delete(next);
            nowMs = Math.max(nowMs, next.atMs);
            next.run();
            balance(pipeline);
          };
          let accepted = 0;
          for (const [i, next] of steps.entries()) {
            if (next === "turn") await turn();
            else if (next === "flush") void pipeline.flush(1_000);
            else {
              accepted += next.items;
              pipeline.add(lines(`chunk${i}`, next.items));
            }
            balance(pipeline);
            expect(pipeline.status().queued).toBeLessThanOrEqual(40);
          }
          const shutdown = pipeline.shutdown(2_000_000);
          let over = false;
          void shutdown.then(() => (over = true));
          for (let i = 0; i < 500 && !over; i++) await turn();
          expect(over).toBe(true);
          expect(pipeline.status()).toMatchObject({ accepted, queued: 0, inFlight: 0 });
          balance(pipeline);
        },
      ),
      { numRuns: 60 },
    );
  });
});
