import { describe, expect, it } from "vitest";
import { Admission } from "./admission.ts";
import { handTime } from "../testing/hand-time.ts";

function make() {
  const time = handTime();
  const state = { full: true };
  const admission = new Admission({
    isFull: () => state.full,
    maxBlockMs: 100,
    now: () => time.nowMs,
    startTimer: time.startTimer,
  });
  const gone: string[] = [];
  const ask = (name: string): void => {
    const held = admission.ask();
    if (held === undefined) gone.push(name);
    else void held.then(() => gone.push(name));
  };
  return { admission, ask, gone, state, time };
}

describe("Admission", () => {
  it("lets a request go on at once while there is room, without a promise (R-P3)", () => {
    const { admission, state } = make();
    state.full = false;
    expect(admission.ask()).toBeUndefined();
    expect(admission.total).toBe(0);
  });

  it("holds each request for the bound at most, in the order they came (R-P3)", async () => {
    const { admission, ask, gone, time } = make();
    ask("first");
    time.nowMs = 60;
    ask("second");
    expect([admission.waiting, admission.total]).toEqual([2, 2]);
    await time.runUntil(99);
    expect(gone).toEqual([]);
    await time.runUntil(100);
    expect(gone).toEqual(["first"]);
    await time.runUntil(159);
    expect(gone).toEqual(["first"]);
    await time.runUntil(160);
    expect(gone).toEqual(["first", "second"]);
  });

  it("lets all go as soon as there is room (R-P3)", async () => {
    const { admission, ask, gone, state } = make();
    ask("first");
    ask("second");
    admission.look();
    state.full = false;
    admission.look();
    await Promise.resolve();
    expect(gone).toEqual(["first", "second"]);
    expect(admission.waiting).toBe(0);
  });

  it("holds no more requests than a bound (R-P3)", () => {
    const { admission } = make();
    for (let i = 0; i < 10_000; i++) void admission.ask();
    expect(admission.ask()).toBeUndefined();
    admission.release();
  });
});
