import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { constants, setPriority } from "node:os";
import type { Counts } from "./counts.ts";

/** What arrived from one service since the sink was started. */
export interface SinkTotals extends Counts {
  exports: number;
  /** Of exports of traces, as sent. Elastic puts its metrics into the same. */
  wireBytes: number;
  /** The last request of anyone that could not be read. */
  malformed: string | undefined;
}

/** The receiver that the contestants send to, in a third process. */
export class Sink {
  readonly url: string;
  readonly #process: ChildProcess;
  #lastAsked: Promise<unknown> = Promise.resolve();

  private constructor(url: string, process: ChildProcess) {
    this.url = url;
    this.#process = process;
  }

  /** @param priority `low`: it gives way to whatever shares its core. @default "normal" */
  static async start(priority: "normal" | "low" = "normal"): Promise<Sink> {
    const child = fork(new URL("./sink-process.ts", import.meta.url));
    if (priority === "low" && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    const [{ url }] = (await once(child, "message")) as [{ url: string }];
    return new Sink(url, child);
  }

  totals(service: string): Promise<SinkTotals> {
    // One question at a time: an answer does not say which one it is for.
    const asked = this.#lastAsked.then(() => this.#ask(service));
    this.#lastAsked = asked.catch(() => {});
    return asked;
  }

  async #ask(service: string): Promise<SinkTotals> {
    this.#process.send(service);
    const [totals] = (await once(this.#process, "message")) as [SinkTotals];
    return totals;
  }

  stop(): void {
    this.#process.disconnect();
  }
}
