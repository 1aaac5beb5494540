import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { LoadedSubject } from "./load-subject.ts";
import type { Garbage } from "./count-garbage.ts";
import type { LoopReading } from "./loop-watch.ts";
import { fixedNursery } from "./node-flags.ts";
import type { Pinning, Place } from "./pinning.ts";
import type { Listening } from "./subject.ts";
import type { SettledMemory } from "./settled-memory.ts";

export type Order =
  | { readonly do: "slice"; readonly times: number }
  | { readonly do: "answer" }
  | { readonly do: "drain" }
  | { readonly do: "hold"; readonly times: number }
  | { readonly do: "allocate"; readonly times: number }
  | { readonly do: "garbage"; readonly times: number }
  | { readonly do: "listen" | "flush" | "watch" | "watched" | "settle" | "collect" };

export interface Report {
  /** Of the import and start of what is measured; the first report. */
  readonly setupMs?: number;
  readonly setupCpuMs?: number;
  readonly cpuMicros?: number;
  readonly answers?: readonly string[];
  readonly counted?: number | undefined;
  readonly heldBytes?: number | undefined;
  readonly allocations?: number | undefined;
  readonly listening?: Listening | undefined;
  readonly watched?: LoopReading;
  readonly garbage?: Garbage;
  readonly settled?: SettledMemory;
  readonly failed?: string;
}

export interface SubjectSettings {
  readonly loaded: LoadedSubject;
  readonly serviceName: string;
  readonly sinkUrl: string;
  readonly pinning: Pinning;
  /** Where it runs until it is brought to where it is measured. @default "measured" */
  readonly place?: Place;
  /** Beside those that every subject has, and before them where they are the same. @default [] */
  readonly nodeFlags?: readonly string[];
  /** What runs its Node, in front of the command. @default [] */
  readonly under?: readonly string[];
}

const entry = fileURLToPath(new URL("./subject-process.ts", import.meta.url));
const patienceMs = 300_000;
const stopMs = 2_000;

/** A subject's process, seen from the orchestrator. Every failure over there is thrown here, with the subject's name. */
export class SubjectHandle {
  readonly name: string;
  readonly serviceName: string;
  /** What importing and starting it took. */
  setup: { readonly ms: number; readonly cpuMs: number } = { ms: Number.NaN, cpuMs: Number.NaN };
  /** Pieces of work it has done, answers included. */
  done = 0;
  readonly #process: ChildProcess;

  private constructor(settings: SubjectSettings, process: ChildProcess) {
    this.name = settings.loaded.subject.name;
    this.serviceName = settings.serviceName;
    this.#process = process;
  }

  /** Resolves when the subject is set up. */
  static async start(settings: SubjectSettings): Promise<SubjectHandle> {
    const { loaded, serviceName, sinkUrl, nodeFlags = [], under = [] } = settings;
    const command = settings.pinning.command(
      [
        ...under,
        process.execPath,
        "--expose-gc",
        ...fixedNursery,
        ...nodeFlags,
        entry,
        loaded.moduleUrl,
        serviceName,
        sinkUrl,
      ],
      settings.place,
    );
    const child = spawn(command[0]!, command.slice(1), {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: { ...process.env, NODE_ENV: "production" },
    });
    const handle = new SubjectHandle(settings, child);
    try {
      const { setupMs = Number.NaN, setupCpuMs = Number.NaN } = await handle.#report();
      handle.setup = { ms: setupMs, cpuMs: setupCpuMs };
      return handle;
    } catch (error) {
      await handle.stop();
      throw error;
    }
  }

  get pid(): number {
    if (this.#process.pid === undefined) throw new Error(`"${this.name}" has no process.`);
    return this.#process.pid;
  }

  /** Brings it to where processes are measured. */
  bring({ bring }: Pinning): void {
    if (this.#process.pid !== undefined) bring(this.#process.pid);
  }

  /** CPU microseconds for one piece of work, all threads of the process and its garbage collection included. */
  async slice(times: number): Promise<number> {
    const { cpuMicros = Number.NaN } = await this.#ask({ do: "slice", times });
    this.done += times;
    return cpuMicros / times;
  }

  async answers(): Promise<readonly string[]> {
    const { answers = [] } = await this.#ask({ do: "answer" });
    this.done += answers.length;
    return answers;
  }

  /** Has everything sent, and answers how much was counted. */
  async drain(): Promise<number | undefined> {
    return (await this.#ask({ do: "drain" })).counted;
  }

  async heldBytes(times: number): Promise<number> {
    return (await this.#ask({ do: "hold", times })).heldBytes ?? Number.NaN;
  }

  async allocations(times: number): Promise<number> {
    return (await this.#ask({ do: "allocate", times })).allocations ?? Number.NaN;
  }

  /** What that many pieces of work leave to the garbage collector, and what it spends on them. */
  async garbage(times: number): Promise<Garbage> {
    const { garbage } = await this.#ask({ do: "garbage", times });
    this.done += times;
    return this.#reported(garbage);
  }

  /** Listens on a free port of 127.0.0.1. */
  async listen(): Promise<Listening> {
    return this.#reported((await this.#ask({ do: "listen" })).listening);
  }

  /** Has what is still held of the requests so far sent. */
  async flush(): Promise<void> {
    await this.#ask({ do: "flush" });
  }

  /** Has all garbage collected. */
  async collect(): Promise<void> {
    await this.#ask({ do: "collect" });
  }

  /** Begins to watch CPU and event loop. */
  async watch(): Promise<void> {
    await this.#ask({ do: "watch" });
  }

  /** What was seen since `watch`. */
  async watched(): Promise<LoopReading> {
    return this.#reported((await this.#ask({ do: "watched" })).watched);
  }

  /** What the process holds after forced collections. */
  async settledMemory(): Promise<SettledMemory> {
    return this.#reported((await this.#ask({ do: "settle" })).settled);
  }

  /** Ends the process without waiting for anything in it: by itself, or by force when it does not look up any more. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    if (child.connected) child.disconnect();
    const timer = setTimeout(() => child.kill("SIGKILL"), stopMs);
    await exit;
    clearTimeout(timer);
  }

  #reported<T>(value: T | undefined): T {
    if (value === undefined) throw new Error(`"${this.name}" has nothing to report of that.`);
    return value;
  }

  #ask(order: Order): Promise<Report> {
    this.#process.send(order);
    return this.#report();
  }

  #report(): Promise<Report> {
    return new Promise((resolve, reject) => {
      const child = this.#process;
      const over = (): void => {
        clearTimeout(timer);
        child.off("message", onMessage).off("exit", onExit).off("error", onError);
      };
      const fail = (why: string): void => {
        over();
        reject(new Error(`"${this.name}" failed: ${why}`));
      };
      const onMessage = (report: Report): void => {
        if (report.failed !== undefined) return fail(report.failed);
        over();
        resolve(report);
      };
      const onExit = (code: number | null, signal: string | null): void =>
        fail(`its process ended (${code ?? signal})`);
      const onError = (error: Error): void => fail(error.message);
      const timer = setTimeout(() => fail(`no report within ${patienceMs / 1000} s`), patienceMs);
      child.on("message", onMessage).on("exit", onExit).on("error", onError);
    });
  }
}
