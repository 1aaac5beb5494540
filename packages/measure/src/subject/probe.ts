import { bareNames } from "../configuration.ts";
import { ExpectedAnswers } from "../rounds/expected-answers.ts";
import { WorkloadError } from "../workload-error.ts";
import type { Session, Setup } from "./session.ts";
import type { SeenByEngine } from "./subject.ts";

/** What was learned before anything was measured. */
export interface Probed {
  readonly expected: ExpectedAnswers;
  /** Of each configuration, what its engine saw of one answer to each request. */
  readonly seen: ReadonlyMap<string, SeenByEngine>;
}

/** Starts everything once: so that what cannot be measured is told in the first second. */
export async function probe(session: Session, setups: readonly Setup[]): Promise<Probed> {
  const bare = await session.start({ name: bareNames.bare, options: undefined, switches: {} });
  let expected: ExpectedAnswers;
  try {
    expected = new ExpectedAnswers(await bare.answers(), await bare.answers());
  } finally {
    await bare.stop();
  }
  const seen = new Map<string, SeenByEngine>();
  for (const setup of setups) {
    const subject = await session.start(setup);
    try {
      expected.compare(setup.name, await subject.answers());
      const finished = await subject.finish();
      if (finished.seen === undefined) continue;
      if (finished.seen.noticed === false) {
        throw new WorkloadError(
          setup.name,
          "pays no heed to the telemetry it is given, which saw neither a request nor a span: put telemetry(given) around the service, or given.span() around the work",
        );
      }
      seen.set(setup.name, finished.seen);
    } finally {
      await subject.stop();
    }
  }
  return { expected, seen };
}
