import { expect, test, vi } from "vitest";
import { consecutiveFailures } from "../breaker/breaker-strategies.ts";
import { CircuitBreaker } from "../breaker/circuit-breaker.ts";
import { RingStore } from "./ring-store.ts";
import type { Sender, SendResult } from "../transport/sender.ts";
import { handTime } from "../testing/hand-time.ts";
import { createPipeline, lines } from "../testing/pipeline-kit.ts";

const away: SendResult = { outcome: "retryable", cause: "connection", reason: "ECONNREFUSED" };
const taken: SendResult = { outcome: "accepted", rejected: 0 };

/** A pipeline whose collector is away, with three batches put away. */
async function withThreePutAway() {
  const time = handTime();
  const answers: ((result: SendResult) => void)[] = [];
  const seen: string[] = [];
  let isAway = true;
  const sender: Sender = {
    destination: "http://test",
    prepare: vi.fn<Sender["prepare"]>((parts) => Promise.resolve(parts)),
    send(body) {
      if (isAway) return Promise.resolve(away);
      seen.push(Buffer.concat(body).toString().trim());
      return new Promise((resolve) => answers.push(resolve));
    },
    close() {},
  };
  let store: RingStore | undefined;
  const pipeline = createPipeline({
    sender,
    breaker: new CircuitBreaker({
      strategy: consecutiveFailures(1),
      openMs: 10_000,
      goodTrials: 1,
      now: () => time.nowMs,
      random: () => 0.5,
    }),
    store: (lost) => (store = new RingStore({ maxBytes: 10_000, lost })),
    now: () => time.nowMs,
    random: () => 0.5,
    startTimer: time.startTimer,
  });
  for (const name of ["a", "b", "c"]) {
    pipeline.add(lines(name), time.nowMs);
    await time.runUntil(time.nowMs + 100);
  }
  expect(pipeline.status()).toMatchObject({ spooled: 3, queued: 0, inFlight: 0 });
  isAway = false;
  return { pipeline, time, sender, store: store!, seen, answer: () => answers.shift()?.(taken) };
}

test("what was put away goes out one body at a time, the oldest first, however many may be under way (R-P8)", async () => {
  const { pipeline, time, seen, answer } = await withThreePutAway();
  await time.runUntil(20_000);
  expect(seen).toEqual(["a.0"]);
  // Whatever has the pipeline look again while one is under way.
  void pipeline.flush(1_000);
  await time.runUntil(21_500);
  expect(seen).toEqual(["a.0"]);
  answer();
  await time.runUntil(22_000);
  expect(seen).toEqual(["a.0", "b.0"]);
  answer();
  await time.runUntil(22_500);
  answer();
  await time.runUntil(23_000);
  expect(seen).toEqual(["a.0", "b.0", "c.0"]);
  expect(pipeline.status()).toMatchObject({ exported: 3, spooled: 0, inFlight: 0 });
});

test("a body that the store hands out when the pipeline has stopped goes back, and nothing is sent (R-P9)", async () => {
  const { pipeline, time, sender, store } = await withThreePutAway();
  const take = vi.spyOn(store, "take");
  let handOut = (): void => {};
  take.mockImplementationOnce(async () => {
    await new Promise<void>((resolve) => (handOut = resolve));
    return { items: 1, body: [Buffer.from("a.0\n")], uncertain: false };
  });
  const settle = vi.spyOn(store, "settle");
  await time.runUntil(20_000);
  expect(take).toHaveBeenCalledOnce();
  const stopping = pipeline.shutdown(100);
  await time.runUntil(21_000);
  await stopping;
  vi.mocked(sender.prepare).mockClear();
  handOut();
  await time.runUntil(22_000);
  expect(settle).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ items: 1 }), "unsent");
  expect(sender.prepare).not.toHaveBeenCalled();
});

test("a body that the sender cannot make ready is dropped and counted, and the next one goes out (R-P9)", async () => {
  const { pipeline, time, sender, seen, answer } = await withThreePutAway();
  vi.mocked(sender.prepare).mockRejectedValueOnce(new Error("no memory to compress"));
  // That failure opens the breaker once more.
  await time.runUntil(40_000);
  expect(seen).toEqual(["b.0"]);
  answer();
  await time.runUntil(60_000);
  answer();
  await time.runUntil(80_000);
  expect(pipeline.status()).toMatchObject({ exported: 2, spooled: 0, inFlight: 0, dropped: 1, drops: { encoding: 1 } });
});
