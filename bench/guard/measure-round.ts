import type { Contestant } from "../contestants/contestant.ts";
import { ContestantCheck } from "../harness/contestant-check.ts";
import { loadSubject } from "../harness/load-subject.ts";
import type { Pinning } from "../harness/pinning.ts";
import { SubjectHandle } from "../harness/subject-handle.ts";
import type { Sink } from "../sink/sink.ts";
import { guardNames, type GuardName, guardSubjectUrl } from "./guard-names.ts";
import type { RoundSlices } from "./round-costs.ts";

export interface RoundSettings {
  /** Names the services at the sink. */
  readonly round: number;
  readonly pinning: Pinning;
  readonly sink: Sink;
  /** Microseconds of work added to each request of Gossamer's contestants. */
  readonly plantMicros: number;
}

/** How much a round is. */
export const plan = { slices: 30, times: 500, leadIn: 80, warmUpTimes: 16_000 } as const;

/** The heap of the young is small, so that each slice has its share of collections and none has one more than the others. */
const nodeFlags = ["--min-semi-space-size=1", "--max-semi-space-size=1", "--single-threaded-gc"];

interface Running {
  readonly handle: SubjectHandle;
  readonly subject: Contestant;
  readonly slices: number[];
}

/** Measures fresh processes of all contestants, a few milliseconds each in turns, there and back, and checks that each did its job. */
export async function measureRound(settings: RoundSettings): Promise<RoundSlices> {
  const { round, pinning, sink, plantMicros } = settings;
  const check = new ContestantCheck(sink);
  const running: Running[] = [];
  try {
    for (const name of rotated(guardNames, round)) {
      const loaded = await loadSubject<Contestant>(guardSubjectUrl(name, plantMicros));
      const serviceName = `guard-${name}-${round}`;
      const handle = await SubjectHandle.start({ loaded, serviceName, sinkUrl: sink.url, pinning, nodeFlags });
      running.push({ handle, subject: loaded.subject, slices: [] });
      await check.before(handle, loaded.subject);
    }
    for (const { handle } of running) await handle.slice(plan.warmUpTimes);
    for (let slice = 0; slice < plan.slices; slice++) {
      for (const { handle, slices } of slice % 2 === 0 ? running : running.toReversed()) {
        // What a process does first after others had the core finds cold caches.
        await handle.slice(plan.leadIn);
        slices.push(await handle.slice(plan.times));
      }
    }
    for (const { handle, subject } of running) await check.after(handle, subject);
    return new Map(running.map(({ subject, slices }) => [subject.name as GuardName, slices]));
  } finally {
    await Promise.all(running.map(({ handle }) => handle.stop()));
  }
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
