import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { ContractCase } from "../contract-case.ts";
import type { World } from "../world.ts";

const queue = { maxSpans: 4, overflow: "block" } as const;

/** A queue that is full, and a service that would rather wait than lose. */
export const backpressureCases: readonly ContractCase[] = [
  {
    title: "with overflow `block` a new request waits in front of the service until the queue has room (R-P3, C10)",
    telemetry: { queue: { ...queue, maxBlockMs: 5_000 }, batch: { maxSpans: 2, delayMs: 1 } },
    async run(world) {
      const { fixture, receiver, send } = world;
      await fillQueue(world);
      const handed = fixture.handed;
      const held = send("/items/1");
      await sleep(150);
      assert.equal(fixture.handed, handed);
      receiver.respond = () => undefined;
      assert.equal((await held).status, 200);
      assert.equal(fixture.handed, handed + 1);
    },
  },
  {
    title: "a held request goes on after maxBlockMs, in its own context, and is counted once (R-P3, C10)",
    telemetry: { queue: { ...queue, maxBlockMs: 120 }, batch: { maxSpans: 2, delayMs: 1 } },
    async run(world) {
      const { receiver, send, settle } = world;
      const filled = await fillQueue(world);
      const beganMs = performance.now();
      const answers = await Promise.all([send("/items/1"), send("/throw/sync")]);
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 500],
      );
      assert.ok(performance.now() - beganMs > 80);
      receiver.respond = () => undefined;
      await settle(filled + 2);
    },
  },
];

/** Sends requests to a collector that says nothing, until no more spans fit. Answers how many. */
async function fillQueue({ receiver, send, telemetry }: World): Promise<number> {
  receiver.respond = () => ({ kind: "silence" });
  for (let sent = 0; sent < 50; sent++) {
    if (telemetry.backpressure?.() !== undefined) return sent;
    await send("/items/1");
    await sleep(5);
  }
  throw new Error("The queue must fill up.");
}
