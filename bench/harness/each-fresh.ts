import type { LoadedSubject } from "./load-subject.ts";
import type { Measurements } from "./run-rounds.ts";
import type { Pinning } from "./pinning.ts";
import { SubjectHandle } from "./subject-handle.ts";

export interface EachFreshSettings {
  readonly rounds: number;
  readonly pinning: Pinning;
  readonly sinkUrl: string;
  readonly nodeFlags?: readonly string[];
  /** What services are called, before place and round. The sink counts by it: two parts that look there must differ. @default "once" */
  readonly serviceName?: string;
  readonly progress: (text: string) => void;
  /** The one number of a process. */
  readonly measure: (handle: SubjectHandle) => Promise<number>;
}

/** For what a process does once: one fresh process after the other, in turns, each giving one number. */
export async function eachFresh(
  subjects: readonly LoadedSubject[],
  settings: EachFreshSettings,
): Promise<Measurements> {
  const { rounds, pinning, sinkUrl, nodeFlags = [], serviceName = "once", progress, measure } = settings;
  const measured: Measurements = new Map(subjects.map(({ subject }) => [subject.name, []]));
  for (let round = 0; round < rounds; round++) {
    progress(`round ${round + 1}/${rounds}`);
    const turn = round % 2 === 0 ? subjects : subjects.toReversed();
    for (const [place, loaded] of turn.entries()) {
      const handle = await SubjectHandle.start({
        loaded,
        serviceName: `${serviceName}-${place}-${round}`,
        sinkUrl,
        pinning,
        nodeFlags,
      });
      try {
        measured.get(loaded.subject.name)?.push([await measure(handle)]);
      } finally {
        await handle.stop();
      }
    }
  }
  return measured;
}
