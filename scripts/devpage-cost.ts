// What the dev page costs a request: with it closed, and open with somebody who listens. `node scripts/devpage-cost.ts`, after a build; it needs valgrind.
// The requests have no socket, and run in one turn, so that what is counted is what they wait for; what the page does between them is counted by itself.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Callgrind, requireCallgrind } from "../bench/cache/callgrind.ts";
import { combine, type Costs, share } from "../bench/cache/costs.ts";
import { requestCosts } from "../bench/cache/request-costs.ts";
import { root } from "./step.ts";

const service = join(root, "packages/devpage/fixtures/counted-page.mjs");
const warmUp = 20_000;
const counted = 5_000;
const rounds = 20;
const idleSeconds = 3;
const nodeFlags = ["--single-threaded-gc", "--no-concurrent-recompilation", "--hash-seed=1", "--random-seed=1"];

/** A service that is told what to do. */
class Counted {
  readonly #child: ChildProcess;

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async answer(): Promise<unknown> {
    const abort = new AbortController();
    const [first] = (await Promise.race([
      once(this.#child, "message", abort),
      once(this.#child, "exit", abort).then(([code]) => {
        throw new Error(`The service has ended with ${String(code)}.`);
      }),
    ]).finally(() => abort.abort())) as [{ answer: unknown }];
    return first.answer;
  }

  ask(act: string, given?: number): Promise<unknown> {
    const answer = this.answer();
    this.#child.send({ act, given });
    return answer;
  }

  end(): void {
    this.#child.kill("SIGKILL");
  }
}

/** Somebody who looks at the page. */
async function listen(url: string): Promise<() => void> {
  const abort = new AbortController();
  const { body } = await fetch(`${url}api/stream`, { signal: abort.signal });
  void body?.pipeTo(new WritableStream()).catch(() => {});
  return () => abort.abort();
}

interface Counts {
  readonly all: Costs;
  /** Of our own JavaScript. */
  readonly path: Costs;
  /** Of a second in which nothing is asked of the service. */
  readonly second: Costs;
}

async function count(ratio: string, isOpen: boolean, endpoint: string): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), "gossamer-callgrind-"));
  const callgrind = new Callgrind(folder);
  const [valgrind = "", ...its] = callgrind.command;
  const map = ["--perf-basic-prof", `--perf-basic-prof-path=${folder}`, "--no-logfile-per-isolate"];
  const node = [process.execPath, ...nodeFlags, ...map, `--logfile=${join(folder, "v8.log")}`];
  const subject = new Counted(valgrind, [...its, ...node, service, ratio, endpoint]);
  let leave = (): void => {};
  try {
    await subject.answer();
    if (isOpen) leave = await listen(String(await subject.ask("open")));
    await subject.ask("warm", warmUp);
    const { pid } = subject;
    await callgrind.begin(pid);
    await subject.ask("serve", 1_000);
    await callgrind.zero(pid);
    await subject.ask("serve", counted);
    const dump = await callgrind.count(pid);
    const code = await readFile(join(folder, `perf-${pid}.map`), "utf8");
    const { all, path } = requestCosts(dump, code, counted);
    await delay(1_000);
    await callgrind.zero(pid);
    await delay(idleSeconds * 1_000);
    const second = share((await callgrind.count(pid)).all, idleSeconds);
    return { all, path, second };
  } finally {
    leave();
    subject.end();
    await rm(folder, { recursive: true, force: true });
  }
}

/** CPU time of a request with the page closed and open, in µs: the middle of the rounds, which take turns in two processes. */
async function time(ratio: string, endpoint: string): Promise<{ closed: number; open: number }> {
  const subjects = [0, 1].map(() => new Counted(process.execPath, [service, ratio, endpoint]));
  const [closed, open] = subjects;
  let leave = (): void => {};
  try {
    await Promise.all(subjects.map((subject) => subject.answer()));
    if (closed === undefined || open === undefined) throw new Error("There are two.");
    leave = await listen(String(await open.ask("open")));
    for (const subject of subjects) await subject.ask("warm", 3 * warmUp);
    const times: Record<"closed" | "open", number[]> = { closed: [], open: [] };
    for (let i = 0; i < rounds; i++) {
      for (const [name, subject] of Object.entries({ closed, open })) {
        times[name as "closed" | "open"].push(Number(await subject.ask("time", counted)) / counted);
        await subject.ask("flush");
      }
    }
    return { closed: middle(times.closed), open: middle(times.open) };
  } finally {
    leave();
    for (const subject of subjects) subject.end();
  }
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

requireCallgrind();
const collector = createServer((request, response) => request.resume().once("end", () => response.end()));
await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
const text = ({ instructions, instructionMisses, dataMisses }: Costs): string =>
  `${Math.round(instructions)} instructions, ${instructionMisses.toFixed(1)} L1I and ${dataMisses.toFixed(1)} L1D misses`;
for (const ratio of process.argv.length > 2 ? process.argv.slice(2) : ["0", "0.01", "1"]) {
  const [closed, open, times] = await Promise.all([
    count(ratio, false, endpoint),
    count(ratio, true, endpoint),
    time(ratio, endpoint),
  ]);
  const more = (of: (counts: Counts) => Costs): Costs => combine(of(open), of(closed), (a, b) => a - b);
  process.stdout.write(
    [
      `Of ${Number(ratio) * 100} % sampled, a request with the page closed: ${text(closed.all)}; open, more: ${text(more(({ all }) => all))}`,
      `  of our own JavaScript: ${text(closed.path)}; open, more: ${text(more(({ path }) => path))}`,
      `  a second of the open page, without requests: ${text(more(({ second }) => second))}`,
      `  CPU time: ${times.closed.toFixed(2)} µs closed, ${times.open.toFixed(2)} µs open`,
      "",
    ].join("\n"),
  );
}
collector.close();
