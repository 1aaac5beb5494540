import { OptionError } from "@gossamer/core";
import { wrongOption } from "../measure-options.ts";
import type { WorkloadSource } from "../workload.ts";

/** How a load test goes. Wrong options throw an `OptionError` before anything starts. */
export interface LoadOptions {
  /** Sampling ratios, each from 0 to 1, and once. @default [0.01, 0.05, 0.1, 0.5, 1] */
  readonly ratios?: readonly number[];
  /** Spans a batch, each from 1 to 15000, and once. @default [128, 512, 1024, 2048, 4096] */
  readonly batches?: readonly number[];
  /** How long each cell of ratio and batch is under load, all of its starts together, in seconds, from 0.1 to 3600. @default 20 */
  readonly seconds?: number;
  /** Starts of each cell, from 1 to 1000; each is one observation. With fewer than 6 nothing is judged. @default 6 */
  readonly rounds?: number;
  /** Threads that make spans at once at the end, from 1 to 64. @default as many as there are CPUs */
  readonly threads?: number;
  /** What is loaded: the module of a service, as for `measureOverhead`. @default a small service of Node's own */
  readonly workload?: WorkloadSource;
  /** Takes a line for each step. @default none */
  readonly onProgress?: (line: string) => void;
}

/** The options with their defaults. */
export interface LoadSettings {
  readonly ratios: readonly number[];
  readonly batches: readonly number[];
  readonly seconds: number;
  readonly rounds: number;
  readonly threads: number;
}

const names = ["ratios", "batches", "seconds", "rounds", "threads", "workload", "onProgress"];
const maxBatch = 15_000;

export function loadSettings(options: LoadOptions, cpus: number): LoadSettings {
  refuseUnknown(options, names);
  const { ratios = [0.01, 0.05, 0.1, 0.5, 1], batches = [128, 512, 1024, 2048, 4096] } = options;
  const { seconds = 20, rounds = 6, threads = Math.min(cpus, 64) } = options;
  check(
    "ratios",
    "numbers from 0 to 1, at least one and each once",
    ratios,
    isListOf((value) => value >= 0 && value <= 1),
  );
  check(
    "batches",
    `whole numbers from 1 to ${maxBatch}, at least one and each once`,
    batches,
    isListOf((value) => Number.isInteger(value) && value >= 1 && value <= maxBatch),
  );
  check("seconds", "a number from 0.1 to 3600", seconds, isNumber(0.1, 3_600));
  check("rounds", "a whole number from 1 to 1000", rounds, isWhole(1, 1_000));
  check("threads", "a whole number from 1 to 64", threads, isWhole(1, 64));
  return { ratios, batches, seconds, rounds, threads };
}

/** Throws an `OptionError` for a name that is none of these. */
export function refuseUnknown(options: object, known: readonly string[]): void {
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options);
  if (!isObject) throw wrongOption("options", "an object", options);
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new OptionError(unknown, `Unknown option "${unknown}". Options: ${known.join(", ")}.`, {
    code: "GSM_OPTION_UNKNOWN",
  });
}

export function check(name: string, expectation: string, value: unknown, accepts: (value: unknown) => boolean): void {
  if (!accepts(value)) throw wrongOption(name, expectation, value);
}

export function isNumber(min: number, max: number): (value: unknown) => boolean {
  return (value) => typeof value === "number" && value >= min && value <= max;
}

function isWhole(min: number, max: number): (value: unknown) => boolean {
  return (value) => Number.isInteger(value) && isNumber(min, max)(value);
}

function isListOf(accepts: (value: number) => boolean): (value: unknown) => boolean {
  return (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    new Set(value).size === value.length &&
    value.every((one) => typeof one === "number" && accepts(one));
}
