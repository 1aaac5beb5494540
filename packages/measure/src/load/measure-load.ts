import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { TelemetryOptions } from "@gossamer/core";
import { measureSettings } from "../measure-options.ts";
import { describeMachine } from "../report/machine.ts";
import { probe } from "../subject/probe.ts";
import { openSession, type Session, type Setup } from "../subject/session.ts";
import type { SliceMeasure } from "../subject/subject.ts";
import { quantile } from "../statistics/quantile.ts";
import { type LoadOptions, loadSettings } from "./load-options.ts";
import { cellName, type LoadCell, type LoadReport, type LoadRound, withoutTelemetry } from "./load-report.ts";
import { measureThroughput } from "./measure-throughput.ts";

interface Cell extends Setup {
  readonly ratio: number | undefined;
  readonly batch: number | undefined;
}

const warmUp = { requests: 1_000, concurrency: 16 };
const maxWarmUpMs = 2_000;
const slice = { requests: 1_000, concurrency: 16 };
const maxSliceMs = 500;

/**
 * Puts a service under load with every combination of sampling ratio and batch, and without telemetry: each started anew in every round, in another
 * order each. At the end spans alone are made as fast as they can be.
 *
 * With the defaults that takes a quarter of an hour. Rejects with an `OptionError` for wrong options, and with a `WorkloadError` for a service that
 * cannot be measured.
 */
export async function measureLoad(options: LoadOptions = {}): Promise<LoadReport> {
  const settings = loadSettings(options, availableParallelism());
  const { onProgress = () => {}, workload = fileURLToPath(serviceUrl()) } = options;
  const machine = describeMachine();
  const session = await openSession(workload, measureSettings({}, []));
  try {
    const cells = cellsOf(settings.ratios, settings.batches);
    const measured = new Map<string, LoadRound[]>(cells.map(({ name }) => [name, []]));
    onProgress("trying the service");
    await probe(session, cells.filter(({ batch }) => batch !== undefined).slice(-1));
    for (let round = 0; round < settings.rounds; round++) {
      for (const [i, cell] of rotated(cells, round).entries()) {
        onProgress(`round ${round + 1}/${settings.rounds}, ${i + 1}/${cells.length}: ${cell.name}`);
        measured.get(cell.name)?.push(await runCell(session, cell, (settings.seconds * 1_000) / settings.rounds));
      }
    }
    onProgress("spans alone");
    const { burst, threads } = await measureThroughput(settings.threads, Math.min(5, settings.seconds));
    return {
      schemaVersion: 1,
      measuredAt: new Date().toISOString(),
      commit: commitOf(process.cwd()),
      machine,
      settings,
      cells: cells.map(({ name, ratio, batch }): LoadCell => ({
        name,
        ratio,
        batch,
        rounds: measured.get(name) ?? [],
      })),
      burst,
      threads,
    };
  } finally {
    await session.stop();
  }
}

function serviceUrl(): URL {
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  return new URL(`./load-service${extension}`, import.meta.url);
}

function cellsOf(ratios: readonly number[], batches: readonly number[]): readonly Cell[] {
  const off = { options: undefined, switches: {}, ratio: undefined, batch: undefined } as const;
  return [
    { name: withoutTelemetry, ...off },
    { name: `${withoutTelemetry} again (A/A)`, ...off },
    ...ratios.flatMap((ratio) =>
      batches.map((batch) => ({
        name: cellName(ratio, batch),
        ratio,
        batch,
        switches: {},
        options: cellOptions(ratio, batch),
      })),
    ),
  ];
}

function cellOptions(ratio: number, batch: number): TelemetryOptions {
  // Nothing but ratio and batch is to differ: the governor only looks on.
  return { sampleRatio: ratio, batch: { maxSpans: batch }, queue: { maxSpans: 15_000 }, overhead: { floor: "full" } };
}

async function runCell(session: Session, cell: Cell, ms: number): Promise<LoadRound> {
  const subject = await session.start(cell);
  try {
    await subject.warmUp({ ...warmUp, ms: Math.min(ms, maxWarmUpMs) });
    const slices: SliceMeasure[] = [];
    const until = performance.now() + ms;
    do {
      slices.push(await subject.slice({ ...slice, maxMs: Math.min(ms, maxSliceMs) }));
    } while (performance.now() < until);
    const { rssBytes = 0, seen } = await subject.finish();
    const requests = sum(slices.map((one) => one.requests));
    const latencies = slices.flatMap(({ latenciesMicros }) => [...latenciesMicros]).sort((a, b) => a - b);
    return {
      requests,
      cpuMicros: (sum(slices.map((one) => one.cpuMicros)) - sum(slices.map((one) => one.flushMicros))) / requests,
      p50Micros: quantile(latencies, 0.5),
      p95Micros: quantile(latencies, 0.95),
      exportedSpans: seen?.exportedSpans ?? 0,
      lostSpans: sum(Object.values(seen?.drops ?? {})),
      rssBytes,
    };
  } finally {
    await subject.stop();
  }
}

function commitOf(folder: string): string | undefined {
  try {
    const stdio = ["ignore", "pipe", "ignore"] as const;
    return execFileSync("git", ["rev-parse", "HEAD"], { cwd: folder, encoding: "utf8", stdio: [...stdio] }).trim();
  } catch {
    return undefined;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
