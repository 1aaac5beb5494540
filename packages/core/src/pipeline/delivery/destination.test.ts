import { describe, expect, it } from "vitest";
import { Destination } from "./destination.ts";

describe("Destination", () => {
  it("backs off from half a second to 15 seconds while it cannot be reached, and starts over once it answers (R-P15)", () => {
    const destination = new Destination(() => 1);
    let nowMs = 0;
    const pauses = Array.from({ length: 8 }, () => {
      destination.failed(nowMs, nowMs);
      const pauseMs = destination.readyAtMs - nowMs;
      nowMs = destination.readyAtMs;
      return pauseMs;
    });
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
    destination.reached();
    expect([destination.unreachable, destination.readyAtMs]).toEqual([false, -Infinity]);
  });

  it("counts tries that failed together as one failure (R-P6)", () => {
    const destination = new Destination(() => 1);
    for (let i = 0; i < 10; i++) destination.failed(100, 200 + i);
    expect(destination.readyAtMs).toBe(700);
  });

  it("keeps the pause that the collector asked for when somebody flushes, and gives up only its own (R-P6)", () => {
    const destination = new Destination(() => 1);
    destination.askedToWait(2_000, 1_000);
    destination.askedToWait(500, 1_000);
    destination.failed(1_000, 2_900);
    expect(destination.readyAtMs).toBe(3_400);
    destination.hurry();
    expect(destination.readyAtMs).toBe(3_000);
  });
});
