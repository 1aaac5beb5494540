import { expect, test } from "vitest";
import { consecutiveFailures } from "./breaker/breaker-strategies.ts";
import { CircuitBreaker } from "./breaker/circuit-breaker.ts";
import type { ExportPipeline } from "./export-pipeline.ts";
import { RingStore } from "./fallback/ring-store.ts";
import type { Sender } from "./transport/sender.ts";
import { handTime } from "./testing/hand-time.ts";
import { createPipeline, lines } from "./testing/pipeline-kit.ts";

const away: Sender = {
  destination: "http://test",
  prepare: (parts) => Promise.resolve(parts),
  send: () => Promise.resolve({ outcome: "retryable", cause: "connection", reason: "ECONNREFUSED" }),
  close() {},
};

test("a batch whose place in the store is taken by a chunk that spills meanwhile waits on, and is lost to nobody (R-P6)", async () => {
  const time = handTime();
  const writing = { items: 0, oldestMs: undefined as number | undefined };
  let isSlow = false;
  const goOn: (() => void)[] = [];
  const bounds = { queue: { maxItems: 10, maxBytes: 1e6 }, batch: { maxItems: 20, maxBytes: 1e6, delayMs: 100 } };
  const pipeline: ExportPipeline<Uint8Array> = createPipeline({
    sender: away,
    breaker: new CircuitBreaker({
      strategy: consecutiveFailures(1),
      openMs: 1e6,
      now: () => time.nowMs,
      random: () => 0.5,
    }),
    settings: bounds,
    lanes: [
      {
        ...bounds,
        name: "http",
        overflow: "spill",
        source: {
          get items() {
            return writing.items;
          },
          bytes: 0,
          get oldestMs() {
            return writing.oldestMs;
          },
          seal() {
            const { items } = writing;
            if (items === 0) return;
            writing.items = 0;
            writing.oldestMs = undefined;
            pipeline.add(lines("written", items), time.nowMs);
          },
        },
      },
    ],
    store: (lost) => {
      const store = new RingStore({ maxBytes: 1e6, lost });
      const put = store.put.bind(store);
      store.put = async (...args) => {
        if (isSlow) await new Promise<void>((resolve) => goOn.push(resolve));
        return put(...args);
      };
      return store;
    },
    now: () => time.nowMs,
    random: () => 0.5,
    startTimer: time.startTimer,
  });
  pipeline.add(lines("opens-the-breaker"), time.nowMs);
  await time.runUntil(1_000);
  isSlow = true;
  pipeline.add(lines("first", 4), time.nowMs);
  await time.runUntil(2_000);
  expect(goOn).toHaveLength(1);
  pipeline.add(lines("waits", 4), time.nowMs);
  writing.items = 8;
  writing.oldestMs = time.nowMs;
  await time.runUntil(3_000);
  expect(goOn).toHaveLength(2);
  const total = ({ spooled, queued, inFlight, dropped }: ReturnType<typeof pipeline.status>): number =>
    spooled + queued + inFlight + dropped;
  expect(pipeline.status().accepted).toBe(17);
  expect(total(pipeline.status())).toBe(17);
  isSlow = false;
  for (const go of goOn) go();
  await time.runUntil(5_000);
  expect(pipeline.status()).toMatchObject({ spooled: 17, queued: 0, inFlight: 0, dropped: 0 });
});
