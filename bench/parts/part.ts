import type { RoundsPlan } from "../harness/run-rounds.ts";
import type { Pinning } from "../harness/pinning.ts";
import type { Bar } from "../report/plot.ts";
import type { Progress } from "../report/progress.ts";
import type { Target } from "../report/target.ts";
import type { Sink } from "../sink/sink.ts";

/** With how many rounds and rows. */
export type Mode = "full" | "quick";
/** Which parts are in a run of everything, the smallest first; a long one has the rounds of a full one. */
export const runKinds = ["quick", "full", "long"] as const;
export type RunKind = (typeof runKinds)[number];

export interface PartSettings {
  readonly mode: Mode;
  /** In place of the plan's own number of rounds. */
  readonly rounds: number | undefined;
  /** Only contestants whose name holds one of these; undefined: all of the mode. */
  readonly only: readonly string[] | undefined;
  readonly pinning: Pinning;
  readonly sink: Sink;
  readonly progress: Progress;
}

export interface PartResult {
  /** What is printed. */
  readonly text: string;
  readonly targets: readonly Target[];
  /** What the README says of it beside the targets, in a sentence. */
  readonly headline?: string;
  /** What the plot shows, of the part that has one. */
  readonly bars?: readonly Bar[];
  /** A plot of its own, saved beside the results under the part's name. */
  readonly svg?: string;
  /** Packages that were measured. */
  readonly packages: readonly string[];
  /** What is saved: settings, every slice, what was derived. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A part of the bench that can be run by itself. */
export interface Part {
  readonly name: string;
  readonly title: string;
  /** The smallest run that it is part of without being asked for by name. @default "quick" */
  readonly from?: RunKind;
  run(settings: PartSettings): Promise<PartResult>;
}

export function planOf(plans: Readonly<Record<Mode, RoundsPlan>>, { mode, rounds }: PartSettings): RoundsPlan {
  return { ...plans[mode], ...(rounds === undefined ? {} : { rounds }) };
}

/** Whether `--only` leaves a contestant in. */
export function isWanted(name: string, only: readonly string[] | undefined): boolean {
  return only?.some((text) => name.toLowerCase().includes(text.toLowerCase())) ?? true;
}
