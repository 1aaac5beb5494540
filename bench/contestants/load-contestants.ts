import { loadSubject, type LoadedSubject } from "../harness/load-subject.ts";
import type { Contestant } from "./contestant.ts";
import { rowNames } from "./rows.ts";

/** The row that a workload's other rows are compared with. */
export const baselineOf: Readonly<Record<Contestant["workload"], string>> = {
  answers: "bare",
  errors: "bare, all errors",
  traceparent: "bare, traceparent",
  log: "bare, log line",
  call: "bare, outgoing call",
};

/** All of them, or the rows named. */
export function loadContestants(named: readonly string[] = rowNames): Promise<LoadedSubject<Contestant>[]> {
  return Promise.all(named.map((name) => loadSubject<Contestant>(new URL(`./row.ts?${name}`, import.meta.url))));
}
