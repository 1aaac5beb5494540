import { afterEach, describe, expect, test, vi } from "vitest";
import type { Chunk } from "./queue/chunk.ts";
import type { ExportPipeline } from "./export-pipeline.ts";
import type { Sender, SendResult } from "./transport/sender.ts";
import { createPipeline, lines } from "./testing/pipeline-kit.ts";

const accepted: SendResult = { outcome: "accepted", rejected: 0 };
const refused: SendResult = { outcome: "refused", reason: "status 400", status: 400 };
const unavailable: SendResult = { outcome: "retryable", cause: "status", reason: "status 503" };
const gone: SendResult = { outcome: "retryable", cause: "connection", reason: "ECONNREFUSED" };

/** A sender whose answers a test gives by hand, in the order of the tries. */
class HandSender implements Sender {
  readonly destination = "here";
  readonly keepsNothing: boolean;
  readonly #waiting: ((result: SendResult) => void)[] = [];

  constructor(keepsNothing: boolean) {
    this.keepsNothing = keepsNothing;
  }

  prepare(parts: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    return Promise.resolve(parts);
  }

  send(): Promise<SendResult> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Once there is a try to answer. */
  async answer(result: SendResult): Promise<void> {
    await vi.waitUntil(() => this.#waiting.length > 0, { interval: 1, timeout: 10_000 });
    this.#waiting.shift()?.(result);
  }

  close(): void {}
}

let pipeline: ExportPipeline<Uint8Array> | undefined;
afterEach(() => pipeline?.shutdown(0));

function start(
  keepsNothing = true,
  maxItems = 1_000,
): { sender: HandSender; told: string[]; add(name: string): Promise<boolean> } {
  const sender = new HandSender(keepsNothing);
  const told: string[] = [];
  const nameOf = ({ payload }: Chunk<Uint8Array>): string => Buffer.from(payload).toString().split(".")[0]!;
  const made = createPipeline({
    sender,
    done: (chunks) => told.push(...chunks.map(nameOf)),
    split: (chunk) => (chunk.items < 2 ? undefined : [lines("left"), lines("right")]),
    settings: {
      queue: { maxItems, maxBytes: 1_000_000 },
      retry: { attempts: 2, initialMs: 1, maxMs: 1, totalMs: 1_000 },
    },
  });
  pipeline = made;
  return {
    sender,
    told,
    add(name) {
      made.add(lines(name, 2));
      return made.flush(5_000);
    },
  };
}

describe("chunks are given back", () => {
  test("once they were accepted, those of other batches are not (R-P10)", async () => {
    const { sender, told, add } = start();
    const [first, second] = [add("a"), add("b")];
    expect(told).toEqual([]);
    await sender.answer(unavailable);
    await sender.answer(accepted);
    await expect.poll(() => told).toEqual(["b"]);
    await sender.answer(accepted);
    await Promise.all([first, second]);
    expect(told).toEqual(["b", "a"]);
  });

  test("of which some items were rejected, too (R-P10)", async () => {
    const { sender, told, add } = start();
    const flushed = add("a");
    await sender.answer({ outcome: "accepted", rejected: 1 });
    await flushed;
    expect(told).toEqual(["a"]);
  });

  test("by halves where the whole was too large, and the whole is not (R-P10)", async () => {
    const { sender, told, add } = start();
    const flushed = add("whole");
    await sender.answer({ ...refused, status: 413 });
    await sender.answer(accepted);
    await expect.poll(() => told).toEqual(["left"]);
    await sender.answer(accepted);
    await flushed;
    expect(told).toEqual(["left", "right"]);
  });

  test("that found no room before they were ever sent (R-P10)", () => {
    const { told } = start(true, 4);
    for (const name of ["a", "b", "c", "d"]) pipeline?.add(lines(name, 2));
    expect(pipeline?.status().drops).toEqual({ "queue-full": 4 });
    expect(told).toEqual(["a", "b"]);
  });
});

describe("chunks are not given back", () => {
  test("that were sent once, also where they find no room when they come back or later (R-P10)", async () => {
    const { sender, told, add } = start(true, 4);
    const flushed = add("a");
    await sender.answer(gone);
    expect(await flushed).toBe(false);
    pipeline?.add(lines("b", 2));
    pipeline?.add(lines("c", 2));
    expect(pipeline?.status().drops).toEqual({ "queue-full": 2 });
    expect(told).toEqual([]);
  });

  test("that were refused, or tried too often (R-P10)", async () => {
    const { sender, told, add } = start();
    const first = add("a");
    await sender.answer(refused);
    await first;
    const second = add("b");
    await sender.answer(unavailable);
    await sender.answer(unavailable);
    await second;
    expect(pipeline?.status().drops).toEqual({ refused: 2, "retries-exhausted": 2 });
    expect(told).toEqual([]);
  });

  test("that wait again, as their collector could not be reached (R-P10)", async () => {
    const { sender, told, add } = start();
    const flushed = add("a");
    await sender.answer(gone);
    // Nothing ever answered there: the flush was one try.
    expect(await flushed).toBe(false);
    expect(pipeline?.status().queued).toBe(2);
    expect(told).toEqual([]);
    const again = pipeline?.flush(5_000);
    await sender.answer(accepted);
    expect(await again).toBe(true);
    expect(told).toEqual(["a"]);
  });

  test("where their sender may look at them later (R-P10)", async () => {
    const { sender, told, add } = start(false);
    const flushed = add("a");
    await sender.answer(accepted);
    expect(await flushed).toBe(true);
    expect(told).toEqual([]);
  });

  test("whose answer comes after the shutdown gave them up (R-P10)", async () => {
    const { sender, told, add } = start();
    const flushed = add("a");
    await expect.poll(() => pipeline?.status().inFlight).toBe(2);
    await pipeline?.shutdown(0);
    expect(await flushed).toBe(false);
    await sender.answer(accepted);
    await new Promise((resolve) => setImmediate(resolve));
    expect(pipeline?.status()).toMatchObject({ exported: 0, drops: { shutdown: 2 } });
    expect(told).toEqual([]);
  });
});
