import { describe, expect, it } from "vitest";
import { Reachability } from "./reachability.ts";

describe("Reachability", () => {
  it("backs off from half a second to 15 seconds while it cannot be reached, and starts over once it answers (R-P15)", () => {
    const reachability = new Reachability(() => 1);
    let nowMs = 0;
    const pauses = Array.from({ length: 8 }, () => {
      reachability.failed(nowMs, nowMs);
      const pauseMs = reachability.readyAtMs - nowMs;
      nowMs = reachability.readyAtMs;
      return pauseMs;
    });
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
    reachability.reached();
    expect([reachability.unreachable, reachability.readyAtMs]).toEqual([false, -Infinity]);
  });

  it("counts tries that failed together as one failure (R-P6)", () => {
    const reachability = new Reachability(() => 1);
    for (let i = 0; i < 10; i++) reachability.failed(100, 200 + i);
    expect(reachability.readyAtMs).toBe(700);
  });

  it("keeps the pause that the collector asked for when somebody flushes, and gives up only its own (R-P6)", () => {
    const reachability = new Reachability(() => 1);
    reachability.askedToWait(2_000, 1_000);
    reachability.askedToWait(500, 1_000);
    reachability.failed(1_000, 2_900);
    expect(reachability.readyAtMs).toBe(3_400);
    reachability.hurry();
    expect(reachability.readyAtMs).toBe(3_000);
  });
});
