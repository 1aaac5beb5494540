import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyOf, consecutiveFailures, failureRatio } from "./breaker-strategies.ts";
import { type BreakerChange, CircuitBreaker, type CircuitBreakerOptions } from "./circuit-breaker.ts";

function make(options: CircuitBreakerOptions = {}) {
  const changes: BreakerChange[] = [];
  const time = { nowMs: 0 };
  const breaker = new CircuitBreaker({
    now: () => time.nowMs,
    random: () => 0.5,
    onChange: (change) => changes.push(change),
    ...options,
  });
  return { breaker, changes, time };
}

function fail(breaker: CircuitBreaker, times: number, nowMs = 0): void {
  for (let i = 0; i < times; i++) if (breaker.allows(nowMs)) breaker.failed(nowMs);
}

describe("CircuitBreaker", () => {
  it("opens after five failures in a row, and a success between them starts the count again (R-P7)", () => {
    const { breaker, changes } = make();
    fail(breaker, 4);
    breaker.allows(0);
    breaker.succeeded(0);
    fail(breaker, 4);
    expect(breaker.state).toBe("closed");
    fail(breaker, 1);
    expect(breaker.state).toBe("open");
    expect(breaker.allows(59_999)).toBe(false);
    expect(changes).toEqual([{ from: "closed", to: "open", reason: "5 failures in a row", openMs: 60_000 }]);
  });

  it("opens when half of at least ten calls within ten seconds fail, and forgets older ones (R-P7)", () => {
    const { breaker } = make();
    const call = (ok: boolean, nowMs: number): void => {
      breaker.allows(nowMs);
      if (ok) breaker.succeeded(nowMs);
      else breaker.failed(nowMs);
    };
    for (let i = 0; i < 4; i++) {
      call(false, 0);
      call(true, 0);
    }
    // Nine and ten calls, but the first eight are older than the window.
    call(false, 11_000);
    call(true, 11_000);
    expect(breaker.state).toBe("closed");
    for (let i = 0; i < 4; i++) {
      call(true, 12_000);
      call(false, 12_000);
    }
    expect(breaker.state).toBe("open");
  });

  it("lets one trial call through at a time once the open time is over, and closes after three good ones (R-P7)", () => {
    const { breaker, changes } = make();
    fail(breaker, 5);
    expect(breaker.readyAtMs).toBe(60_000);
    for (let i = 0; i < 3; i++) {
      expect(breaker.state).toBe(i === 0 ? "open" : "half-open");
      expect(breaker.allows(60_000)).toBe(true);
      expect([breaker.allows(60_000), breaker.readyAtMs]).toEqual([false, Infinity]);
      breaker.succeeded(60_000);
    }
    expect(breaker.state).toBe("closed");
    expect(changes.map(({ to }) => to)).toEqual(["open", "half-open", "closed"]);
    // It starts anew: the failures from before are forgotten.
    fail(breaker, 4, 60_001);
    expect(breaker.state).toBe("closed");
  });

  it("opens again when the trial calls that are left cannot bring three good ones (R-P7)", () => {
    const { breaker } = make({ trials: 5 });
    fail(breaker, 5);
    fail(breaker, 2, 60_000);
    expect(breaker.state).toBe("half-open");
    fail(breaker, 1, 60_000);
    expect(breaker.state).toBe("open");
    expect(breaker.readyAtMs).toBe(120_000);
  });

  it("spreads the open time of many processes by a fifth to either side (R-P7)", () => {
    const openMs = [0, 0.999].map((random) => {
      const { breaker } = make({ random: () => random });
      fail(breaker, 5);
      return Math.round(breaker.readyAtMs);
    });
    expect(openMs).toEqual([48_000, 71_976]);
  });

  it("tries at once when somebody waits (R-P9)", () => {
    const { breaker } = make();
    fail(breaker, 5);
    breaker.hurry();
    expect(breaker.allows(1)).toBe(true);
  });

  it("does not hear of calls that began before it opened (R-P7)", () => {
    const { breaker } = make();
    fail(breaker, 5);
    breaker.succeeded(1);
    breaker.failed(1);
    expect(breaker.readyAtMs).toBe(60_000);
  });

  it("runs calls and never throws: not made, failed and succeeded are answers (R-A5)", async () => {
    const { breaker, time } = make({ strategy: consecutiveFailures(2), goodTrials: 1 });
    const error = new Error("down");
    await expect(breaker.run(() => 7)).resolves.toEqual({ outcome: "succeeded", value: 7 });
    await expect(breaker.run(() => Promise.reject(error))).resolves.toEqual({ outcome: "failed", error });
    await expect(
      breaker.run(() => {
        throw error;
      }),
    ).resolves.toEqual({ outcome: "failed", error });
    let called = false;
    await expect(breaker.run(() => (called = true))).resolves.toEqual({ outcome: "open", readyAtMs: 60_000 });
    expect(called).toBe(false);
    time.nowMs = 60_000;
    await expect(breaker.run(() => 8)).resolves.toEqual({ outcome: "succeeded", value: 8 });
    expect(breaker.state).toBe("closed");
  });

  it("is not disturbed by a listener that throws (R-A5)", () => {
    const { breaker } = make({
      onChange: () => {
        throw new Error("listener");
      },
    });
    fail(breaker, 5);
    expect(breaker.state).toBe("open");
  });

  it("refuses numbers that make no sense (R-A5)", () => {
    expect(() => new CircuitBreaker({ openMs: -1 })).toThrow(
      'Option "breaker.openMs" must be a number of at least 0, got -1.',
    );
    expect(() => new CircuitBreaker({ trials: 2 })).toThrow(
      'Option "breaker.goodTrials" must be at most "breaker.trials" (2), got 3.',
    );
    expect(() => new CircuitBreaker({ goodTrials: 0 })).toThrow(
      'Option "breaker.goodTrials" must be a number of at least 1, got 0.',
    );
    expect(() => consecutiveFailures(0)).toThrow('"consecutiveFailures" must be');
    expect(() => failureRatio({ ratio: 0, windowMs: 1, minCalls: 1 })).toThrow(
      '"failureRatio.ratio" must be a number above 0 and at most 1, got 0.',
    );
    expect(() => failureRatio({ ratio: 1, windowMs: 0, minCalls: 1 })).toThrow(
      '"failureRatio.windowMs" must be a number above 0, got 0.',
    );
  });

  it("never has two trial calls under way, whatever happens when (R-P7)", () => {
    const step = fc.record({ waitMs: fc.nat(40_000), ok: fc.boolean(), ends: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { breaker } = make({ strategy: anyOf(consecutiveFailures(2)) });
        let nowMs = 0;
        let trying = false;
        for (const { waitMs, ok, ends } of steps) {
          nowMs += waitMs;
          const allowed = breaker.allows(nowMs);
          if (breaker.state === "half-open" && allowed) {
            expect(trying).toBe(false);
            trying = true;
          }
          if (!(allowed || trying) || !(ends || breaker.state === "closed")) continue;
          if (ok) breaker.succeeded(nowMs);
          else breaker.failed(nowMs);
          trying = false;
        }
      }),
    );
  });
});
