#!/usr/bin/env node
import { accessSync, constants, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { OptionError } from "@gossamer/core";
import { compareLoads } from "./load/compare-loads.ts";
import type { LoadOptions } from "./load/load-options.ts";
import type { LoadReport } from "./load/load-report.ts";
import { comparisonText, loadPlot, loadText } from "./load/load-text.ts";
import { measureLoad } from "./load/measure-load.ts";
import { readLoadReport } from "./load/read-load-report.ts";
import { WorkloadError } from "./workload-error.ts";

const usage = `Usage: gossamer-measure load [--quick | --full] [--out load.json] [--plot load.svg] [--workload service.js]
                             [--ratios 0.01,0.1,1] [--batches 128,512] [--seconds 20] [--rounds 6] [--threads 2]
       gossamer-measure compare before.json after.json [--cpu 5] [--p95 10]

load puts a service under load with each sampling ratio and batch, and without telemetry.
  --quick     3 starts and half a second a cell: whether it runs, not what it costs
  --full      10 starts and 300 seconds a cell
  --out       saves what was measured as JSON, for compare
  --plot      draws it
  --workload  the module of a service: docs/measuring.md. Without it a small one of Node's own
compare ends with 0 when every figure of every cell was judged and no budget is red; with 1 when one is: a figure that is certainly worse
by more than so many percent, or spans that were lost; with 3 when none is, but something was not judged: cells that only one file has, too few
starts, another machine. Arguments and files that are wrong end with 2.
`;

const exitCodes = { green: 0, red: 1, "not judged": 3 } as const;
const modes = { quick: { seconds: 0.5, rounds: 3 }, full: { seconds: 300, rounds: 10 } } as const;

const [command, ...rest] = process.argv.slice(2);
try {
  if (process.argv.some((argument) => argument === "--help" || argument === "-h")) process.stdout.write(usage);
  else if (command === "load") await load(rest);
  else if (command === "compare") compare(rest);
  else fail(`${command === undefined ? "" : `Unknown command "${command}".\n`}${usage}`);
} catch (error) {
  if (error instanceof WorkloadError) fail(error.message, 1);
  fail(messageOf(error));
}

async function load(given: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...given],
    options: {
      quick: { type: "boolean" },
      full: { type: "boolean" },
      out: { type: "string" },
      plot: { type: "string" },
      workload: { type: "string" },
      ratios: { type: "string" },
      batches: { type: "string" },
      seconds: { type: "string" },
      rounds: { type: "string" },
      threads: { type: "string" },
    },
  });
  if (values.quick === true && values.full === true) throw new Error("Either --quick or --full, not both.");
  const mode = values.quick === true ? modes.quick : values.full === true ? modes.full : {};
  const { ratios, batches, seconds, rounds, threads, workload, out, plot } = values;
  // What cannot be saved is to be known before the measuring, not after.
  if (out !== undefined) checkWritable("out", out);
  if (plot !== undefined) checkWritable("plot", plot);
  if (out !== undefined && plot !== undefined && resolve(out) === resolve(plot)) {
    throw new Error(`--out and --plot must be two files, got '${out}' for both.`);
  }
  const options: LoadOptions = {
    ...mode,
    ...(ratios === undefined ? {} : { ratios: numbers(ratios) }),
    ...(batches === undefined ? {} : { batches: numbers(batches) }),
    ...(seconds === undefined ? {} : { seconds: number("seconds", seconds) }),
    ...(rounds === undefined ? {} : { rounds: number("rounds", rounds) }),
    ...(threads === undefined ? {} : { threads: number("threads", threads) }),
    ...(workload === undefined ? {} : { workload }),
    onProgress: (line) => process.stderr.write(`${line}\n`),
  };
  const report = await measureLoad(options);
  process.stdout.write(`${loadText(report)}\n`);
  if (out !== undefined) writeFileSync(out, `${JSON.stringify(report, undefined, 1)}\n`);
  if (plot !== undefined) writeFileSync(plot, loadPlot(report));
}

function compare(given: readonly string[]): void {
  const { values, positionals } = parseArgs({
    args: [...given],
    allowPositionals: true,
    options: { cpu: { type: "string" }, p95: { type: "string" } },
  });
  const [before, after, ...more] = positionals;
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`compare takes two files, got ${positionals.length}.\n${usage}`);
  }
  const comparison = compareLoads(read(before), read(after), {
    ...(values.cpu === undefined ? {} : { cpuPercent: number("cpu", values.cpu) }),
    ...(values.p95 === undefined ? {} : { p95Percent: number("p95", values.p95) }),
  });
  process.stdout.write(`${comparisonText(comparison)}\n`);
  process.exitCode = exitCodes[comparison.outcome];
}

function read(file: string): LoadReport {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  return readLoadReport(text, file);
}

/** Writes nothing: what is there stays as it is until there is something to save. */
function checkWritable(name: string, file: string): void {
  try {
    const path = resolve(file);
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing?.isDirectory() === true) throw new Error("it is a folder");
    const folder = dirname(path);
    if (existing === undefined && !statSync(folder).isDirectory()) throw new Error(`${folder} is no folder`);
    accessSync(existing === undefined ? folder : path, constants.W_OK);
  } catch (error) {
    throw new Error(`--${name} must be a file that can be written, got '${file}': ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

function numbers(text: string): number[] {
  return text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
}

function number(name: string, text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isNaN(value)) {
    throw new OptionError(name, `--${name} must be a number, got '${text}'.`, { code: "GSM_OPTION_TYPE" });
  }
  return value;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function fail(text: string, code = 2): never {
  process.stderr.write(text.endsWith("\n") ? text : `${text}\n`);
  process.exit(code);
}
