import { fork, type ChildProcess } from "node:child_process";
import type { Saturation } from "./closed-loop.ts";
import type { Answers, Offer } from "./open-loop.ts";

/** Where a load goes, with what. */
export interface Aim {
  readonly port: number;
  readonly connections: number;
  /** As they go over the wire. */
  readonly requests: readonly string[];
  /** What each is answered with: any other status is a failure. @default 200 */
  readonly status?: number;
}

export type LoadOrder =
  | ({ readonly do: "saturate"; readonly durationMs: number } & Aim)
  | ({ readonly do: "serve"; readonly times: number } & Aim)
  | ({ readonly do: "offer" } & Offer & Aim);

export interface LoadReport {
  readonly saturation?: Saturation;
  readonly answered?: number;
  readonly answers?: Answers;
  readonly failed?: string;
}

/** The load, from a process of its own: on its core neither the server nor this one can hold it up. */
export class Load {
  readonly #process: ChildProcess;

  constructor() {
    this.#process = fork(new URL("./load-process.ts", import.meta.url), { serialization: "advanced" });
  }

  /** As many requests as the server can answer, by a load that never sleeps. */
  async saturate(aim: Aim, durationMs: number): Promise<Saturation> {
    return (await this.#ask({ do: "saturate", ...aim, durationMs })).saturation!;
  }

  /** That many requests, as fast as the server can answer, by a load that leaves its core to others while it waits. Answers how many were answered. */
  async serve(aim: Aim, times: number): Promise<number> {
    return (await this.#ask({ do: "serve", ...aim, times })).answered!;
  }

  async offer(aim: Aim, offered: Offer): Promise<Answers> {
    return (await this.#ask({ do: "offer", ...aim, ...offered })).answers!;
  }

  stop(): void {
    this.#process.disconnect();
  }

  #ask(order: LoadOrder): Promise<LoadReport> {
    const child = this.#process;
    const { promise, resolve, reject } = Promise.withResolvers<LoadReport>();
    const onReport = (report: LoadReport): void =>
      report.failed === undefined ? resolve(report) : reject(new Error(`The load failed: ${report.failed}`));
    const onExit = (code: number | null): void => reject(new Error(`The load's process ended (${code}).`));
    child.once("message", onReport);
    child.once("exit", onExit);
    child.send(order);
    return promise.finally(() => child.off("message", onReport).off("exit", onExit));
  }
}
