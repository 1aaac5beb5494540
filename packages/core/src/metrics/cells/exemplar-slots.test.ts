import { expect, test } from "vitest";
import { ExemplarSlots } from "./exemplar-slots.ts";

const span = { t0: 0x0af76519, t1: 0x16cd43dd, t2: 0x8448eb21, t3: 0x1c80319c | 0, s0: 0xb7ad6b71 | 0, s1: 0x69203331 };
const ids = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
const startMs = 1_700_000_000_000;

function offered(value: number, afterMs: number, isNotable = false) {
  return { value, timeMs: startMs + afterMs, span, isNotable };
}

test("each bucket has one exemplar, the latest (R-M5)", () => {
  const slots = new ExemplarSlots(3);
  expect(slots.collect()).toEqual([]);
  slots.offer(0, offered(1, 0));
  slots.offer(2, offered(9, 1));
  slots.offer(0, offered(2, 2));
  expect(slots.collect()).toEqual([
    { value: 2, timeMs: startMs + 2, ...ids },
    { value: 9, timeMs: startMs + 1, ...ids },
  ]);
});

test("that of a failed or slow request gives way to its like at once, and to others after a minute (R-M5)", () => {
  const slots = new ExemplarSlots(1);
  const valueNow = (): number | undefined => slots.collect()[0]?.value;
  slots.offer(0, offered(1, 0, true));
  slots.offer(0, offered(2, 59_999));
  expect(valueNow()).toBe(1);
  slots.offer(0, offered(3, 1, true));
  expect(valueNow()).toBe(3);
  slots.offer(0, offered(4, 60_001));
  expect(valueNow()).toBe(4);
  slots.offer(0, offered(5, 60_002));
  expect(valueNow()).toBe(5);
});

test("one is old after a second, and where the clock was set back; a place without one always wants one (R-M5)", () => {
  const slots = new ExemplarSlots(2);
  expect(slots.isOld(0, startMs)).toBe(true);
  slots.offer(0, offered(1, 0));
  expect([0, 999, 1_000, -1].map((afterMs) => slots.isOld(0, startMs + afterMs))).toEqual([false, false, true, true]);
  expect(slots.isOld(1, startMs)).toBe(true);
});

test("a value that was counted in no span has no ids (R-M5)", () => {
  const slots = new ExemplarSlots(1);
  slots.offer(0, { ...offered(1, 0), span: undefined });
  expect(slots.collect()).toEqual([{ value: 1, timeMs: startMs, traceId: undefined, spanId: undefined }]);
});
