import { fileURLToPath } from "node:url";
import { OwnProcess } from "../subject/own-process.ts";
import { startSink } from "../subject/sink.ts";
import type { BurstMeasure, ThreadsMeasure } from "./load-report.ts";

/** What a process that makes spans is told. */
export type ThroughputOrder =
  | { readonly do: "burst"; readonly traces: number; readonly spansEach: number; readonly sinkUrl: string }
  | { readonly do: "threads"; readonly threads: number; readonly ms: number; readonly sinkUrl: string };

export type ThroughputReply<Measure> =
  | { readonly measure: Measure; readonly failed?: never }
  | { readonly failed: string; readonly measure?: never };

const traces = 100;
const spansEach = 1_000;

/** Makes spans in processes of their own: first a burst, then on several threads for so long. */
export async function measureThroughput(
  threads: number,
  seconds: number,
): Promise<{ readonly burst: BurstMeasure; readonly threads: ThreadsMeasure }> {
  const sink = await startSink();
  try {
    const common = { sinkUrl: sink.url };
    return {
      burst: await inOwnProcess<BurstMeasure>({ do: "burst", traces, spansEach, ...common }),
      threads: await inOwnProcess<ThreadsMeasure>({ do: "threads", threads, ms: seconds * 1_000, ...common }),
    };
  } finally {
    await sink.stop();
  }
}

async function inOwnProcess<Measure>(order: ThroughputOrder): Promise<Measure> {
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  const entry = fileURLToPath(new URL(`./throughput-process${extension}`, import.meta.url));
  const child = new OwnProcess({
    command: [process.execPath, entry],
    env: { ...process.env, NODE_ENV: "production" },
  });
  try {
    const reply = await child.ask<ThroughputReply<Measure>>(order);
    if (reply.failed !== undefined) throw new Error(`Spans could not be made: ${reply.failed}`);
    return reply.measure;
  } finally {
    await child.stop();
  }
}
