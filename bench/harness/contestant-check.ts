import type { Contestant } from "../contestants/contestant.ts";
import type { SinkTotals } from "../sink/sink.ts";
import type { Sink } from "../sink/sink.ts";
import type { SubjectHandle } from "./subject-handle.ts";

/** What arrived from a contestant, over all rounds. */
export interface Delivered {
  requests: number;
  spans: number;
  serverSpans: number;
  serverAttributes: number;
  wireBytes: number;
}

const trialRequests = 500;
const defaultArrivalMs = 10_000;

/**
 * Sees to it that contestants are compared doing the same job: the same answers, every request counted, every span arrived.
 *
 * Throws otherwise: a contestant that loses work must not look cheap.
 */
export class ContestantCheck {
  readonly delivered: Map<string, Delivered> = new Map<string, Delivered>();
  readonly #sink: Sink;
  readonly #arrivalMs: number;
  readonly #expectedAnswers = new Map<string, { from: string; answers: readonly string[] }>();

  /** What has not arrived `arrivalMs` after it was sent is lost. */
  constructor(sink: Sink, arrivalMs: number = defaultArrivalMs) {
    this.#sink = sink;
    this.#arrivalMs = arrivalMs;
  }

  async before(handle: SubjectHandle, contestant: Contestant): Promise<void> {
    await this.#compareAnswers(handle, contestant);
    await handle.slice(trialRequests);
    await this.#compareCounts(handle, contestant);
  }

  async after(handle: SubjectHandle, contestant: Contestant): Promise<void> {
    await this.#compareAnswers(handle, contestant);
    const arrived = await this.#compareCounts(handle, contestant);
    const sum = this.delivered.get(handle.name) ?? {
      requests: 0,
      spans: 0,
      serverSpans: 0,
      serverAttributes: 0,
      wireBytes: 0,
    };
    this.delivered.set(handle.name, {
      requests: sum.requests + handle.done,
      spans: sum.spans + arrived.spans,
      serverSpans: sum.serverSpans + arrived.serverSpans,
      serverAttributes: sum.serverAttributes + arrived.serverAttributes,
      wireBytes: sum.wireBytes + arrived.wireBytes,
    });
  }

  async #compareAnswers(handle: SubjectHandle, { workload }: Contestant): Promise<void> {
    const answers = await handle.answers();
    const expected = this.#expectedAnswers.get(workload);
    if (expected === undefined) this.#expectedAnswers.set(workload, { from: handle.name, answers });
    else compareAnswers(handle.name, answers, expected);
  }

  async #compareCounts(handle: SubjectHandle, contestant: Contestant): Promise<SinkTotals> {
    const counted = await handle.drain();
    if (counted !== undefined && counted !== handle.done) {
      throw new Error(`"${handle.name}" counted ${counted} of ${handle.done} requests.`);
    }
    const until = performance.now() + this.#arrivalMs;
    for (;;) {
      const arrived = await this.#sink.totals(handle.serviceName);
      if (arrived.malformed !== undefined) throw new Error(`The sink could not read an export: ${arrived.malformed}`);
      const fault = faultOf(contestant, handle.done, arrived);
      if (fault === undefined) return arrived;
      if (performance.now() > until) throw new Error(`"${handle.name}" did not do its job: ${fault}.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function compareAnswers(
  name: string,
  answers: readonly string[],
  expected: { from: string; answers: readonly string[] },
): void {
  const at = expected.answers.findIndex((answer, i) => answer !== answers[i]);
  if (at === -1 && answers.length === expected.answers.length) return;
  throw new Error(
    `"${name}" answers differently from "${expected.from}":\n${answers[at]}\ninstead of\n${expected.answers[at]}`,
  );
}

function faultOf({ delivers }: Contestant, requests: number, arrived: SinkTotals): string | undefined {
  if (delivers === undefined) {
    return arrived.exports === 0 ? undefined : `${arrived.exports} exports arrived from what should send nothing`;
  }
  if (delivers.metrics && arrived.requests !== requests) {
    return `of ${requests} requests its metrics at the sink count ${arrived.requests ?? "none"}`;
  }
  const { ratio } = delivers;
  if (delivers.calls === true && arrived.clientSpans !== arrived.serverSpans) {
    return `with ${arrived.serverSpans} server spans, ${arrived.clientSpans} spans of outgoing calls arrived`;
  }
  if (ratio === "some") return arrived.serverSpans > 0 ? undefined : "no span arrived";
  const expected = requests * ratio;
  const tolerance = 6 * Math.sqrt(expected * (1 - ratio));
  if (Math.abs(arrived.serverSpans - expected) <= tolerance) return undefined;
  return `of ${requests} requests at ratio ${ratio}, ${arrived.serverSpans} server spans arrived`;
}
