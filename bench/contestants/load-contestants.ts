import type { LoadedSubject } from "../harness/load-subject.ts";
import { loadSubject } from "../harness/load-subject.ts";
import type { Contestant } from "./contestant.ts";

/** One file each in this folder, in the order of the table. A new contestant is a file and a line here. */
const files = [
  "bare",
  "bare-again",
  "floor",
  "gossamer-0",
  "gossamer-1",
  "gossamer-100",
  "gossamer-100-gzip",
  "opentelemetry-0",
  "opentelemetry-0-server-only",
  "opentelemetry-1",
  "opentelemetry-1-server-only",
  "opentelemetry-100",
  "opentelemetry-100-server-only",
  "opentelemetry-100-gzip",
  "bare-errors",
  "gossamer-errors",
  "gossamer-errors-capped",
];

/** The ones of a quick run. */
export const quickFiles: readonly string[] = [
  "bare",
  "bare-again",
  "floor",
  "gossamer-0",
  "gossamer-100",
  "opentelemetry-0",
  "opentelemetry-100",
  "bare-errors",
  "gossamer-errors",
];

/** The row that a workload's other rows are compared with. */
export const baselineOf: Readonly<Record<Contestant["workload"], string>> = {
  answers: "bare",
  errors: "bare, all errors",
};

/** All of them, or those of the files named. */
export function loadContestants(named: readonly string[] = files): Promise<LoadedSubject<Contestant>[]> {
  return Promise.all(named.map((file) => loadSubject<Contestant>(new URL(`./${file}.ts`, import.meta.url))));
}
