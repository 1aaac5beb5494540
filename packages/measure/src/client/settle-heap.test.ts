import { expect, it, vi } from "vitest";
import { collectAll, settleHeap } from "./settle-heap.ts";

/** What happens while it runs, with collections that only tell whether a tick waits. */
function watch(work: () => unknown): readonly string[] {
  const seen: string[] = [];
  let ticks = 0;
  const spy = vi.spyOn(process, "nextTick").mockImplementation(() => void ticks++);
  vi.stubGlobal("gc", () => seen.push(ticks > 0 ? "collected while a tick waits" : "collected while none does"));
  try {
    work();
  } finally {
    spy.mockRestore();
    vi.unstubAllGlobals();
  }
  return seen;
}

it("memory is collected while a tick waits: V8 would forget the shape of ticks, and each would cost four times as much from then on (R-O6)", () => {
  expect(watch(collectAll)).toEqual(["collected while a tick waits"]);
  expect(watch(settleHeap)).toEqual(["collected while a tick waits", "collected while a tick waits"]);
});

it("without --expose-gc nothing is collected, and that is told (R-O6)", () => {
  vi.stubGlobal("gc", undefined);
  expect([collectAll(), settleHeap()]).toEqual([false, false]);
  vi.unstubAllGlobals();
});
