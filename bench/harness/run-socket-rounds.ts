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

export interface SocketPlan {
  /** Fresh processes of every contestant. */
  readonly rounds: number;
  /** Requests over the socket before all. With fewer than fifty thousand much is not compiled yet, and more so where there is more code. */
  readonly warmUpTimes: number;
  /** And no longer than that. */
  readonly warmUpMostMs: number;
  /** Turns of every process at as many requests as it can. */
  readonly saturatedSlices: number;
  readonly saturatedMs: number;
  /** Turns of every process at the offered load. */
  readonly offeredSlices: number;
  readonly offeredMs: number;
  /** Of what the first contestant can answer in the round. */
  readonly offeredShare: number;
  readonly connections: number;
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
  /** What the load took of its core. */
  readonly loadShare: number[];
  offered: OfferedReading | undefined;
}

interface Running {
  readonly handle: SubjectHandle;
  readonly contestant: Contestant;
  readonly aim: Aim;
  readonly round: SocketRound;
}

/**
 * Contestants over a real socket, by name and round: all processes of a round are there at once and take turns, first at what they can answer,
 * then all at the same load, which is a share of what the first of them could.
 */
export async function runSocketRounds(
  contestants: readonly LoadedSubject<Contestant>[],
  settings: SocketSettings,
): Promise<Map<string, SocketRound[]>> {
  const { plan, progress, check } = settings;
  const measured = new Map<string, SocketRound[]>(contestants.map(({ subject }) => [subject.name, []]));
  const baseline = contestants[0]!.subject.name;
  for (let round = 0; round < plan.rounds; round++) {
    const running: Running[] = [];
    const say = (text: string): void => progress(`round ${round + 1}/${plan.rounds}: ${text}`);
    try {
      for (const loaded of rotated(contestants, round)) {
        say(`starting and warming up "${loaded.subject.name}"`);
        running.push(await start(loaded, round, settings));
      }
      for (let slice = 0; slice < plan.saturatedSlices; slice++) {
        say(`as many requests as each can answer, slice ${slice + 1}/${plan.saturatedSlices}`);
        for (const each of rotated(running, slice)) await saturatedSlice(each, settings);
      }
      const bare = running.find(({ contestant }) => contestant.name === baseline)!;
      const perSecond = plan.offeredShare * mean(bare.round.perSecond);
      say(`${Math.round(perSecond)} requests a second`);
      await offered(running, perSecond, round, settings);
      // Not before: requests in process have sockets of another shape, and compiled code would have to tell both apart.
      for (const { handle, contestant, round: done } of running) {
        say(`checking "${contestant.name}"`);
        await check.before(handle, contestant);
        await check.after(handle, contestant);
        measured.get(contestant.name)?.push(done);
      }
    } finally {
      await Promise.all(running.map(({ handle }) => handle.stop()));
    }
  }
  return measured;
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
    await warmUp(handle, aim, settings);
    return { handle, contestant, aim, round: { perSecond: [], cpuMicros: [], loadShare: [], offered: undefined } };
  } catch (error) {
    await handle.stop();
    throw error;
  }
}

async function warmUp(handle: SubjectHandle, aim: Aim, { plan, load }: SocketSettings): Promise<void> {
  const until = performance.now() + plan.warmUpMostMs;
  let sent = 0;
  while (sent < plan.warmUpTimes && performance.now() < until) {
    const { answered } = await load.saturate(aim, warmUpSliceMs);
    sent += answered;
    handle.done += answered;
    await flush(handle);
  }
}

/** The time until the last span has left belongs to the slice, or a contestant could leave its work to the next one's. */
async function saturatedSlice({ handle, aim, round }: Running, { plan, load }: SocketSettings): Promise<void> {
  await handle.watch();
  const { answered, elapsedMs, loadShare } = await load.saturate(aim, plan.saturatedMs);
  const flushMs = await flush(handle);
  const { cpuMicros } = await handle.watched();
  handle.done += answered;
  round.perSecond.push((answered / (elapsedMs + flushMs)) * 1000);
  round.cpuMicros.push(cpuMicros / answered);
  round.loadShare.push(loadShare);
}

async function offered(
  running: readonly Running[],
  perSecond: number,
  round: number,
  { plan, load }: SocketSettings,
): Promise<void> {
  const slices = new Map<Running, { latency: Float64Array; own: Float64Array; elapsedMs: number; loop: LoopReading }[]>(
    running.map((each) => [each, []]),
  );
  for (let slice = 0; slice < plan.offeredSlices; slice++) {
    // The same arrivals for all.
    const dueMs = arrivals(perSecond, plan.offeredMs, seededRandom(1 + round * plan.offeredSlices + slice));
    for (const each of rotated(running, slice)) {
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
