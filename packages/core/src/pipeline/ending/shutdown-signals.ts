import { builtin } from "../../model/builtin.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import { type DrainableServer, drain } from "./drain.ts";
import { EndingBudget } from "./ending-budget.ts";
import { counted, spooledWords } from "./ending-words.ts";
import type { Remains } from "./leave-now.ts";

/** What of `process` is used here. */
export type HostProcess = Pick<
  NodeJS.Process,
  "pid" | "on" | "prependListener" | "removeListener" | "listenerCount" | "kill" | "exit"
>;

export interface ShutdownParts {
  /** Whether SIGTERM and SIGINT are listened to. The natural exit and `process.exit()` always are. */
  readonly signals: boolean;
  /** For all of it: draining the servers, then sending what is left. */
  readonly deadlineMs: number;
  /** Shared by all who end the process. @default one of its own */
  readonly budget?: EndingBudget | undefined;
  /** The servers known at that moment. */
  readonly servers: () => Iterable<DrainableServer>;
  /** Neither may reject. Both keep the process alive while they wait. */
  readonly flush: (deadlineMs: number) => Promise<unknown>;
  readonly shutdown: (deadlineMs: number) => Promise<unknown>;
  /** Puts away what it can, before it returns: nothing runs after it. `lost` is what is left, which 0 does not mention. */
  readonly leave: () => Remains;
  /** What an item is then, in the plural. @default "spans" */
  readonly unit?: (() => string) | undefined;
  readonly diagnostics: Diagnostics;
  readonly process: HostProcess;
}

// A request that hangs must not eat the time the telemetry of all the others needs.
const drainShare = 0.75;

/**
 * Delivers what is left when the process ends, within the deadline, and lets it end as it would have: exit code and signal are kept.
 *
 * A signal that the service listens to itself only starts a flush; who listens to end the process if nobody else does is not the service. Else the
 * servers are drained, the telemetry is sent and the signal is raised again; a second signal meanwhile ends the process at once, requests under way with it. Node's treatment of uncaught errors is untouched. Returns what takes it all back.
 */
export function installShutdown(parts: ShutdownParts): () => void {
  const host = parts.process;
  const budget = parts.budget ?? new EndingBudget(parts.deadlineMs, () => performance.now());
  const signals: readonly NodeJS.Signals[] = parts.signals ? ["SIGTERM", "SIGINT"] : [];
  let ending = false;
  let flushed = false;
  let left = false;

  function onSignal(signal: NodeJS.Signals): void {
    if (ending) {
      // Whoever asks twice does not wait; the signal tells nobody of the end, so what can be put away is put away here.
      if (!left) leave();
      left = true;
      raise(signal);
      return;
    }
    if (host.listenerCount(signal) - countingListeners(host) > 1) {
      void parts.flush(budget.leftMs());
      return;
    }
    ending = true;
    void drainAndSend(parts, budget).then(() => raise(signal));
  }

  function raise(signal: NodeJS.Signals): void {
    uninstall();
    // The kernel drops what the first process of a container raises at itself and does not listen to.
    if (host.pid === firstPid) host.exit(signalExitBase + builtin("node:os").constants.signals[signal]);
    // Whoever listens is told in a turn of the event loop, which may have nothing else to wait for.
    if (host.listenerCount(signal) > 0) setTimeout(() => {}, arrivalMs);
    host.kill(host.pid, signal);
  }

  function onBeforeExit(): void {
    if (flushed || ending) return;
    // Once only: the event comes again after the flush, and again for ever if each one started another.
    flushed = true;
    void parts.flush(budget.leftMs());
  }

  function leave(): void {
    const { spooled, lost, why } = parts.leave();
    const unit = parts.unit?.() ?? "spans";
    const kept = spooled > 0 ? spooledWords(spooled, unit) : "";
    if (lost > 0) {
      const also = kept === "" ? "" : `; ${kept}`;
      const reason = why === undefined ? "" : `: ${why}`;
      parts.diagnostics.warn(
        `the process ends before ${counted(lost, unit, "were")} delivered${reason}${also}`,
        "GSM_END_LOST",
      );
    } else if (kept !== "") parts.diagnostics.info(`the process ends: ${kept}`, "GSM_SPOOL_LEFT");
  }

  // Before the listeners of `exit`, one of which may throw. Where somebody takes the error, the process may live on.
  function onUncaught(): void {
    if (host.listenerCount("uncaughtException") > 0 || left) return;
    left = true;
    leave();
  }

  function onExit(): void {
    if (!left) leave();
  }

  function uninstall(): void {
    for (const signal of signals) host.removeListener(signal, onSignal);
    host.removeListener("beforeExit", onBeforeExit);
    host.removeListener("exit", onExit);
    host.removeListener("uncaughtExceptionMonitor", onUncaught);
  }

  // First of all: who listens once is gone by the time that those behind him are called, and would not be counted.
  for (const signal of signals) host.prependListener(signal, onSignal);
  host.on("beforeExit", onBeforeExit);
  host.on("exit", onExit);
  host.on("uncaughtExceptionMonitor", onUncaught);
  return uninstall;
}

/**
 * Listeners of signal-exit, in its versions 3 and 4, for each signal it is there for. They end the process if nobody but they listens: so they are no
 * reason for us to leave the end to others, and once we have gone they end it, each version after the other.
 */
function countingListeners(host: HostProcess): number {
  const places = [
    Reflect.get(globalThis, Symbol.for("signal-exit emitter")),
    Reflect.get(host, "__signal_exit_emitter__"),
  ];
  return places.reduce((sum: number, place: unknown) => sum + countOf(place), 0);
}

function countOf(emitter: unknown): number {
  const count: unknown = typeof emitter === "object" && emitter !== null ? Reflect.get(emitter, "count") : 0;
  return typeof count === "number" && count > 0 ? count : 0;
}

const arrivalMs = 1_000;
const firstPid = 1;
/** What shells and container runtimes add to the number of the signal that ended a process. */
const signalExitBase = 128;

async function drainAndSend(parts: ShutdownParts, budget: EndingBudget): Promise<void> {
  const beganMs = performance.now();
  const leftMs = budget.leftMs();
  await drain(parts.servers(), leftMs * drainShare);
  await parts.shutdown(Math.max(0, leftMs - (performance.now() - beganMs)));
}
