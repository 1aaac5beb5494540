import { describeMachine } from "@gossamer/measure/report";
import { parseArgs } from "node:util";
import { choosePinning } from "./harness/pinning.ts";
import { allocations } from "./micro/allocations.ts";
import { counterparts } from "./micro/counterparts.ts";
import { deciding } from "./micro/deciding.ts";
import { exports } from "./micro/exports.ts";
import { histogram } from "./micro/histogram.ts";
import { limits } from "./micro/limits.ts";
import { logs } from "./micro/logs.ts";
import { metrics } from "./micro/metrics.ts";
import { memory } from "./micro/memory.ts";
import { span } from "./micro/span.ts";
import { start } from "./micro/start.ts";
import { budgets } from "./parts/budgets.ts";
import { cache } from "./parts/cache.ts";
import { scaling } from "./parts/scaling.ts";
import { fastify } from "./parts/fastify.ts";
import { nest } from "./parts/nest.ts";
import { type Part, type PartResult, type RunKind, runKinds } from "./parts/part.ts";
import { floor } from "./parts/floor.ts";
import { garbage } from "./parts/garbage.ts";
import { install } from "./parts/install.ts";
import { requests } from "./parts/requests.ts";
import { resident } from "./parts/resident.ts";
import { socket } from "./parts/socket.ts";
import { wire } from "./parts/wire.ts";
import { shapes } from "./parts/shapes.ts";
import { variants } from "./parts/variants.ts";
import { versionsOf } from "./report/versions.ts";
import { type PartTime, runSeconds, timeOf, timeTable } from "./report/part-times.ts";
import { plot } from "./report/plot.ts";
import { Progress } from "./report/progress.ts";
import { requestRows } from "./report/request-rows.ts";
import { saveResults } from "./report/results-file.ts";
import type { PrintedPart } from "./report/run-summary.ts";
import type { PartFailure } from "./report/saved-run.ts";
import { judge, verdictTable } from "./report/target.ts";
import { Sink } from "./sink/sink.ts";

const parts: readonly Part[] = [
  requests,
  variants,
  shapes,
  floor,
  fastify,
  nest,
  scaling,
  budgets,
  counterparts,
  span,
  limits,
  memory,
  exports,
  histogram,
  metrics,
  logs,
  deciding,
  allocations,
  start,
  socket,
  cache,
  garbage,
  resident,
  wire,
  install,
];

const usage = `pnpm bench [--quick | --long] [--part ${parts.map(({ name }) => name).join("|")}]... [--only <text in a contestant's name>]... [--rounds <n>]`;

const { values } = parseArgs({
  // pnpm passes the -- of "pnpm bench -- --quick" on.
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    quick: { type: "boolean", default: false },
    long: { type: "boolean", default: false },
    part: { type: "string", multiple: true },
    only: { type: "string", multiple: true },
    rounds: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

async function main(): Promise<number> {
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))
    throw new Error(`--rounds must be a whole number above 0, got '${values.rounds}'`);
  if (values.quick && values.long) throw new Error(`--quick and --long exclude each other\n${usage}`);
  const mode = values.quick ? "quick" : "full";
  const kind: RunKind = values.long ? "long" : mode;
  const chosen = choose(values.part, kind);
  const pinning = choosePinning();
  const machine = describeMachine();
  const progress = new Progress();
  console.log(
    `Gossamer beside its peers, ${kind}, about ${Math.round(runSeconds[kind] / 60)} minutes for all parts${mode === "full" ? "" : " (few rounds: wide intervals)"}`,
  );
  console.log(
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; measured processes ${pinning.description}`,
  );
  console.log(`Load before: ${machine.loadAverage.join(", ")}. Compare numbers of one run only.\n`);

  const sink = await Sink.start();
  const at = new Date().toISOString();
  const results = new Map<string, PartResult>();
  const printed: PrintedPart[] = [];
  const times: PartTime[] = [];
  const failures: PartFailure[] = [];
  try {
    for (const part of chosen) {
      progress.part(part.title);
      const startedAt = performance.now();
      try {
        const result = await part.run({ mode, rounds, only: values.only, pinning, sink, progress });
        results.set(part.name, result);
        printed.push({ title: part.title, text: result.text });
        progress.clear();
        console.log(`${part.title}\n\n${result.text}\n`);
      } catch (error) {
        // The others are still worth their time, and what was measured is worth keeping.
        const message = error instanceof Error ? error.message : String(error);
        failures.push({ part: part.name, message });
        progress.clear();
        console.error(`${part.title}\n\nFAILED, and has no numbers: ${message}\n`);
      }
      times.push(timeOf(part.name, kind, performance.now() - startedAt));
    }
  } finally {
    sink.stop();
  }

  if (results.size === 0) throw new Error("No part has numbers: nothing is saved.");
  const all = [...results.values()];
  const verdicts = all.flatMap(({ targets }) => targets).map(judge);
  console.log(`Targets: a target holds when the worse end of its 95 % interval does\n\n${verdictTable(verdicts)}\n`);
  const asked = verdicts.filter(({ rank }) => rank === "asked");
  console.log(`${asked.filter(({ holds }) => holds).length} of ${asked.length} targets are met`);
  const bars = all.flatMap((result) => result.bars ?? []);
  const caption = `${machine.cpu}, Node ${machine.node}, ${mode} run; lines are 95 % intervals`;
  const plots = new Map(bars.length === 0 ? [] : [["", plot(bars, caption)]]);
  for (const [name, { svg }] of results) if (svg !== undefined) plots.set(name, svg);
  const files = saveResults(
    {
      at,
      mode,
      options: optionsText(),
      machine,
      loadAverageAfter: describeMachine().loadAverage,
      pinning: pinning.description,
      versions: versionsOf(all.flatMap(({ packages }) => packages)),
      targets: verdicts,
      times,
      failures,
      headlines: all.flatMap(({ headline }) => headline ?? []),
      requestRows: requestRows(results.get(requests.name)?.data),
      parts: Object.fromEntries([...results].map(([name, { data }]) => [name, data])),
    },
    printed,
    plots,
  );
  console.log(`\n${timeTable(times, kind)}\n`);
  console.log(`Saved: ${files.map((file) => `bench/results/${file}`).join(", ")}`);
  if (failures.length > 0)
    console.error(
      `${failures.length} of ${chosen.length} parts failed: ${failures.map(({ part }) => part).join(", ")}`,
    );
  return failures.length === 0 ? 0 : 1;
}

function choose(names: readonly string[] | undefined, kind: RunKind): readonly Part[] {
  if (names === undefined)
    return parts.filter(({ from = "quick" }) => runKinds.indexOf(from) <= runKinds.indexOf(kind));
  return names.map((name) => {
    const part = parts.find((candidate) => candidate.name === name);
    if (part === undefined) throw new Error(`No such part: ${name}\n${usage}`);
    return part;
  });
}

/** The options that make it less than a run of everything, as they are typed. */
function optionsText(): string {
  const { part = [], only = [], rounds, long } = values;
  return [
    ...(long ? ["--long"] : []),
    ...part.map((name) => `--part ${name}`),
    ...only.map((name) => `--only "${name}"`),
    ...(rounds === undefined ? [] : [`--rounds ${rounds}`]),
  ].join(" ");
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
