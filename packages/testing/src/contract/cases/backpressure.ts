import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { ContractCase } from "../contract-case.ts";
import { Latches } from "../latches.ts";
import type { World } from "../world.ts";

const queue = { maxSpans: 4, overflow: "block" } as const;

/** A queue that is full, and a service that would rather wait than lose. */
export const backpressureCases: readonly ContractCase[] = [
  {
    title: "with overflow `block`, a new request waits before the service until the queue has room (R-P3, C10)",
    telemetry: { queue: { ...queue, maxBlockMs: 5_000 }, batch: { maxSpans: 2, delayMs: 1 } },
    async run(world) {
      const { fixture, send } = world;
      const { release } = await fillQueue(world);
      const handed = fixture.handed;
      const held = send("/items/1");
      await sleep(150);
      assert.equal(fixture.handed, handed);
      release();
      assert.equal((await held).status, 200);
      assert.equal(fixture.handed, handed + 1);
    },
  },
  {
    title: "a waiting request continues after maxBlockMs in its own context and is counted once (R-P3, C10)",
    telemetry: { queue: { ...queue, maxBlockMs: 120 }, batch: { maxSpans: 2, delayMs: 1 } },
    async run(world) {
      const { send, settle } = world;
      const { filled, release } = await fillQueue(world);
      const beganMs = performance.now();
      const answers = await Promise.all([send("/items/1"), send("/throw/sync")]);
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 500],
      );
      assert.ok(performance.now() - beganMs > 80);
      release();
      await settle(filled + 2);
    },
  },
];

/** Sends requests to a collector that keeps its answers to itself, until no more spans fit. Answers how many, and what lets it answer. */
async function fillQueue({ receiver, send, telemetry }: World): Promise<{ filled: number; release: () => void }> {
  const latches = new Latches();
  const release = (): void => latches.open("answers");
  receiver.respond = () => latches.wait("answers").then(() => undefined);
  for (let filled = 0; filled < 50; filled++) {
    if (telemetry.backpressure?.() !== undefined) return { filled, release };
    await send("/items/1");
    await sleep(5);
  }
  throw new Error("The queue must fill up.");
}
