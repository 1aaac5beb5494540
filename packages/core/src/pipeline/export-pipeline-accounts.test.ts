import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BodyStore, PutAway, StoreLoss } from "./fallback/body-store.ts";
import { anyOf, consecutiveFailures } from "./breaker/breaker-strategies.ts";
import { CircuitBreaker } from "./breaker/circuit-breaker.ts";
import { ExportPipeline } from "./export-pipeline.ts";
import { RingStore } from "./fallback/ring-store.ts";
import type { Sender, SendResult } from "./transport/sender.ts";
import { handTime } from "./testing/hand-time.ts";
import { keepLines, lines } from "./testing/pipeline-kit.ts";

/** A ring that counts as a spool, and that may refuse a body or find some from before. */
class FickleStore implements BodyStore {
  readonly kind = "file";
  readonly #ring: RingStore;
  readonly #answers: PutAway[];
  readonly #found: number;

  constructor(lost: StoreLoss, answers: PutAway[], found: number) {
    this.#ring = new RingStore({ maxBytes: 300, lost });
    this.#answers = answers;
    this.#found = found;
  }
  get bytes(): number {
    return this.#ring.bytes;
  }
  get waiting(): boolean {
    return this.#ring.waiting;
  }
  async recover(): Promise<{ items: number }> {
    await Promise.resolve();
    // As what an earlier process had on its way.
    if (this.#found > 0) this.#ring.putNow([Buffer.from("x")], this.#found, true);
    return { items: this.#found };
  }
  async put(body: readonly Uint8Array[], items: number): Promise<PutAway> {
    await Promise.resolve();
    const answer = this.#answers.shift() ?? "kept";
    return answer === "kept" ? this.#ring.putNow(body, items, false) : answer;
  }
  putNow(body: readonly Uint8Array[], items: number, uncertain: boolean): PutAway {
    const answer = this.#answers.shift() ?? "kept";
    return answer === "kept" ? this.#ring.putNow(body, items, uncertain) : answer;
  }
  take(): ReturnType<BodyStore["take"]> {
    return this.#ring.take();
  }
  settle(...how: Parameters<BodyStore["settle"]>): void {
    this.#ring.settle(...how);
  }
  close(): void {
    // What it held stays, as files do.
  }
}

const result = fc.oneof(
  { weight: 3, arbitrary: fc.nat(3).map((rejected): SendResult => ({ outcome: "accepted", rejected })) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom("connection" as const, "deadline" as const)
      .map((cause): SendResult => ({ outcome: "retryable", reason: "r", cause })),
  },
  fc
    .constantFrom(undefined, 1, 400_000)
    .map((afterMs): SendResult => ({ outcome: "retryable", reason: "503", cause: "status", afterMs })),
  fc.constantFrom(400, 413, 500).map((code): SendResult => ({ outcome: "refused", reason: "r", status: code })),
);
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      items: fc.integer({ min: 1, max: 9 }),
      lane: fc.constantFrom("errors", "http", "jobs", "nowhere"),
      failed: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.constant("turn" as const) },
  fc.constantFrom("flush" as const, "emergency" as const, "refuse" as const),
  { weight: 1, arbitrary: fc.constant("leave" as const) },
);

describe("the accounts of a pipeline", () => {
  it("are even at every moment, whatever collector, disk, breaker and lanes do (R-P11)", async () => {
    const setup = fc.record({
      first: fc.array(result, { maxLength: 40 }),
      second: fc.array(result, { maxLength: 20 }),
      puts: fc.array(fc.constantFrom<PutAway>("kept", "kept", "unwritable", "full"), { maxLength: 12 }),
      steps: fc.array(step, { maxLength: 60 }),
      overflow: fc.constantFrom("drop-oldest" as const, "drop-newest" as const, "spill" as const, "block" as const),
      store: fc.constantFrom("none" as const, "ring" as const, "file" as const),
      found: fc.constantFrom(0, 7),
      twoExporters: fc.boolean(),
      openMs: fc.constantFrom(100, 60_000),
    });
    await fc.assert(
      fc.asyncProperty(setup, async ({ first, second, puts, steps, overflow, store, found, twoExporters, openMs }) => {
        const time = handTime();
        const sender = (results: SendResult[]): Sender => ({
          destination: "http://test",
          prepare: (parts) => Promise.resolve(parts),
          send: async () => {
            await Promise.resolve();
            return results.shift() ?? { outcome: "accepted", rejected: 0 };
          },
          close: () => {},
        });
        const breaker = (): CircuitBreaker =>
          new CircuitBreaker({
            strategy: anyOf(consecutiveFailures(2)),
            openMs,
            now: () => time.nowMs,
            random: () => 0.5,
          });
        const lane = (name: string, maxItems: number, delayMs: number) => ({
          name,
          queue: { maxItems, maxBytes: 10_000 },
          batch: { maxItems: 10, maxBytes: 1_000, delayMs },
          overflow,
        });
        const pipeline = new ExportPipeline<Uint8Array>({
          unit: "spans",
          settings: {
            queue: { maxItems: 40, maxBytes: 10_000 },
            batch: { maxItems: 10, maxBytes: 1_000, delayMs: 50 },
            retry: { attempts: 3, initialMs: 10, maxMs: 50, totalMs: 30_000 },
            maxConcurrentExports: 3,
            maxMemoryBytes: 600,
            warningRatio: 0.8,
          },
          lanes: [lane("errors", 10, 10), lane("http", 40, 50), lane("jobs", 20, 500)],
          assemble: (chunks) => chunks.map((chunk) => chunk.payload),
          sender: sender([...first]),
          breaker: breaker(),
          next: twoExporters ? [{ name: "second", sender: sender([...second]), breaker: breaker() }] : [],
          store:
            store === "none"
              ? undefined
              : store === "ring"
                ? (lost) => new RingStore({ maxBytes: 200, lost })
                : (lost) => new FickleStore(lost, [...puts], found),
          endpointGiven: true,
          diagnostics: keepLines(),
          now: () => time.nowMs,
          random: () => 0.5,
          startTimer: time.startTimer,
        });
        const balance = (): void => {
          const status = pipeline.status();
          const { accepted, exported, queued, inFlight, spooled, dropped, uncertain } = status;
          expect(exported + queued + inFlight + spooled + dropped + uncertain).toBe(accepted);
          for (const count of [exported, queued, inFlight, spooled, dropped, uncertain]) {
            expect(count).toBeGreaterThanOrEqual(0);
          }
          for (const { queued: items, capacity } of Object.values(status.lanes)) {
            expect(items).toBeLessThanOrEqual(capacity.maxItems);
          }
        };
        let sent = 0;
        for (const [i, next] of steps.entries()) {
          if (next === "turn") {
            for (let j = 0; j < i % 5; j++) {
              await Promise.resolve();
              balance();
            }
            await time.turn();
          } else if (next === "flush") void pipeline.flush(1_000);
          else if (next === "emergency") void pipeline.emergencyFlush(20);
          else if (next === "leave") pipeline.leaveNow();
          else if (next === "refuse") {
            if (pipeline.refuses("http")) {
              pipeline.refused("http");
              sent++;
            }
          } else {
            sent += next.items;
            pipeline.add(lines(`c${i}`, next.items, next.failed ? "failed" : "healthy"), time.nowMs, next.lane);
          }
          balance();
        }
        let over = false;
        void pipeline.shutdown(2_000_000).then(() => (over = true));
        for (let i = 0; i < 800 && !over; i++) {
          await time.turn();
          balance();
        }
        expect(over).toBe(true);
        for (let i = 0; i < 20; i++) await Promise.resolve();
        balance();
        const { accepted, queued, inFlight } = pipeline.status();
        expect([queued, inFlight]).toEqual([0, 0]);
        // What was there before, and a batch that was put away twice at an end that was none, count on top.
        expect(accepted).toBeGreaterThanOrEqual(sent);
      }),
      { numRuns: 300 },
    );
  });
});
