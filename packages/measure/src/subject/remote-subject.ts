import { type ErrorCode, OptionError } from "@gossamer/core";
import { workloadError, WorkloadError } from "../workload-error.ts";
import { inheritedFlags } from "./inherited-flags.ts";
import { entryOf, OwnProcess } from "./own-process.ts";
import { maxWarmUpMs } from "./local-subject.ts";
import type { Pinning } from "./pinning.ts";
import type { FinishMeasure, SliceMeasure, SlicePlan, StartSettings, Subject, WarmUpPlan } from "./subject.ts";
import { within } from "./within.ts";

/** What a measured process is told. */
export type Order =
  | { readonly do: "start"; readonly module: string; readonly settings: StartSettings }
  | { readonly do: "answers" }
  | { readonly do: "warmUp"; readonly plan: WarmUpPlan }
  | { readonly do: "slice"; readonly plan: SlicePlan }
  | { readonly do: "finish" };

/** What it says when that is done. */
export type Reply =
  | { readonly answer: unknown; readonly failed?: never }
  | {
      readonly failed: {
        readonly message: string;
        readonly stack: string | undefined;
        readonly option: ToldOption | undefined;
      };
    };

export interface RemoteSettings extends StartSettings {
  /** `file:` URL of the workload's module. */
  readonly module: string;
  readonly pinning: Pinning;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a configuration in a fresh process. */
export async function startElsewhere({ module, pinning, env, ...settings }: RemoteSettings): Promise<Subject> {
  const flags = [...inheritedFlags(process.execArgv), "--expose-gc"];
  const child = new OwnProcess({
    command: pinning.command([process.execPath, ...flags, entryOf("subject-process")]),
    env: { NODE_ENV: "production", ...process.env, ...env },
  });
  const subject = new RemoteSubject(settings, child);
  try {
    await subject.start(module);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return subject;
}

/** Longer than the process itself waits for its requests and flushes: for one that does not look up any more. */
function patienceMs(order: Order, timeoutMs: number): number {
  const slack = 6 * timeoutMs + 30_000;
  if (order.do === "slice") return slack + 2 * order.plan.maxMs;
  if (order.do === "warmUp") return slack + 2 * Math.max(order.plan.ms, maxWarmUpMs);
  return slack;
}

/** An `OptionError` as it travels between processes. */
interface ToldOption {
  readonly name: string;
  readonly code: ErrorCode;
  readonly expectation: string | undefined;
}

function optionError({ name, code, expectation }: ToldOption, message: string): OptionError {
  return new OptionError(name, message, { code, expectation });
}

class RemoteSubject implements Subject {
  readonly #settings: StartSettings;
  readonly #process: OwnProcess;

  constructor(settings: StartSettings, process: OwnProcess) {
    this.#settings = settings;
    this.#process = process;
  }

  start(module: string): Promise<void> {
    return this.#ask({ do: "start", module, settings: this.#settings });
  }

  answers(): Promise<readonly string[]> {
    return this.#ask({ do: "answers" });
  }

  warmUp(plan: WarmUpPlan): Promise<void> {
    return this.#ask({ do: "warmUp", plan });
  }

  slice(plan: SlicePlan): Promise<SliceMeasure> {
    return this.#ask({ do: "slice", plan });
  }

  finish(): Promise<FinishMeasure> {
    return this.#ask({ do: "finish" });
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  async #ask<T>(order: Order): Promise<T> {
    const { configuration, timeoutMs } = this.#settings;
    let reply: Reply;
    try {
      const ms = patienceMs(order, timeoutMs);
      reply = await within(this.#process.ask<Reply>(order), ms, () => `did not report on "${order.do}"`);
    } catch (error) {
      throw workloadError(configuration, error);
    }
    if (reply.failed === undefined) return reply.answer as T;
    const { message, stack, option } = reply.failed;
    if (option !== undefined) throw optionError(option, message);
    const cause = stack === undefined ? {} : { cause: Object.assign(new Error(message), { stack }) };
    const prefix = `"${configuration}" `;
    throw new WorkloadError(configuration, message.startsWith(prefix) ? message.slice(prefix.length) : message, cause);
  }
}
