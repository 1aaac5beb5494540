import { inspect } from "node:util";
import type { TelemetryEngine } from "@gossamer/core";
import { answersOf, clientOf } from "../client/in-process-client.ts";
import type { BeginWork } from "../client/in-turns.ts";
import { nameOf, requestOf } from "../client/request-of.ts";
import { serverOf } from "../client/server-of.ts";
import type { HttpWorkload, Task, TaskWorkload, Workload } from "../workload.ts";
import { Complaint } from "../workload-error.ts";
import { within } from "./within.ts";

/** A workload that was started, as the driver sees it. */
export interface RunningWork {
  begin(concurrency: number): BeginWork;
  answers(timeoutMs: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Pieces of work whose answers are compared. */
const comparedTasks = 3;

/** Starts the workload, with telemetry or bare. */
export function startWork(workload: Workload, engine: TelemetryEngine | undefined): Promise<RunningWork> {
  return "app" in workload ? startService(workload, engine) : startTask(workload, engine);
}

async function startService(workload: HttpWorkload, engine: TelemetryEngine | undefined): Promise<RunningWork> {
  const app = await workload.app(engine);
  const server = await serverOf(app);
  const requests = workload.requests.map(requestOf);
  return {
    begin: (concurrency) => clientOf(server, requests, concurrency),
    async answers(timeoutMs) {
      const answers: string[] = [];
      for (const request of requests) {
        const [answer = ""] = await within(
          answersOf(server, [request]),
          timeoutMs,
          () => `did not answer ${nameOf(request)}`,
        );
        answers.push(`${nameOf(request)}\n${answer}`);
      }
      return answers;
    },
    async close() {
      const { close } = app as { close?: unknown };
      // A server that never listened answers with an error, in its callback.
      if (typeof close === "function" && app !== server) await close.call(app);
    },
  };
}

async function startTask(workload: TaskWorkload, engine: TelemetryEngine | undefined): Promise<RunningWork> {
  const task: Task = await workload.task(engine);
  if (typeof task !== "function") throw new Complaint("made no work: task() must answer a function");
  return {
    begin: () => (index, _slot, over) => {
      const answer = task(index);
      if (isPromiseLike(answer))
        answer.then(
          () => over(),
          (error: unknown) => over(error ?? new Error("rejected")),
        );
      // Not before this call is over: the turn may have more to begin.
      else process.nextTick(over);
    },
    async answers(timeoutMs) {
      const answers: string[] = [];
      for (let index = 0; index < comparedTasks; index++) {
        const answer = await within(Promise.resolve(task(index)), timeoutMs, () => `did not end work ${index}`);
        answers.push(`work ${index}\n${inspect(answer, { depth: 6, sorted: true })}`);
      }
      return answers;
    },
    close: async () => {},
  };
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
