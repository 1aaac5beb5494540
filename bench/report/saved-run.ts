import type { Mode } from "../parts/part.ts";
import type { PartTime } from "./part-times.ts";
import type { RequestRow } from "./request-rows.ts";
import type { Machine } from "@gossamer/measure/report";
import type { Verdict } from "./target.ts";

/** A part that ended with an error: a contestant that gave another answer, say. */
export interface PartFailure {
  readonly part: string;
  readonly message: string;
}

/** What is saved of a run as JSON, as far as summaries read it. */
export interface SavedRun {
  readonly at: string;
  readonly mode: Mode;
  /** The options that tell it apart from a run of everything, as they are typed. */
  readonly options?: string;
  readonly machine: Machine;
  readonly pinning: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly targets: readonly Verdict[];
  readonly times?: readonly PartTime[];
  /** Parts that were begun and gave no numbers. @default none */
  readonly failures?: readonly PartFailure[];
  /** What the README shows of a request; undefined where none was measured. */
  readonly requestRows?: readonly RequestRow[] | undefined;
  /** What the README says beside its tables, a sentence each. @default none */
  readonly headlines?: readonly string[];
  readonly parts: Readonly<Record<string, unknown>>;
}
