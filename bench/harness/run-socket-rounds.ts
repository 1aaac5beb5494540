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

/** What a process has its turns for. */
export interface Turns {
  /** At as many requests as it can. */
  readonly saturatedSlices: number;
  readonly saturatedMs: number;
  /** At the offered load. */
  readonly offeredSlices: number;
}

export interface SocketPlan extends Turns {
  /** Fresh processes of every contestant. */
  readonly rounds: number;
  /** Requests over the socket before all. With fewer than fifty thousand much is not compiled yet, and more so where there is more code. */
  readonly warmUpTimes: number;
  /** And no longer than that. */
  readonly warmUpMostMs: number;
  readonly offeredMs: number;
  /** Contestants, by name, with turns of their own: those that take so long that fewer tell them from the others. */
  readonly slow: Turns & { readonly names: readonly string[] };
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
  readonly turns: Turns;
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
        for (const each of rotated(running, slice))
          if (slice < each.turns.saturatedSlices) await saturatedSlice(each, settings);
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

async function start(loaded: LoadedSubject<Contestant>, ofRound: number, settings: SocketSettings): Promise<Running> {
  const { pinning, sinkUrl, plan } = settings;
  const contestant = loaded.subject;
  const slug = contestant.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const handle = await SubjectHandle.start({
    loaded,
    serviceName: `socket-${slug}-${ofRound}`,
    sinkUrl,
    pinning,
    nodeFlags: takesTurns,
  });
  try {
    const aim = { ...(await handle.listen()), connections: plan.connections };
    await warmUp(handle, aim, settings);
    const round: SocketRound = {
      perSecond: [],
      cpuMicros: [],
      loadShare: [],
      flushMs: [],
      flushCpuMs: [],
      offered: undefined,
    };
    const turns = plan.slow.names.includes(contestant.name) ? plan.slow : plan;
    return { handle, contestant, aim, turns, round };
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

/**
 * What was answered in a slice, and what sending its spans takes: no contestant can leave work to the next one's slice.
 *
 * To the slice's time belongs what the process computes when the load is over, and not what it waits for then: where the sink shares a core with the
 * load, it has its turn only now, and how long it takes to count is nothing of the contestant's.
 */
async function saturatedSlice({ handle, aim, turns, round }: Running, { load }: SocketSettings): Promise<void> {
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
