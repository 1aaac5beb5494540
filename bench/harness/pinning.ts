import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** How the measured processes are held on one core. */
export interface Pinning {
  /** For the report: which core, or why none. */
  readonly description: string;
  /** The command with what pins it in front. */
  command(command: readonly string[]): readonly string[];
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
  return {
    description: `pinned to core ${core} with taskset`,
    command: (command) => ["taskset", "-c", core, ...command],
    aside() {
      hold(cores === 2 ? "0" : `0-${cores - 2}`);
      return () => hold(`0-${core}`);
    },
  };
}

export function unpinned(description: string): Pinning {
  return { description, command: (command) => command, aside: () => () => {} };
}

function hold(onCores: string): void {
  spawnSync("taskset", ["-a", "-cp", onCores, String(process.pid)]);
}
