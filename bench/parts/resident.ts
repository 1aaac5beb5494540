import { availableParallelism } from "node:os";
import type { Contestant } from "../contestants/contestant.ts";
import { baselineOf, loadContestants } from "../contestants/load-contestants.ts";
import { ContestantCheck } from "../harness/contestant-check.ts";
import type { LoadedSubject } from "../harness/load-subject.ts";
import { unpinned } from "../harness/pinning.ts";
import type { Measurements } from "../harness/run-rounds.ts";
import type { SettledMemory } from "../harness/settled-memory.ts";
import { SubjectHandle } from "../harness/subject-handle.ts";
import { estimate, number, table } from "../report/table.ts";
import { Sink } from "../sink/sink.ts";
import { Comparison } from "../statistics/comparison.ts";
import type { Mode, Part, PartSettings } from "./part.ts";

interface ResidentPlan {
  /** Fresh processes of every contestant. */
  readonly rounds: number;
  /** Of those that no target speaks of. */
  readonly peerRounds: number;
  readonly requests: number;
}

const plans: Readonly<Record<Mode, ResidentPlan>> = {
  full: { rounds: 5, peerRounds: 3, requests: 200_000 },
  quick: { rounds: 3, peerRounds: 3, requests: 20_000 },
};

const files: Readonly<Record<Mode, readonly string[]>> = {
  full: ["opentelemetry-100", "dd-trace-1", "elastic-1", "opentelemetry-1", "gossamer-100", "gossamer-1", "bare"],
  quick: ["gossamer-100", "gossamer-1", "bare"],
};

/** So few that the spans of a turn do not pile up before they leave. */
const turn = 2000;
const megabyte = 1_000_000;
const maxAddedMegabytes = 15;
const bare: string = baselineOf.answers;

interface Task {
  readonly loaded: LoadedSubject<Contestant>;
  readonly round: number;
}

/** What a process holds after it has served many requests. */
export const resident: Part = {
  name: "resident",
  title: "Memory of a process after its requests",
  from: "full",
  async run(settings) {
    const { rounds } = settings;
    const plan = { ...plans[settings.mode], ...(rounds === undefined ? {} : { rounds, peerRounds: rounds }) };
    const subjects = await loadContestants(files[settings.mode]);
    const names = subjects.map(({ subject }) => subject.name).toReversed();
    const settled = await measure(subjects, plan, settings);
    const rss = megabytesOf(settled, ({ rssBytes }) => rssBytes);
    const lean = megabytesOf(settled, ({ leanRssBytes }) => leanRssBytes);
    const heap = megabytesOf(settled, ({ heapBytes }) => heapBytes);
    const cells = (measured: Measurements, name: string): string[] => {
      const comparison = besideBare(measured, name);
      return [estimate(comparison.cost(name)), name === bare ? "" : estimate(comparison.added(name, bare))];
    };
    return {
      text: [
        table(
          [
            "contestant",
            "resident MB",
            "more than bare",
            "lean MB",
            "more than bare",
            "heap and buffers MB",
            "more than bare",
          ],
          names.map((name) => [name, ...cells(rss, name), ...cells(lean, name), ...cells(heap, name)]),
        ),
        `After ${plan.requests.toLocaleString("en")} requests and forced collections, median of ${plan.rounds} processes each, of peers ${plan.peerRounds}. MB are millions of bytes.`,
        "lean: what stays resident when V8 has given back all it can, room for young objects above all.",
      ].join("\n"),
      targets: names.filter(isOurs).map((name) => ({
        promise: `Resident memory of ${name}, MB more than bare`,
        bound: "at most",
        limit: maxAddedMegabytes,
        measured: besideBare(rss, name).added(name, bare),
        rank: "asked",
      })),
      headline: `Resident memory over bare after ${plan.requests.toLocaleString("en")} requests, MB: ${names
        .filter((name) => name !== bare)
        .map((name) => `${name} ${number(besideBare(rss, name).added(name, bare).value)}`)
        .join(", ")}.`,
      packages: subjects.flatMap(({ subject }) => subject.packages),
      data: {
        plan,
        residentMegabytes: Object.fromEntries(rss),
        leanMegabytes: Object.fromEntries(lean),
        heapMegabytes: Object.fromEntries(heap),
      },
    };
  },
};

function isOurs(name: string): boolean {
  return name.startsWith("Gossamer");
}

/** Both in as many rounds as it has. */
function besideBare(measured: Measurements, name: string): Comparison {
  const own = measured.get(name)!;
  return new Comparison(
    new Map([
      [bare, measured.get(bare)!.slice(0, own.length)],
      [name, own],
    ]),
  );
}

/** Nothing is timed here, so as many processes as there are cores, each beside a sink of its own. */
async function measure(
  subjects: readonly LoadedSubject<Contestant>[],
  { rounds, peerRounds, requests }: ResidentPlan,
  { progress }: PartSettings,
): Promise<Map<string, SettledMemory[]>> {
  const settled = new Map<string, SettledMemory[]>(subjects.map(({ subject }) => [subject.name, []]));
  const roundsOf = ({ name }: Contestant): number => (isOurs(name) || name === bare ? rounds : peerRounds);
  // Round by round: a machine that changes meanwhile changes for all.
  const tasks: Task[] = Array.from({ length: Math.max(rounds, peerRounds) }, (_, round) =>
    subjects.filter(({ subject }) => round < roundsOf(subject)).map((loaded) => ({ loaded, round })),
  ).flat();
  const all = tasks.length;
  const lane = async (): Promise<void> => {
    const sink = await Sink.start();
    const check = new ContestantCheck(sink);
    try {
      for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
        progress.say(`process ${all - tasks.length}/${all}, ${requests} requests of "${task.loaded.subject.name}"`);
        settled.get(task.loaded.subject.name)!.push(await settledAfter(task, requests, check, sink.url));
      }
    } finally {
      sink.stop();
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: availableParallelism() }, lane));
  for (const result of lanes) if (result.status === "rejected") throw result.reason;
  return settled;
}

async function settledAfter(
  { loaded, round }: Task,
  requests: number,
  check: ContestantCheck,
  sinkUrl: string,
): Promise<SettledMemory> {
  const slug = loaded.subject.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const handle = await SubjectHandle.start({
    loaded,
    serviceName: `resident-${slug}-${round}`,
    sinkUrl,
    pinning: unpinned("wherever there is room"),
  });
  try {
    await check.before(handle, loaded.subject);
    while (handle.done < requests) await handle.slice(Math.min(turn, requests - handle.done));
    await check.after(handle, loaded.subject);
    return await handle.settledMemory();
  } finally {
    await handle.stop();
  }
}

function megabytesOf(
  settled: ReadonlyMap<string, readonly SettledMemory[]>,
  read: (memory: SettledMemory) => number,
): Measurements {
  return new Map([...settled].map(([name, rounds]) => [name, rounds.map((memory) => [read(memory) / megabyte])]));
}
