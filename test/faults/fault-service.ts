import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TelemetryOptions, TelemetryStatus } from "@gossamer/core";
import { within } from "@gossamer/testing/contract";
import { type Load, load } from "./load.ts";

export interface ServiceParts {
  /** Another service than `fault-service.mjs`, which talks as it does. */
  readonly script?: string;
  /** Beside `sampleRatio: 1`. */
  readonly options?: TelemetryOptions;
  /** One of broken-exporters.mjs or one that is built in, by name, or a list of them. */
  readonly exporter?: string | readonly string[];
  /** Whether it has a logger whose lines leave by OTLP. */
  readonly logs?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
  /** The largest file it may write: beyond it, writing fails as on a full disk. */
  readonly maxFileKiB?: number;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A service in a process of its own, as seen from outside. */
export interface FaultService {
  readonly process: ChildProcess;
  readonly url: string;
  /** The engine's own lines after the one of its start. */
  readonly lines: readonly string[];
  /** All else on standard error. */
  readonly otherLines: readonly string[];
  /** What it says when it has ended. */
  readonly ended: Promise<Ending>;
  /** Requests, `concurrency` at once. */
  load(requests: number, path?: string, concurrency?: number): Promise<Load>;
  ask<Answer = undefined>(deed: string, parts?: object): Promise<Answer>;
  /** Asks without waiting, for deeds after which there is nobody to answer. */
  tell(deed: string, parts?: object): void;
  traces(): Promise<NonNullable<TelemetryStatus["traceExport"]>>;
  flush(deadlineMs: number): Promise<boolean>;
  stop(): Promise<void>;
}

const prefix = "gossamer: ";
const faultService = join(import.meta.dirname, "fault-service.mjs");

export async function startService(parts: ServiceParts): Promise<FaultService> {
  const { script = faultService, options, exporter, logs, env, nodeOptions = [], maxFileKiB } = parts;
  const command = [process.execPath, ...nodeOptions, script, JSON.stringify({ options, exporter, logs })];
  // In blocks of 1 KiB, as bash counts them.
  if (maxFileKiB !== undefined) command.unshift("bash", "-c", `ulimit -f ${maxFileKiB}; exec "$@"`, "bash");
  const [program = "", ...rest] = command;
  const child = spawn(program, rest, {
    env: { ...process.env, NODE_ENV: "production", ...env },
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  const lines: string[] = [];
  const otherLines: string[] = [];
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on("line", (line) => {
    if (!line.startsWith(prefix)) otherLines.push(line);
    else if (!line.startsWith(`${prefix}sampling `)) lines.push(line.slice(prefix.length));
  });
  const ended = once(child, "close").then(([code, signal]: unknown[]) => ({ code, signal }) as Ending);
  const answers = new Map<number, (answer: unknown) => void>();
  let asked = 0;
  child.on("message", ({ id, answer }: { id?: number; answer?: unknown }) => answers.get(id ?? 0)?.(answer));
  const [{ port }] = (await within(30_000, "the service to listen", once(child, "message"))) as [{ port: number }];
  const url = `http://127.0.0.1:${port}`;
  const agent = new Agent({ keepAlive: true });

  const service: FaultService = {
    process: child,
    url,
    lines,
    otherLines,
    ended,
    load: (requests, path = "/hello", concurrency = 10) => load({ url: url + path, requests, concurrency, agent }),
    async ask<Answer>(deed: string, with_: object = {}): Promise<Answer> {
      const id = ++asked;
      const answer = new Promise<Answer>((resolve) => answers.set(id, resolve as (answer: unknown) => void));
      child.send({ id, deed, ...with_ });
      const answered = await within(60_000, `the service to answer "${deed}" (${otherLines.join("; ")})`, answer);
      // What it wrote before it answered is there, and is read in the turn after: the two come by different ways.
      for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
      return answered;
    },
    tell: (deed, with_ = {}) => void child.send({ id: ++asked, deed, ...with_ }),
    async traces() {
      const { traceExport } = await service.ask<TelemetryStatus>("status");
      if (traceExport === undefined) throw new Error("The service exports no traces.");
      return traceExport;
    },
    flush: (deadlineMs) => service.ask<boolean>("flush", { deadlineMs }),
    async stop() {
      agent.destroy();
      child.kill("SIGKILL");
      await ended;
    },
  };
  return service;
}
