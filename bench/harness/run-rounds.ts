import type { LoadedSubject } from "./load-subject.ts";
import type { Pinning, Place } from "./pinning.ts";
import { SubjectHandle } from "./subject-handle.ts";
import type { Subject } from "./subject.ts";
import { takesTurns } from "./node-flags.ts";

export interface RoundsPlan {
  /** Fresh processes of every subject. */
  readonly rounds: number;
  /** Turns of every process in a round. */
  readonly slices: number;
  /** Pieces of work in a slice, the same for all: what happens once a slice, such as sending what has gathered, is shared by as many. */
  readonly times: number;
  /** Pieces of work before the first slice, not measured. */
  readonly warmUpTimes: number;
  /** CPU milliseconds that they take at least: what costs little is done more often, as it is in a service. @default 0 */
  readonly warmUpMs?: number;
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

interface Running<S extends Subject> {
  readonly handle: SubjectHandle;
  readonly subject: S;
  readonly slices: number[];
}

/**
 * Measures subjects against each other: fresh processes each round, which take turns slice by slice, one at a time, and start in another
 * order every slice.
 */
export async function runRounds<S extends Subject>(
  subjects: readonly LoadedSubject<S>[],
  settings: RoundsSettings<S>,
): Promise<Measurements> {
  const measured: Measurements = new Map(subjects.map(({ subject }) => [subject.name, []]));
  const { rounds, slices: sliceCount, times } = settings.plan;
  for (let round = 0; round < rounds; round++) {
    const handles: SubjectHandle[] = [];
    const progress = (text: string): void => settings.progress(`round ${round + 1}/${rounds}: ${text}`);
    try {
      const running = await prepareAll(inTurn(subjects, round), { ...settings, progress }, handles);
      // Those that were ready first have waited.
      for (const { handle } of running) await handle.slice(times);
      for (let slice = 0; slice < sliceCount; slice++) {
        progress(`slice ${slice + 1}/${sliceCount}`);
        for (const { handle, slices } of inTurn(running, slice)) slices.push(await handle.slice(times));
      }
      progress("checking what arrived");
      for (const { handle, subject, slices } of running) {
        await settings.check?.(handle, subject, "after");
        measured.get(subject.name)?.push(slices);
      }
    } finally {
      await Promise.all(handles.map((handle) => handle.stop()));
    }
  }
  return measured;
}

/**
 * Starts, checks and warms up, two at a time: one where they are measured and one beside it, which takes half as long. Nothing is measured before the
 * last one is ready. `handles` gets every process that was started, also when one fails.
 */
async function prepareAll<S extends Subject>(
  subjects: readonly LoadedSubject<S>[],
  settings: RoundsSettings<S>,
  handles: SubjectHandle[],
): Promise<Running<S>[]> {
  const ready: Running<S>[] = [];
  const waiting = [...subjects.entries()];
  const prepareIn = async (place: Place): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [at, loaded] = next;
      settings.progress(`starting, checking and warming up "${loaded.subject.name}"`);
      const handle = await start(loaded, settings, place);
      handles.push(handle);
      await settings.check?.(handle, loaded.subject, "before");
      await warmUp(handle, settings.plan);
      if (place !== "measured") handle.bring(settings.pinning);
      ready[at] = { handle, subject: loaded.subject, slices: [] };
    }
  };
  const giveUp = (error: unknown): never => {
    waiting.length = 0;
    throw error;
  };
  const places = await Promise.allSettled([prepareIn("measured").catch(giveUp), prepareIn("aside").catch(giveUp)]);
  for (const place of places) if (place.status === "rejected") throw place.reason;
  return ready;
}

/**
 * Warms up, in slices, so that what happens at the end of one is warmed up too, and has all garbage collected halfway.
 *
 * V8's first large collection comes after some 100,000 requests, once in a process, and takes optimised code with it, which 15,000 requests bring
 * back. Where it fell into a slice it would look like 2 µs a request, of some and not of others.
 */
async function warmUp(handle: SubjectHandle, { times, warmUpTimes, warmUpMs = 0 }: RoundsPlan): Promise<void> {
  await run(handle, times, warmUpTimes / 2, warmUpMs / 2);
  await handle.collect();
  await run(handle, times, warmUpTimes / 2, warmUpMs / 2);
}

/** In slices, that many pieces of work and that much CPU at least. */
async function run(handle: SubjectHandle, times: number, leastTimes: number, leastMs: number): Promise<void> {
  let done = 0;
  let spentMs = 0;
  while (done < leastTimes || spentMs < leastMs) {
    const micros = await handle.slice(times);
    done += times;
    spentMs += (micros * times) / 1000;
  }
}

/** The sink counts by the name of a service: no process may have that of another, in whatever part. */
let started = 0;

function start(loaded: LoadedSubject, settings: RoundsSettings<never>, place: Place): Promise<SubjectHandle> {
  const { pinning, sinkUrl, nodeFlags = [] } = settings;
  const slug = loaded.subject.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return SubjectHandle.start({
    loaded,
    serviceName: `${slug}-${++started}`,
    sinkUrl,
    pinning,
    place,
    nodeFlags: [...takesTurns, ...nodeFlags],
  });
}

/** From another one on each time, and back every other time, so that nobody always comes behind the same neighbour. */
function inTurn<T>(items: readonly T[], turn: number): T[] {
  const at = turn % items.length;
  const order = [...items.slice(at), ...items.slice(0, at)];
  return turn % 2 === 0 ? order : order.toReversed();
}
