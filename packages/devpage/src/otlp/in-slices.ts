import { setImmediate as othersTurn } from "node:timers/promises";

/** Work that can pause wherever it yields, and answers at its end. */
export type Work<Answer> = Generator<undefined, Answer, undefined>;

/** How long others wait for their turn, and a little more: as long as the work goes on without a pause. */
const sliceMs = 4;

/** Does work in slices of a few milliseconds, with the event loop between them. */
export async function inSlices<Answer>(
  work: Work<Answer>,
  now: () => number = () => performance.now(),
): Promise<Answer> {
  for (;;) {
    const until = now() + sliceMs;
    do {
      const step = work.next();
      if (step.done === true) return step.value;
    } while (now() < until);
    await othersTurn();
  }
}

/** Lets one do its work at a time, in the order in which they came. Who waits is counted by whoever lets them in. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => {});
    return mine;
  }
}
