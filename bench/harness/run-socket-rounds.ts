import type { Contestant } from "../contestants/contestant.ts";
import type { Aim, Load } from "../load/load.ts";
import { arrivals } from "../load/open-loop.ts";
import { mean, seededRandom } from "../statistics/bootstrap.ts";
import { pooled, quantile } from "../statistics/quantile.ts";
import type { ContestantCheck } from "./contestant-check.ts";
import type { LoadedSubject } from "./load-subject.ts";
import type { LoopReading } from "./loop-watch.ts";
import type { Pinning } from "./pinning.ts";
import { SubjectHandle } from "./subject-handle.ts";
import { takesTurns } from "./node-flags.ts";

/** How a process is warmed up and how often it is measured in a round. */
export interface SocketTurns {
  /** Requests over the socket before all. With fewer than fifty thousand much is not compiled yet, and more so where there is more code. */
  readonly warmUpTimes: number;
  /** And no longer than that. */
  readonly warmUpMostMs: number;
  /** At as many requests as it can. */
  readonly saturatedSlices: number;
  readonly saturatedMs: number;
  /** At the offered load. */
  readonly offeredSlices: number;
}

export interface SocketPlan extends SocketTurns {
  readonly rounds: number;
  readonly offeredMs: number;
  /** Of what the first contestant can answer in the round. */
  readonly offeredShare: number;
  readonly connections: number;
  /**
   * Contestants that need several times the time of the others, by name, which are so far from those that two processes of one differ by less.
   * Each has one process for all rounds, so that it can be warmed up for longer, and the turns that are said here.
   */
  readonly slow: SocketTurns & { readonly names: readonly string[] };
}

export interface SocketSettings {
  readonly plan: SocketPlan;
  readonly pinning: Pinning;
  readonly sinkUrl: string;
  readonly load: Load;
  readonly check: ContestantCheck;
  readonly progress: (text: string) => void;
}

/** So short that spans do not pile up before they leave. */
const warmUpSliceMs = 250;

/** What one process did at the offered load, over all its slices. */
export interface OfferedReading {
  readonly offeredPerSecond: number;
  readonly achievedPerSecond: number;
  readonly samples: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
  readonly maxMicros: number;
  /** How late the load itself was, for the slowest 1 % of requests at best. */
  readonly ownDelayP99Micros: number;
  readonly loop: LoopReading;
}

export interface SocketRound {
  /** One number a slice. */
  readonly perSecond: number[];
  readonly cpuMicros: number[];
  /** The share of the time in which the load had something to do. */
  readonly loadShare: number[];
  /** How long what was left had to leave when the load was over, and the CPU time of the process in that. */
  readonly flushMs: number[];
  readonly flushCpuMs: number[];
  offered: OfferedReading | undefined;
}

interface Running {
  readonly handle: SubjectHandle;
  readonly contestant: Contestant;
  readonly aim: Aim;
  readonly turns: SocketTurns;
}

/** It, and what it did in the round that is under way. */
interface InRound extends Running {
  readonly round: SocketRound;
}

/**
 * Contestants over a real socket, by name and round: all processes of a round are there at once and take turns, first at what they can answer,
 * then all at the same load, which is a share of what the first of them could. Each is a fresh one, but for those that are slow.
 */
export async function runSocketRounds(
  contestants: readonly LoadedSubject<Contestant>[],
  settings: SocketSettings,
): Promise<Map<string, SocketRound[]>> {
  const { plan, progress } = settings;
  const measured = new Map<string, SocketRound[]>(contestants.map(({ subject }) => [subject.name, []]));
  const lasting = new Map<string, Running>();
  try {
    for (let round = 0; round < plan.rounds; round++) {
      const say = (text: string): void => progress(`round ${round + 1}/${plan.rounds}: ${text}`);
      const fresh: Running[] = [];
      try {
        const running: InRound[] = [];
        for (const loaded of rotated(contestants, round)) {
          const { name } = loaded.subject;
          let each = lasting.get(name);
          if (each === undefined) {
            say(`starting and warming up "${name}"`);
            each = await start(loaded, round, settings);
            if (isSlow(name, plan)) lasting.set(name, each);
            else fresh.push(each);
          }
          running.push({ ...each, round: emptyRound() });
        }
        await measureRound(running, { first: contestants[0]!.subject.name, round, say }, settings);
        await checkAll(fresh, say, settings);
        for (const { contestant, round: done } of running) measured.get(contestant.name)?.push(done);
      } finally {
        await stopAll(fresh);
      }
    }
    await checkAll([...lasting.values()], progress, settings);
  } finally {
    await stopAll([...lasting.values()]);
  }
  return measured;
}

async function measureRound(
  running: readonly InRound[],
  { first, round, say }: { readonly first: string; readonly round: number; readonly say: (text: string) => void },
  settings: SocketSettings,
): Promise<void> {
  const { plan } = settings;
  for (let slice = 0; slice < plan.saturatedSlices; slice++) {
    say(`as many requests as each can answer, slice ${slice + 1}/${plan.saturatedSlices}`);
    for (const each of rotated(running, slice))
      if (slice < each.turns.saturatedSlices) await saturatedSlice(each, settings);
  }
  const bare = running.find(({ contestant }) => contestant.name === first)!;
  const perSecond = plan.offeredShare * mean(bare.round.perSecond);
  say(`${Math.round(perSecond)} requests a second`);
  await offered(running, perSecond, round, settings);
}

/** Not before they are measured: requests in process have sockets of another shape, and compiled code would have to tell both apart. */
async function checkAll(
  running: readonly Running[],
  say: (text: string) => void,
  { check }: SocketSettings,
): Promise<void> {
  for (const { handle, contestant } of running) {
    say(`checking "${contestant.name}"`);
    await check.before(handle, contestant);
    await check.after(handle, contestant);
  }
}

async function stopAll(running: readonly Running[]): Promise<void> {
  await Promise.all(running.map(({ handle }) => handle.stop()));
}

function isSlow(name: string, { slow }: SocketPlan): boolean {
  return slow.names.includes(name);
}

function emptyRound(): SocketRound {
  return { perSecond: [], cpuMicros: [], loadShare: [], flushMs: [], flushCpuMs: [], offered: undefined };
}

async function start(loaded: LoadedSubject<Contestant>, round: number, settings: SocketSettings): Promise<Running> {
  const { pinning, sinkUrl, plan } = settings;
  const contestant = loaded.subject;
  const slug = contestant.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const handle = await SubjectHandle.start({
    loaded,
    serviceName: `socket-${slug}-${round}`,
    sinkUrl,
    pinning,
    nodeFlags: takesTurns,
  });
  try {
    const aim = { ...(await handle.listen()), connections: plan.connections };
    const running = { handle, contestant, aim, turns: isSlow(contestant.name, plan) ? plan.slow : plan };
    await warmUp(running, settings.load);
    return running;
  } catch (error) {
    await handle.stop();
    throw error;
  }
}

async function warmUp({ handle, aim, turns }: Running, load: Load): Promise<void> {
  const until = performance.now() + turns.warmUpMostMs;
  let sent = 0;
  while (sent < turns.warmUpTimes && performance.now() < until) {
    const { answered } = await load.saturate(aim, warmUpSliceMs);
    sent += answered;
    handle.done += answered;
    await flush(handle);
  }
}

/**
 * What was answered in a slice, and what sending its spans takes: no contestant can leave work to the next one's slice.
 *
 * To the slice's time belongs what the process computes when the load is over, and not what it waits for then: where the sink shares a core with the
 * load, it has its turn only now, and how long it takes to count is nothing of the contestant's.
 */
async function saturatedSlice({ handle, aim, turns, round }: InRound, { load }: SocketSettings): Promise<void> {
  await handle.watch();
  const { answered, elapsedMs, loadShare } = await load.saturate(aim, turns.saturatedMs);
  const answering = await handle.watched();
  const flushMs = await flush(handle);
  const { cpuMicros } = await handle.watched();
  const flushCpuMs = (cpuMicros - answering.cpuMicros) / 1000;
  handle.done += answered;
  round.perSecond.push((answered / (elapsedMs + flushCpuMs)) * 1000);
  round.cpuMicros.push(cpuMicros / answered);
  round.loadShare.push(loadShare);
  round.flushMs.push(flushMs);
  round.flushCpuMs.push(flushCpuMs);
}

async function offered(
  running: readonly InRound[],
  perSecond: number,
  round: number,
  { plan, load }: SocketSettings,
): Promise<void> {
  const slices = new Map<InRound, { latency: Float64Array; own: Float64Array; elapsedMs: number; loop: LoopReading }[]>(
    running.map((each) => [each, []]),
  );
  for (let slice = 0; slice < plan.offeredSlices; slice++) {
    // The same arrivals for all.
    const dueMs = arrivals(perSecond, plan.offeredMs, seededRandom(1 + round * plan.offeredSlices + slice));
    for (const each of rotated(running, slice)) {
      if (slice >= each.turns.offeredSlices) continue;
      await each.handle.watch();
      const answers = await load.offer(each.aim, { dueMs, patienceMs: 30_000 });
      const loop = await each.handle.watched();
      each.handle.done += dueMs.length;
      await flush(each.handle);
      slices
        .get(each)!
        .push({ latency: answers.latencyMicros, own: answers.ownDelayMicros, elapsedMs: answers.elapsedMs, loop });
    }
  }
  for (const [each, all] of slices) {
    const latency = pooled(all.map((slice) => slice.latency));
    const elapsedMs = all.reduce((sum, slice) => sum + slice.elapsedMs, 0);
    each.round.offered = {
      offeredPerSecond: perSecond,
      achievedPerSecond: (latency.length / elapsedMs) * 1000,
      samples: latency.length,
      p50Micros: quantile(latency, 0.5),
      p99Micros: quantile(latency, 0.99),
      maxMicros: quantile(latency, 1),
      ownDelayP99Micros: quantile(pooled(all.map(({ own }) => own)), 0.99),
      loop: meanOf(all.map(({ loop }) => loop)),
    };
  }
}

function meanOf(readings: readonly LoopReading[]): LoopReading {
  const of = (name: keyof LoopReading): number => mean(readings.map((reading) => reading[name]));
  return {
    cpuMicros: of("cpuMicros"),
    busyShare: of("busyShare"),
    delayP50Micros: of("delayP50Micros"),
    delayP99Micros: of("delayP99Micros"),
    delayMaxMicros: of("delayMaxMicros"),
    delaySamples: of("delaySamples"),
  };
}

/** Has what is still held leave. Answers how many ms that took. */
async function flush(handle: SubjectHandle): Promise<number> {
  const before = performance.now();
  await handle.flush();
  return performance.now() - before;
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
