import { AsyncResource } from "node:async_hooks";

/**
 * Begins one piece of work, and calls back when it is over; what is handed over then is why it failed. `slot` is from 0 to the concurrency
 * minus one, and no two pieces under way have the same.
 */
export type BeginWork = (index: number, slot: number, over: (failure?: unknown) => void) => void;

/** How much is done, and how. */
export interface TurnsPlan {
  /** Pieces of work. */
  readonly times: number;
  /** Pieces under way at once. @default 16 */
  readonly concurrency?: number;
  /** The index of the first piece. @default 0 */
  readonly from?: number;
  /** After so long no turn begins any more, in ms; the first one always does. @default none */
  readonly maxMs?: number;
}

/**
 * Does that many pieces of work, in turns of `concurrency` at once, and lets the event loop go round between turns, so that timers and
 * exports run as they do in a service under load. Answers how many were done. Rejects with the first failure.
 */
export function inTurns(begin: BeginWork, plan: TurnsPlan): Promise<number> {
  const { times, concurrency = 16, from = 0, maxMs = Number.POSITIVE_INFINITY } = plan;
  const until = performance.now() + maxMs;
  return new Promise((resolve, reject) => {
    let begun = 0;
    let open = 0;
    // Node's parser begins each request in the context of its connection, not in that of the request before.
    const next = AsyncResource.bind(() => setImmediate(turn));
    const over = (failure?: unknown): void => {
      if (failure !== undefined) return reject(failure);
      if (--open === 0) next();
    };
    function turn(): void {
      if (begun === times || (begun > 0 && maxMs !== Number.POSITIVE_INFINITY && performance.now() >= until)) {
        return resolve(begun);
      }
      const now = Math.min(concurrency, times - begun);
      open = now;
      try {
        for (let slot = 0; slot < now; slot++) begin(from + begun++, slot, over);
      } catch (error) {
        reject(error);
      }
    }
    turn();
  });
}

/** Does pieces of work one after the other, and answers how long each took, in µs. */
export async function timeEach(begin: BeginWork, plan: Omit<TurnsPlan, "concurrency">): Promise<Float64Array> {
  const taken = new Float64Array(plan.times);
  let count = 0;
  const timed: BeginWork = (index, slot, over) => {
    const beganMs = performance.now();
    begin(index, slot, (failure) => {
      taken[count++] = (performance.now() - beganMs) * 1000;
      over(failure);
    });
  };
  await inTurns(timed, { ...plan, concurrency: 1 });
  return taken.slice(0, count);
}
