import { OptionError, type TelemetryOptions } from "@gossamer/core";
import { sourceOf } from "../load-workload.ts";
import type { MeasureSettings } from "../measure-options.ts";
import type { WorkloadSource } from "../workload.ts";
import { startHere } from "./local-subject.ts";
import { choosePinning, type Pinning, unpinned } from "./pinning.ts";
import { startElsewhere } from "./remote-subject.ts";
import { startSink } from "./sink.ts";
import type { Subject, Switches } from "./subject.ts";

/** A configuration as it is started. */
export interface Setup {
  readonly name: string;
  /** Undefined: the bare workload. */
  readonly options: TelemetryOptions | undefined;
  readonly switches: Switches;
}

/** What one measurement starts its configurations in. */
export interface Session {
  readonly ownProcesses: boolean;
  /** In words. */
  readonly processes: string;
  start(setup: Setup): Promise<Subject>;
  stop(): Promise<void>;
}

/** Throws an `OptionError` for what is no workload. */
export async function openSession(workload: WorkloadSource, settings: MeasureSettings): Promise<Session> {
  const source = sourceOf(workload);
  const pinning = settings.pin ? choosePinning() : unpinned("not pinned: option pin is false");
  const sink = await startSink();
  const common = { sinkUrl: sink.url, timeoutMs: settings.timeoutMs };
  if ("workload" in source) {
    return {
      ownProcesses: false,
      processes: "all configurations in this process, one after the other",
      start: ({ name, options, switches }) =>
        startHere(source.workload, { ...common, configuration: name, options, switches, alone: false }),
      stop: () => sink.stop(),
    };
  }
  return {
    ownProcesses: true,
    processes: `fresh processes each round, ${pinning.description}`,
    start: ({ name, options, switches }) =>
      startModule(source.module, pinning, { ...common, name, options, switches, env: settings.env }),
    stop: () => sink.stop(),
  };
}

function startModule(
  module: string,
  pinning: Pinning,
  { name, options, ...settings }: Setup & { sinkUrl: string; timeoutMs: number; env: Readonly<Record<string, string>> },
): Promise<Subject> {
  try {
    structuredClone(options);
  } catch (cause) {
    throw new OptionError(
      name,
      `The options of "${name}" hold what cannot be sent to another process (${(cause as Error).message}): leave it to the workload's configure().`,
      { code: "GSM_OPTION_TYPE", cause },
    );
  }
  return startElsewhere({ ...settings, module, pinning, configuration: name, options, alone: true });
}
