import { afterEach, describe, expect, it } from "vitest";
import { consecutiveFailures } from "./breaker/breaker-strategies.ts";
import { CircuitBreaker } from "./breaker/circuit-breaker.ts";
import type { ExportPipelineParts } from "./export-parts.ts";
import { ExportPipeline } from "./export-pipeline.ts";
import type { LaneParts } from "./queue/pipeline-lane.ts";
import { RingStore } from "./fallback/ring-store.ts";
import type { Sender, SendResult } from "./transport/sender.ts";
import { handTime, type HandTime } from "./testing/hand-time.ts";
import { keepLines, lines } from "./testing/pipeline-kit.ts";

const pipelines: ExportPipeline<Uint8Array>[] = [];
afterEach(async () => {
  await Promise.all(pipelines.splice(0).map((pipeline) => pipeline.shutdown(0)));
});

function fakeSender(answer: (text: string) => SendResult): Sender & { readonly sent: string[] } {
  const sent: string[] = [];
  return {
    destination: "http://test",
    sent,
    prepare: (parts) => Promise.resolve(parts),
    send: (body) => {
      const text = Buffer.concat(body).toString();
      const result = answer(text);
      if (result.outcome === "accepted") sent.push(text.trim().replaceAll("\n", " "));
      return Promise.resolve(result);
    },
    close: () => {},
  };
}

const taken: SendResult = { outcome: "accepted", rejected: 0 };
const away: SendResult = { outcome: "retryable", cause: "connection", reason: "ECONNREFUSED" };

function lane(name: string, change: Partial<LaneParts> = {}): LaneParts {
  return {
    name,
    queue: { maxItems: 10, maxBytes: 10_000 },
    batch: { maxItems: 5, maxBytes: 1_000, delayMs: 100 },
    ...change,
  };
}

function create(time: HandTime, parts: Partial<ExportPipelineParts<Uint8Array>>, settings: object = {}) {
  const diagnostics = keepLines();
  const pipeline = new ExportPipeline<Uint8Array>({
    unit: "spans",
    assemble: (chunks) => chunks.map((chunk) => chunk.payload),
    endpointGiven: true,
    diagnostics,
    now: () => time.nowMs,
    random: () => 0.5,
    startTimer: time.startTimer,
    sender: fakeSender(() => taken),
    ...parts,
    settings: {
      queue: { maxItems: 10, maxBytes: 10_000 },
      batch: { maxItems: 5, maxBytes: 1_000, delayMs: 100 },
      retry: { attempts: 2, initialMs: 10, maxMs: 10, totalMs: 1_000 },
      maxConcurrentExports: 1,
      ...settings,
    },
  });
  pipelines.push(pipeline);
  return { pipeline, diagnostics };
}

const breaker = (time: HandTime, openMs: number): CircuitBreaker =>
  new CircuitBreaker({
    strategy: consecutiveFailures(1),
    openMs,
    goodTrials: 1,
    now: () => time.nowMs,
    random: () => 0.5,
  });

describe("lanes", () => {
  it("have their own bounds and intervals, and the first is served first (R-P4)", async () => {
    const time = handTime();
    const sender = fakeSender(() => taken);
    const slow = { maxItems: 5, maxBytes: 1_000, delayMs: 60_000 };
    const fast = { maxItems: 5, maxBytes: 1_000, delayMs: 0 };
    const lanes = [lane("errors", { batch: fast }), lane("http"), lane("jobs", { batch: slow })];
    const { pipeline } = create(time, { sender, lanes });
    pipeline.add(lines("job"), 0, "jobs");
    pipeline.add(lines("ok"), 0, "http");
    pipeline.add(lines("bad"), 0, "errors");
    for (let i = 0; i < 12; i++) pipeline.add(lines(`more${i}`), 0, "http");
    await time.runUntil(200);
    expect(sender.sent[0]).toBe("bad.0");
    expect(sender.sent.join(" ")).not.toContain("job.0");
    expect(pipeline.status().lanes).toMatchObject({
      errors: { accepted: 1, drops: {} },
      http: { accepted: 13, drops: { "queue-full": 3 } },
      jobs: { accepted: 1, queued: 1 },
    });
    await time.runUntil(60_000);
    expect(sender.sent.at(-1)).toBe("job.0");
  });

  it("drop what comes where they are told to, and say so before it is encoded (R-P3)", () => {
    const { pipeline } = create(handTime(), { lanes: [lane("http", { overflow: "drop-newest" })] });
    pipeline.add(lines("old", 10));
    expect(pipeline.refuses("http")).toBe(true);
    pipeline.refused("http");
    pipeline.add(lines("new", 2));
    // A failed one still has its place: the newest healthy one makes room.
    pipeline.add(lines("bad", 1, "failed"));
    expect(pipeline.status()).toMatchObject({ accepted: 14, queued: 1, drops: { "queue-full": 13 } });
  });

  it("share one ceiling of memory: the oldest healthy chunk of all goes first, failed ones last (R-P10)", () => {
    const { pipeline } = create(handTime(), { lanes: [lane("errors"), lane("http")] }, { maxMemoryBytes: 30 });
    pipeline.add(lines("e", 2, "failed"), 0, "errors");
    pipeline.add(lines("h", 2), 0, "http");
    pipeline.add(lines("f", 2, "failed"), 0, "errors");
    expect(pipeline.status().heldBytes).toBe(24);
    pipeline.add(lines("i", 2), 0, "http");
    pipeline.add(lines("j", 2), 0, "http");
    expect(pipeline.status().lanes).toMatchObject({
      errors: { queued: 4 },
      http: { queued: 2, drops: { memory: 4 } },
    });
  });

  it("hold new requests back where they are told to, until there is room (R-P3)", async () => {
    const time = handTime();
    const { pipeline } = create(time, { lanes: [lane("http", { overflow: "block" })] }, { maxBlockMs: 5_000 });
    expect(pipeline.backpressure?.()).toBeUndefined();
    pipeline.add(lines("a", 6));
    const held = pipeline.backpressure?.();
    expect(held).toBeInstanceOf(Promise);
    expect(pipeline.status().blocked).toEqual({ total: 1, now: 1 });
    await time.runUntil(150);
    await held;
    expect(pipeline.status().blocked).toEqual({ total: 1, now: 0 });
    expect(create(handTime(), {}).pipeline.backpressure).toBeUndefined();
  });
});

describe("exporters and fallback", () => {
  it("use the next exporter while the breaker of the first is open, and the first again when it is well (R-P8)", async () => {
    const time = handTime();
    let isAway = true;
    const first = fakeSender(() => (isAway ? away : taken));
    const second = fakeSender(() => taken);
    const { pipeline } = create(time, {
      sender: first,
      breaker: breaker(time, 1_000),
      next: [{ name: "second", sender: second }],
    });
    pipeline.add(lines("a"));
    await time.runUntil(150);
    pipeline.add(lines("b"));
    await time.runUntil(600);
    expect(second.sent.join(" ")).toBe("a.0 b.0");
    isAway = false;
    await time.runUntil(3_000);
    pipeline.add(lines("c"), time.nowMs);
    await time.runUntil(3_200);
    expect(first.sent).toEqual(["c.0"]);
    expect(pipeline.status().exporters).toMatchObject([
      { name: "otlp", exported: 1, breaker: "closed" },
      { name: "second", exported: 2 },
    ]);
  });

  it("keep batches in a ring while it is open, and send them in order when it closes (R-P8)", async () => {
    const time = handTime();
    let isAway = true;
    const sender = fakeSender(() => (isAway ? away : taken));
    const { pipeline } = create(time, {
      sender,
      breaker: breaker(time, 1_000),
      store: (lost) => new RingStore({ maxBytes: 10_000, lost }),
    });
    for (const name of ["a", "b", "c"]) {
      pipeline.add(lines(name), time.nowMs);
      await time.runUntil(time.nowMs + 150);
    }
    expect(pipeline.status()).toMatchObject({ spooled: 3, queued: 0, exported: 0 });
    isAway = false;
    await time.runUntil(20_000);
    expect(sender.sent).toEqual(["a.0", "b.0", "c.0"]);
    expect(pipeline.status()).toMatchObject({ spooled: 0, exported: 3, dropped: 0 });
  });

  it("keep a batch that was tried as often as it may be, instead of dropping it (R-P8)", async () => {
    const time = handTime();
    let answers = 0;
    const busy: SendResult = { outcome: "retryable", cause: "status", reason: "status 503" };
    const sender = fakeSender(() => (++answers > 3 ? taken : busy));
    const store: ExportPipelineParts<Uint8Array>["store"] = (lost) => new RingStore({ maxBytes: 10_000, lost });
    const { pipeline } = create(time, { sender, store });
    pipeline.add(lines("a"));
    await time.runUntil(10_000);
    expect(pipeline.status()).toMatchObject({ exported: 1, dropped: 0, tries: 4 });
  });

  it("spill what does not fit into the fallback instead of dropping it (R-P3)", async () => {
    const time = handTime();
    const sender = fakeSender(() => taken);
    const { pipeline } = create(time, {
      sender,
      lanes: [lane("http", { overflow: "spill", batch: { maxItems: 5, maxBytes: 1_000, delayMs: 60_000 } })],
      store: (lost) => new RingStore({ maxBytes: 10_000, lost }),
    });
    pipeline.add(lines("a", 9));
    pipeline.add(lines("b", 4));
    await time.runUntil(5_000);
    const { exported, queued, dropped, spooled } = pipeline.status();
    expect([dropped, exported + queued + spooled]).toEqual([0, 13]);
    expect(sender.sent.join(" ")).toContain("a.0");
  });

  it("free the memory in an emergency: what cannot leave in time is dropped and counted, where there is no spool (R-P10)", async () => {
    const time = handTime();
    const { pipeline } = create(time, { sender: fakeSender(() => away) });
    pipeline.add(lines("a", 4));
    const flushed = pipeline.emergencyFlush(100);
    await time.runUntil(200);
    await expect(flushed).resolves.toBe(false);
    expect(pipeline.status()).toMatchObject({ heldBytes: 0, drops: { emergency: 4 } });
  });

  it("say nothing of what reached a collector before the process ended as lost: it is uncertain, and counted so (R-P8)", async () => {
    const time = handTime();
    const sender = fakeSender(() => taken);
    const { pipeline } = create(time, {
      sender,
      store: (lost) => {
        const store = new RingStore({ maxBytes: 10_000, lost });
        store.putNow([Buffer.from("before.0\n")], 1, true);
        return Object.assign(store, { recover: () => Promise.resolve({ items: 1 }) });
      },
    });
    await time.runUntil(100);
    expect(sender.sent).toEqual(["before.0"]);
    expect(pipeline.status()).toMatchObject({ accepted: 1, exported: 0, uncertain: 1, spooled: 0 });
  });
});

describe("a pipeline that is tuned while it runs", () => {
  const asChosen = { batch: 1, concurrentExports: 10, exporter: 0 };

  it("has smaller batches that leave sooner, and the chosen ones again afterwards (R-O5)", async () => {
    const time = handTime();
    const sender = fakeSender(() => taken);
    const batch = { maxItems: 4, maxBytes: 1_000, delayMs: 100 };
    const { pipeline } = create(time, { sender, lanes: [lane("http", { batch })] });
    pipeline.tune({ ...asChosen, batch: 0.5 });
    expect(pipeline.status().lanes["http"]?.batch).toEqual({ maxItems: 2, delayMs: 50 });
    pipeline.add(lines("a"));
    await time.runUntil(60);
    expect(sender.sent).toEqual(["a.0"]);
    pipeline.tune(asChosen);
    expect(pipeline.status().lanes["http"]?.batch).toEqual({ maxItems: 4, delayMs: 100 });
    pipeline.add(lines("b"));
    await time.runUntil(120);
    expect(sender.sent).toEqual(["a.0"]);
    await time.runUntil(200);
    expect(sender.sent).toEqual(["a.0", "b.0"]);
  });

  it("sends by the exporter that is to be the first, and by the others while its breaker is open (R-O5)", async () => {
    const time = handTime();
    const first = fakeSender(() => taken);
    const second = fakeSender((sent) => (sent.includes("c") ? away : taken));
    const next = [{ name: "second", sender: second, breaker: breaker(time, 10_000) }];
    const { pipeline } = create(time, { sender: first, next, lanes: [lane("http")] });
    pipeline.tune({ ...asChosen, exporter: 1 });
    pipeline.add(lines("a"));
    await time.runUntil(150);
    expect([first.sent, second.sent]).toEqual([[], ["a.0"]]);
    pipeline.tune(asChosen);
    pipeline.add(lines("b"));
    await time.runUntil(300);
    expect([first.sent, second.sent]).toEqual([["b.0"], ["a.0"]]);
    pipeline.tune({ ...asChosen, exporter: 1 });
    pipeline.add(lines("c"));
    await time.runUntil(2_000);
    expect([first.sent, second.sent]).toEqual([["b.0", "c.0"], ["a.0"]]);
  });
});
