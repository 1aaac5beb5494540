import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { countedRows, totalCount } from "./counted-rows.ts";
import { collectorFaults, collectorLines } from "./demo-collector.ts";
import { DemoProcesses, type StartedShop } from "./demo-processes.ts";
import { inventoriesFrom } from "./demo-shops.ts";
import { bytes, plural, whole } from "./figures.ts";
import { Ledger } from "./ledger.ts";
import type { Arrivals } from "./messages.ts";
import { Progress } from "./progress.ts";
import { costLines, countLines, crossingLines, keptLines, lossLines, routeTable, wireLines } from "./report.ts";
import { peerCost } from "./peer-cost.ts";
import { costSummary, summaryLines } from "./summary.ts";
import { startTraffic, type Traffic } from "./traffic.ts";
import { costFaults, faults, type Stopped } from "./verdict.ts";

export interface DemoOptions {
  /** Goes on until `finish`, with the table every five seconds, and does not measure the cost. */
  watch: boolean;
  /** Through a real OpenTelemetry Collector, and at the end what came out of it. */
  collector: boolean;
  /** Says all that is known at the end, by route, reason and service. */
  details: boolean;
  out: NodeJS.WriteStream;
  /** No more visitors come; the rest goes its way. */
  finish: AbortSignal;
  /** Ends everything at once. */
  abandon: AbortSignal;
}

const trafficMs = 12_000;
const tableEverySeconds = 5;
const shopPatienceMs = 15_000;

/** What goes on while the demo runs. */
interface Stage {
  readonly options: DemoOptions;
  readonly processes: DemoProcesses;
  readonly ledger: Ledger;
  readonly progress: Progress;
  readonly say: (...lines: readonly string[]) => void;
  /** One at each shop. */
  traffic: readonly Traffic[];
}

/** Runs the demo. Resolves, when none of its processes is left, with the exit code: 0 all was counted, 1 not, 130 abandoned. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const progress = new Progress(options.out);
  const stage: Stage = {
    options,
    processes: new DemoProcesses(),
    ledger: new Ledger(),
    progress,
    say: (...lines) => {
      if (options.abandon.aborted) return;
      progress.done();
      options.out.write(`${lines.join("\n")}\n`);
    },
    traffic: [],
  };
  const abandoned = options.abandon.aborted ? Promise.resolve() : once(options.abandon, "abort");
  try {
    return await Promise.race([play(stage), abandoned.then(() => 130)]);
  } catch (error) {
    stage.say(`The demo could not go on: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    for (const traffic of stage.traffic) traffic.abandon();
    await stage.processes.end();
    if (options.abandon.aborted) {
      progress.done();
      options.out.write("Ended before the end; nothing was checked.\n");
    }
  }
}

async function play(stage: Stage): Promise<number> {
  const { options, processes, ledger, say } = stage;
  say(
    "Shops on Express, Fastify and Nest with Gossamer, an OTLP receiver and their visitors, each in a process of its own.",
    "The inventory service of each shop asks that of the next.",
    options.watch ? "Goes on until Ctrl-C.\n" : "Takes about 25 seconds; Ctrl-C ends it.\n",
  );
  await processes.startReceiver();
  if (options.collector) await startCollector(stage);
  const pageUrl = options.watch ? await processes.startPage() : undefined;
  const shops = await processes.startShops();
  if (pageUrl !== undefined) say(...pageLines(pageUrl, shops));
  const startedAt = performance.now();
  const durationMs = options.watch ? Number.POSITIVE_INFINITY : trafficMs;
  stage.traffic = shops.map((shop, i) =>
    startTraffic({ ...shop, inventories: inventoriesFrom(shop.service) }, ledger, durationMs, 20_260 + i * 100_000),
  );
  options.finish.addEventListener("abort", () => {
    for (const traffic of stage.traffic) traffic.stop();
  });
  await watchTraffic(stage, shops, startedAt);
  const seconds = (performance.now() - startedAt) / 1_000;

  say("");
  // Nobody orders any more, so that no shop asks one that has gone.
  const stopped = await Promise.all(shops.map((shop, i) => stopShop(stage, stage.traffic[i], shop)));
  const taken = await processes.drainCollector();
  const arrivals = await processes.arrivals();
  say(
    ...(options.details
      ? reportLines(ledger, arrivals, seconds, stopped)
      : ["", "WHAT HAPPENED", ...summaryLines(ledger, arrivals, seconds)]),
  );
  const found = faults(ledger, arrivals, stopped);
  if (taken !== undefined) {
    say("", "OUT OF THE COLLECTOR", ...collectorLines(taken, arrivals));
    found.push(...collectorFaults(taken, arrivals));
  }
  if (!options.watch) found.push(...(await measureCost(stage)));
  if (found.length === 0) {
    say(
      "",
      `All ${whole(ledger.expected)} requests were counted, each in its row, and every traced order is one trace through all services.`,
      ...(options.details ? [] : ["All of it by route, reason and service: pnpm demo --details"]),
      ...(options.watch ? [] : ["To look on, in a page of all shops and one inside of each: pnpm demo --watch"]),
    );
    return 0;
  }
  say("", "Not as it must be:", ...found.map((fault) => `  ${fault}`));
  return 1;
}

/** Where to look. */
function pageLines(pageUrl: string, shops: readonly StartedShop[]): string[] {
  return [
    `Look on at ${pageUrl} : what the three send, their shared traces whole. Inside of each, with what it decides and what it costs:`,
    ...shops.map(({ service, pageUrl: own }) => `  ${service.padEnd(14)}${own ?? "no page: no port was free"}`),
    "",
  ];
}

async function startCollector({ processes, progress }: Stage): Promise<void> {
  progress.show("starting a collector, which is built if this machine has none yet: some minutes, once …");
  await processes.startCollector();
  progress.done();
}

/** Tells each second how far it is, until no more visitors come. Rejects when a shop ends meanwhile. */
async function watchTraffic(stage: Stage, shops: readonly StartedShop[], startedAt: number): Promise<void> {
  const { options, processes, ledger, progress, say } = stage;
  const died = Promise.race(
    shops.map(async ({ service, child }) => {
      throw new Error(`${service} ended early (${await child.gone}).`);
    }),
  );
  // Later, when the shop is asked to end, its end is no surprise.
  died.catch(() => {});
  let quiet = false;
  const over = Promise.all(stage.traffic.map((traffic) => traffic.quiet)).then(() => {
    quiet = true;
  });
  for (let second = 1; !quiet; second++) {
    await Promise.race([over, died, delay(Math.max(0, startedAt + second * 1_000 - performance.now()))]);
    if (quiet) break;
    const arrivals = await Promise.race([processes.arrivals(), died]);
    progress.show(progressLine(second, ledger, arrivals));
    if (options.watch && second % tableEverySeconds === 0) say("", ...routeTable(arrivals, second), "");
  }
  progress.done();
}

function progressLine(second: number, ledger: Ledger, { durations, spans, traces, metrics }: Arrivals): string {
  const counted = totalCount(countedRows(durations));
  return [
    `${String(second).padStart(4)} s`,
    `${whole(ledger.expected).padStart(7)} requests sent`,
    `${whole(counted).padStart(7)} counted so far`,
    `${plural(spans, "span").padStart(11)} arrived`,
    bytes(traces.wireBytes + metrics.wireBytes).padStart(9),
  ].join("  ");
}

/** Ends a shop as an orchestrator does, while visitors are still there. */
async function stopShop(
  { say }: Stage,
  traffic: Traffic | undefined,
  { service, child: shop }: StartedShop,
): Promise<Stopped> {
  const open = traffic?.open() ?? 0;
  const startedAt = performance.now();
  const told = shop.told("stopped");
  shop.terminate();
  const late = delay(shopPatienceMs, undefined, { ref: false }).then(() => {
    throw new Error(`${service} did not end within ${whole(shopPatienceMs)} ms of SIGTERM.`);
  });
  const { status } = await Promise.race([told, late]);
  const exit = await Promise.race([shop.gone, late]);
  await Promise.race([traffic?.over(), late]);
  late.catch(() => {});
  say(
    `SIGTERM to ${service} while ${plural(open, "request")} were open (a report and two streams): it answered them, delivered what`,
    `was left and ended with code ${exit}, ${whole(performance.now() - startedAt)} ms later.`,
  );
  return { service, exit, status };
}

function reportLines(ledger: Ledger, arrivals: Arrivals, seconds: number, shops: readonly Stopped[]): string[] {
  return [
    "",
    "REQUESTS",
    ...countLines(ledger, arrivals),
    "",
    ...routeTable(arrivals, seconds),
    "",
    "TRACES",
    ...keptLines(arrivals),
    "",
    ...crossingLines(ledger, arrivals),
    "",
    "ON THE WIRE",
    ...wireLines(arrivals),
    ...lossLines(shops.map(({ status }) => status)),
  ];
}

async function measureCost({ options, processes, say, progress }: Stage): Promise<string[]> {
  progress.show("measuring what the telemetry costs …");
  const child = processes.startCost();
  const { cost } = await child.told("cost");
  await child.gone;
  say("", "WHAT IT COST", ...(options.details ? costLines(cost) : costSummary(cost, peerCost())));
  return costFaults(cost, await processes.arrivals());
}
