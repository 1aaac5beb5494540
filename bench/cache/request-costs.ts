import { fileURLToPath } from "node:url";
import { type Costs, noCosts, share, sum } from "./costs.ts";
import { functionsAt } from "./functions-at.ts";
import type { Dump } from "./read-dump.ts";

/** Costs of one request. */
export interface RequestCosts {
  /** Of the main thread: V8, Node and libraries of C included, the kernel not. */
  readonly all: Costs;
  /** Of it the code that V8 made of our JavaScript. What it put into other functions counts for those. */
  readonly ours: Costs;
  /** Of it what at least every tenth request runs. What runs by the clock has more turns here, where a request takes a hundred times as long, and not as many each time. */
  readonly path: Costs;
  /** Ours by function, the most missed first. */
  readonly functions: readonly FunctionCosts[];
}

export interface FunctionCosts {
  readonly name: string;
  readonly costs: Costs;
}

const shareOfPath = 0.1;
const packages = new URL("../../packages/", import.meta.url);
/** ES modules go by their URL, CommonJS by its path. */
const ours: readonly string[] = [packages.href, fileURLToPath(packages)];

/** @param map of generated code, as `--perf-basic-prof` wrote it */
export function requestCosts({ all, generated }: Dump, map: string, requests: number): RequestCosts {
  const functions = functionsAt(generated.keys(), map);
  const byName = new Map<string, Costs>();
  let path = noCosts;
  for (const [address, costs] of generated) {
    const { name, file } = functions.get(address) ?? { name: "", file: "" };
    if (!ours.some((folder) => file.startsWith(folder))) continue;
    byName.set(name, sum([byName.get(name) ?? noCosts, costs]));
    // An instruction's count of instructions is how often it ran.
    if (costs.instructions >= shareOfPath * requests) path = sum([path, costs]);
  }
  return {
    all: share(all, requests),
    ours: share(sum(byName.values()), requests),
    path: share(path, requests),
    functions: [...byName]
      .map(([name, costs]) => ({ name, costs: share(costs, requests) }))
      .sort((a, b) => b.costs.instructionMisses - a.costs.instructionMisses),
  };
}
