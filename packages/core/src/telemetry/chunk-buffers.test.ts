import { startOtlpReceiver, type Answer, type OtlpReceiver, type ReceivedSpan } from "@gossamer/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { TelemetryOptions } from "../options/declare/telemetry-options.ts";
import { createTelemetry, resetTelemetry } from "./create-telemetry.ts";
import type { Telemetry } from "./telemetry.ts";

const receivers: OtlpReceiver[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  await resetTelemetry();
  for (const receiver of receivers.splice(0)) await receiver.close();
});

/** Answers in turn, then takes everything; `between` runs while a request waits for its answer. */
async function receive(answers: Answer[], between: () => void = () => {}): Promise<OtlpReceiver> {
  const receiver = await startOtlpReceiver({
    respond({ path }) {
      if (path !== "/v1/traces") return undefined;
      between();
      return answers.shift();
    },
  });
  receivers.push(receiver);
  return receiver;
}

function engine({ url }: OtlpReceiver, otlp: TelemetryOptions["otlp"] = {}, batchBytes = 200_000): Telemetry {
  return createTelemetry({
    serviceName: "shop",
    sampleRatio: 1,
    exporter: "otlp",
    otlp: {
      endpoint: url,
      compression: "none",
      retry: { attempts: 10, initialMs: 1, maxMs: 5, totalMs: 20_000 },
      ...otlp,
    },
    queue: { maxSpans: 50_000 },
    batch: { maxSpans: 5_000, maxBytes: batchBytes, delayMs: 60_000 },
    breaker: { enabled: false },
    diagnostics: "none",
    shutdown: { signals: false, deadlineMs: 100 },
  } as TelemetryOptions<never>);
}

/** Spans whose name tells what else must be in them. A chunk of 64 KiB holds about 400. */
class NumberedSpans {
  #count = 0;

  get names(): string[] {
    return Array.from({ length: this.#count }, (_, i) => `span ${i}`);
  }

  write(telemetry: Telemetry, count: number): void {
    for (let i = 0; i < count; i++) {
      const number = this.#count++;
      telemetry.span(`span ${number}`, (span) => span.setAttribute("filler", fillerOf(number)));
    }
  }
}

const fillerOf = (number: number): string => `${number} `.repeat(20);

/** What arrived is what was written: each span once, with what belongs to it. */
function expectAll(spans: readonly ReceivedSpan[], { names }: NumberedSpans): void {
  expect(spans.map(({ name }) => name).sort()).toEqual(names.sort());
  const spoiled = spans.filter(({ name, attributes }) => attributes["filler"] !== fillerOf(Number(name.slice(5))));
  expect(spoiled).toEqual([]);
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
}

/** Until all has left, what came meanwhile too. */
async function settled(telemetry: Telemetry): Promise<void> {
  const isOver = async (): Promise<boolean> => {
    await telemetry.flush(2_000);
    const { accepted, exported, dropped, writing } = telemetry.status().traceExport!;
    return writing === 0 && accepted === exported + dropped;
  };
  await expect.poll(isOver, { timeout: 15_000 }).toBe(true);
}

const unavailable: Answer = { kind: "status", status: 503 };
const accept: Answer = { kind: "accept" };
const tooLarge: Answer = { kind: "status", status: 413 };

describe("the memory of spans is written again only after they were accepted", () => {
  test.for([
    { title: "a 503 first", answers: [unavailable, unavailable, unavailable], compression: "none" },
    { title: "a 503 now and then", answers: [accept, unavailable, accept, accept, unavailable], compression: "none" },
    { title: "lost connections", answers: [{ kind: "reset" }, accept, { kind: "reset" }], compression: "none" },
    { title: "a 503 first, compressed", answers: [unavailable, unavailable, unavailable], compression: "gzip" },
    { title: "lost connections, compressed", answers: [{ kind: "reset" }, { kind: "reset" }], compression: "gzip" },
  ] as const)("with $title, all arrive once and intact (R-P6)", async ({ answers, compression }) => {
    const spans = new NumberedSpans();
    let waves = 6;
    // More spans come while a batch waits for its answer: they would be written over it.
    const receiver = await receive([...answers], () => {
      if (waves-- > 0) spans.write(telemetry, 1_200);
    });
    const telemetry = engine(receiver, { compression });
    spans.write(telemetry, 3_000);
    await settled(telemetry);
    expect(telemetry.status().traceExport).toMatchObject({ exported: spans.names.length, dropped: 0 });
    expect(waves).toBeLessThanOrEqual(0);
    expectAll(receiver.spans, spans);
    expect(receiver.totals.malformedRequests).toBe(0);
  });

  test("what was accepted is written again, and the next spans arrive intact from there (R-P10)", async () => {
    const spans = new NumberedSpans();
    const receiver = await receive([]);
    const telemetry = engine(receiver);
    const made = vi.spyOn(Buffer, "allocUnsafeSlow");
    const madeOf = (): number => made.mock.calls.filter(([bytes]) => bytes >= 65_536 && bytes < 70_000).length;
    spans.write(telemetry, 3_000);
    expect(await telemetry.flush(30_000)).toBe(true);
    const first = madeOf();
    expect(first).toBeGreaterThan(3);
    for (let round = 0; round < 5; round++) {
      spans.write(telemetry, 2_000);
      expect(await telemetry.flush(30_000)).toBe(true);
    }
    expect(madeOf()).toBe(first);
    expectAll(receiver.spans, spans);
  });
});

describe("a collector that takes smaller bodies", () => {
  test("halves of a batch, and of a chunk, arrive intact while more spans come (R-P6)", async () => {
    const spans = new NumberedSpans();
    let waves = 12;
    const sizes: number[] = [];
    const receiver = await receive([]);
    const telemetry = engine(receiver, {}, 140_000);
    receiver.respond = ({ path, bodyBytes }) => {
      if (path !== "/v1/traces") return undefined;
      sizes.push(bodyBytes);
      if (waves-- > 0) spans.write(telemetry, 500);
      return bodyBytes > 20_000 ? tooLarge : accept;
    };
    spans.write(telemetry, 2_000);
    await settled(telemetry);
    // Batches of chunks, chunks, and their halves twice.
    expect(Math.max(...sizes)).toBeGreaterThan(100_000);
    expect(Math.min(...sizes)).toBeLessThan(20_000);
    expect(telemetry.status().traceExport).toMatchObject({ exported: spans.names.length, dropped: 0 });
    expectAll(receiver.spans, spans);
  });

  test("halves of a chunk that are turned away at first arrive intact while more spans come (R-P6)", async () => {
    const spans = new NumberedSpans();
    const receiver = await receive([]);
    const telemetry = engine(receiver, {}, 70_000);
    const turnedAway = new Set<string>();
    let waves = 30;
    receiver.respond = ({ path, bodyBytes, spans: [first] }) => {
      if (path !== "/v1/traces") return undefined;
      if (waves-- > 0) spans.write(telemetry, 450);
      if (bodyBytes > 40_000) return tooLarge;
      if (turnedAway.has(first!.spanId)) return accept;
      turnedAway.add(first!.spanId);
      return unavailable;
    };
    spans.write(telemetry, 450);
    await settled(telemetry);
    expect(telemetry.status().traceExport).toMatchObject({ exported: spans.names.length, dropped: 0 });
    expect(turnedAway.size).toBeGreaterThan(20);
    expectAll(receiver.spans, spans);
  });
});
