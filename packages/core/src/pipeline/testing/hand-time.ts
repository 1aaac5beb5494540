import type { StartTimer } from "../time/timers.ts";

/** Time that only moves when a test says so; it jumps from timer to timer. */
export interface HandTime {
  nowMs: number;
  readonly startTimer: StartTimer;
  /** Lets promises run, then the next timer, if there is one by `untilMs`. Answers whether there was. */
  turn(untilMs?: number): Promise<boolean>;
  /** Turns until a moment, with the time there at the end. */
  runUntil(untilMs: number): Promise<void>;
}

export function handTime(): HandTime {
  const timers = new Set<{ readonly atMs: number; readonly run: () => void }>();
  const time: HandTime = {
    nowMs: 0,
    startTimer(afterMs, run) {
      const timer = { atMs: time.nowMs + Math.max(0, afterMs), run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async turn(untilMs = Infinity) {
      for (let i = 0; i < 50; i++) await Promise.resolve();
      const [next] = [...timers].sort((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > untilMs) return false;
      timers.delete(next);
      time.nowMs = Math.max(time.nowMs, next.atMs);
      next.run();
      return true;
    },
    async runUntil(untilMs) {
      while (await time.turn(untilMs));
      time.nowMs = Math.max(time.nowMs, untilMs);
    },
  };
  return time;
}
