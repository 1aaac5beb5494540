import { describe, expect, it } from "vitest";
import { Backpressure } from "./backpressure.ts";
import { handTime } from "../testing/hand-time.ts";

function make() {
  const time = handTime();
  const state = { full: true };
  const backpressure = new Backpressure({
    isFull: () => state.full,
    maxBlockMs: 100,
    now: () => time.nowMs,
    startTimer: time.startTimer,
  });
  const gone: string[] = [];
  const ask = (name: string): void => {
    const held = backpressure.ask();
    if (held === undefined) gone.push(name);
    else void held.then(() => gone.push(name));
  };
  return { backpressure, ask, gone, state, time };
}

describe("Backpressure", () => {
  it("lets a request go on at once while there is room, without a promise (R-P3)", () => {
    const { backpressure, state } = make();
    state.full = false;
    expect(backpressure.ask()).toBeUndefined();
    expect(backpressure.total).toBe(0);
  });

  it("holds each request for the bound at most, in the order they came (R-P3)", async () => {
    const { backpressure, ask, gone, time } = make();
    ask("first");
    time.nowMs = 60;
    ask("second");
    expect([backpressure.waiting, backpressure.total]).toEqual([2, 2]);
    await time.runUntil(99);
    expect(gone).toEqual([]);
    await time.runUntil(100);
    expect(gone).toEqual(["first"]);
    await time.runUntil(159);
    expect(gone).toEqual(["first"]);
    await time.runUntil(160);
    expect(gone).toEqual(["first", "second"]);
  });

  it("holds a request for the whole of its time where the timer comes early (R-P3)", async () => {
    let nowMs = 0;
    const timers: { readonly ms: number; readonly fire: () => void }[] = [];
    const backpressure = new Backpressure({
      isFull: () => true,
      maxBlockMs: 100,
      now: () => nowMs,
      startTimer: (ms, fire) => {
        timers.push({ ms, fire });
        return () => undefined;
      },
    });
    let isGone = false;
    void backpressure.ask()?.then(() => (isGone = true));
    // Node's loop was stuck for 60 ms before the timer was set, and counts from then.
    nowMs = 40;
    timers[0]!.fire();
    await Promise.resolve();
    expect([isGone, timers[1]?.ms]).toEqual([false, 60]);
    nowMs = 100;
    timers[1]!.fire();
    await Promise.resolve();
    expect([isGone, backpressure.waiting]).toEqual([true, 0]);
  });

  it("lets all go as soon as there is room (R-P3)", async () => {
    const { backpressure, ask, gone, state } = make();
    ask("first");
    ask("second");
    backpressure.look();
    state.full = false;
    backpressure.look();
    await Promise.resolve();
    expect(gone).toEqual(["first", "second"]);
    expect(backpressure.waiting).toBe(0);
  });

  it("holds no more requests than a bound (R-P3)", () => {
    const { backpressure } = make();
    for (let i = 0; i < 10_000; i++) void backpressure.ask();
    expect(backpressure.ask()).toBeUndefined();
    backpressure.release();
  });
});
