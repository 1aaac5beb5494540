import type { Work } from "../otlp/in-slices.ts";

/** What work answers, done in one go. */
export function done<Answer>(work: Work<Answer>): Answer {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
