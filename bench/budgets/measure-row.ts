import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { fixedNursery } from "../harness/node-flags.ts";
import type { Pinning } from "../harness/pinning.ts";
import type { BudgetName, BudgetRow } from "./budget-table.ts";
import { ByteSink, type SenderBytes } from "./byte-sink.ts";
import type { Moment, PresetMeasures, PresetMessage } from "./preset-measures.ts";

/** What one process says of each budget: several numbers where it was measured in slices. Empty where the row has nothing of the kind. */
export type RowNumbers = Readonly<Record<BudgetName, readonly number[]>>;

const entry = fileURLToPath(new URL("./preset-process.ts", import.meta.url));
const patienceMs = 60_000;

/** Measures one row in a fresh process. Throws when it did not do what it is to be measured at. */
export async function measureRow(row: BudgetRow, pinning: Pinning): Promise<RowNumbers> {
  const sink = await ByteSink.start();
  try {
    const { measures, seen } = await runProcess(row, sink, pinning);
    return numbersOf(measures, seen, row);
  } finally {
    sink.stop();
  }
}

type Seen = ReadonlyMap<Moment, SenderBytes>;

function runProcess(
  row: BudgetRow,
  sink: ByteSink,
  pinning: Pinning,
): Promise<{ measures: PresetMeasures; seen: Seen }> {
  const sender = row.replaceAll(" ", "-");
  const command = pinning.command([
    process.execPath,
    "--expose-gc",
    ...fixedNursery,
    entry,
    row,
    sink.endpointOf(sender),
  ]);
  const child = spawn(command[0]!, command.slice(1), {
    // The console exporter of `debug` formats and writes its spans; nobody has to read them.
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, NODE_ENV: "production" },
  });
  const seen = new Map<Moment, SenderBytes>();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(`no report within ${patienceMs / 1000} s`), patienceMs);
    const over = (): void => {
      clearTimeout(timer);
      child.off("exit", onExit);
      if (child.exitCode === null && child.signalCode === null) {
        child.disconnect();
        void once(child, "exit");
      }
    };
    const fail = (why: string): void => {
      over();
      reject(new Error(`Budgets of "${row}" could not be measured: ${why}`));
    };
    const onExit = (code: number | null, signal: string | null): void => fail(`its process ended (${code ?? signal})`);
    child.on("exit", onExit);
    child.on("message", (message: PresetMessage) => {
      if ("failed" in message) return fail(message.failed);
      if ("measures" in message) {
        over();
        return resolve({ measures: message.measures, seen });
      }
      seen.set(message.at, structuredClone(sink.of(sender)));
      if (message.at === "answer no more") sink.silent = true;
      child.send("go on");
    });
  });
}

/** The arithmetic. */
export function numbersOf(measures: PresetMeasures, seen: Seen, row: BudgetRow): RowNumbers {
  const network = between(seen, "network begins", "network ends");
  const batches = between(seen, "full batches begin", "full batches end");
  const { requests, simulatedSeconds, metricIntervalMs, addedMicros } = measures;
  const counted = seen.get("network ends")?.metrics.counted;
  if (counted !== requests)
    throw new Error(`Budgets of "${row}": of ${requests} requests its metrics count ${counted ?? "none"}.`);
  // Spans leave as often as they would at that traffic; metrics were flushed with them, and in truth leave once an interval.
  const spanBytesASecond = network.traces.onTheWire / simulatedSeconds;
  const metricBytesASecond = network.metrics.onTheWire / network.metrics.exports / (metricIntervalMs / 1000);
  const isCompressed = batches.traces.body < batches.traces.bodyUnpacked;
  return {
    span: measures.spanMicros,
    metricRecord: measures.recordMicros,
    logLine: measures.lineMicros,
    request: addedMicros,
    // A hundred times so many microseconds of each second.
    cpu: addedMicros.map((micros) => (100 * 100 * micros) / 1e6),
    baseMemory: [measures.baseBytes / 1e6],
    queuedSpans: [(1000 * measures.queuedBytesASpan) / 1e6],
    metricStore: [measures.metricStoreBytes / 1e6],
    network: [(spanBytesASecond + metricBytesASecond) / 1000],
    gzip: isCompressed ? [100 * (1 - batches.traces.body / batches.traces.bodyUnpacked)] : [],
    handler: addedMicros.map((micros) => (100 * micros) / 50_000),
  };
}

function between(seen: Seen, begin: Moment, end: Moment): SenderBytes {
  const before = seen.get(begin);
  const after = seen.get(end);
  if (before === undefined || after === undefined) throw new Error(`The process never said "${before ? end : begin}".`);
  const less = (signal: keyof SenderBytes): SenderBytes["traces"] => ({
    exports: after[signal].exports - before[signal].exports,
    onTheWire: after[signal].onTheWire - before[signal].onTheWire,
    body: after[signal].body - before[signal].body,
    bodyUnpacked: after[signal].bodyUnpacked - before[signal].bodyUnpacked,
    counted: after[signal].counted - before[signal].counted,
  });
  return { traces: less("traces"), metrics: less("metrics") };
}
