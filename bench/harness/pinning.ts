import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** Where processes are measured, or beside that, where the bench itself runs. */
export type Place = "measured" | "aside";

/** How the measured processes are held on one core. */
export interface Pinning {
  /** For the report: which core, or why none. */
  readonly description: string;
  /** The command with what pins it in front: where processes are measured, or on the other cores, where they may get ready. */
  command(command: readonly string[], where?: Place): readonly string[];
  /** Brings a process that got ready elsewhere to where it is measured. */
  bring(pid: number): void;
  /** Holds this process, and what it starts from now on without a `command`, on the other cores. Answers what lets it go again. */
  aside(): () => void;
}

/** The last core, if `taskset` can pin to it and there is another one for the sink and the orchestrator. */
export function choosePinning(): Pinning {
  const cores = availableParallelism();
  if (cores < 2) return unpinned("not pinned: there is only one core");
  const core = String(cores - 1);
  const trial = spawnSync("taskset", ["-c", core, process.execPath, "--version"]);
  if (trial.status !== 0)
    return unpinned("NOT PINNED: taskset (util-linux) is missing or not allowed, expect more noise");
  const others = cores === 2 ? "0" : `0-${cores - 2}`;
  return {
    description: `pinned to core ${core} with taskset`,
    command: (command, where = "measured") => ["taskset", "-c", where === "measured" ? core : others, ...command],
    bring: (pid) => hold(pid, core),
    aside() {
      hold(process.pid, others);
      return () => hold(process.pid, `0-${core}`);
    },
  };
}

export function unpinned(description: string): Pinning {
  return { description, command: (command) => command, bring() {}, aside: () => () => {} };
}

function hold(pid: number, onCores: string): void {
  // It fails when a thread ends while it goes through them.
  const isHeld = (): boolean => spawnSync("taskset", ["-a", "-cp", onCores, String(pid)]).status === 0;
  if (!isHeld() && !isHeld() && !isHeld()) throw new Error(`taskset could not hold process ${pid} on core ${onCores}`);
}
