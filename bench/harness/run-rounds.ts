import type { LoadedSubject } from "./load-subject.ts";
import type { Pinning } from "./pinning.ts";
import { SubjectHandle } from "./subject-handle.ts";
import type { Subject } from "./subject.ts";

export interface RoundsPlan {
  /** Fresh processes of every subject. */
  readonly rounds: number;
  /** Turns of every process in a round. */
  readonly slices: number;
  /** Pieces of work in a slice. */
  readonly times: number;
  /** Pieces of work before the first slice, not measured. */
  readonly warmUpTimes: number;
}

export interface RoundsSettings<S extends Subject> {
  readonly plan: RoundsPlan;
  readonly pinning: Pinning;
  readonly sinkUrl: string;
  readonly nodeFlags?: readonly string[];
  readonly progress: (text: string) => void;
  /** Between set-up and warm-up, and after the last slice: throws when a subject did not do its job. */
  readonly check?: (handle: SubjectHandle, subject: S, when: "before" | "after") => Promise<void>;
}

/** CPU microseconds a piece of work, by subject: one list a round, in it one number a slice. */
export type Measurements = Map<string, number[][]>;

/**
 * Measures subjects against each other: fresh processes each round, which take turns slice by slice, one at a time, and start in another
 * order every slice.
 */
export async function runRounds<S extends Subject>(
  subjects: readonly LoadedSubject<S>[],
  settings: RoundsSettings<S>,
): Promise<Measurements> {
  const measured: Measurements = new Map(subjects.map(({ subject }) => [subject.name, []]));
  for (let round = 0; round < settings.plan.rounds; round++) {
    const running: { handle: SubjectHandle; subject: S; slices: number[] }[] = [];
    try {
      for (const loaded of rotated(subjects, round)) {
        settings.progress(`round ${round + 1}/${settings.plan.rounds}: starting and checking "${loaded.subject.name}"`);
        const handle = await start(loaded, settings);
        running.push({ handle, subject: loaded.subject, slices: [] });
        await settings.check?.(handle, loaded.subject, "before");
        // In slices, so that what happens at the end of one has been warmed up too.
        for (let left = settings.plan.warmUpTimes; left > 0; left -= settings.plan.times)
          await handle.slice(Math.min(left, settings.plan.times));
      }
      for (let slice = 0; slice < settings.plan.slices; slice++) {
        settings.progress(`round ${round + 1}/${settings.plan.rounds}: slice ${slice + 1}/${settings.plan.slices}`);
        for (const { handle, slices } of rotated(running, slice)) slices.push(await handle.slice(settings.plan.times));
      }
      settings.progress(`round ${round + 1}/${settings.plan.rounds}: checking what arrived`);
      for (const { handle, subject, slices } of running) {
        await settings.check?.(handle, subject, "after");
        measured.get(subject.name)?.push(slices);
      }
    } finally {
      await Promise.all(running.map(({ handle }) => handle.stop()));
    }
  }
  return measured;
}

/** The sink counts by the name of a service: no process may have that of another, in whatever part. */
let started = 0;

function start(loaded: LoadedSubject, settings: RoundsSettings<never>): Promise<SubjectHandle> {
  const { pinning, sinkUrl, nodeFlags = [] } = settings;
  const slug = loaded.subject.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return SubjectHandle.start({ loaded, serviceName: `${slug}-${++started}`, sinkUrl, pinning, nodeFlags });
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
