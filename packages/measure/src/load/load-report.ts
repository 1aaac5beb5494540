import type { Machine } from "../report/machine.ts";
import type { LoadSettings } from "./load-options.ts";

/** What one start of a cell measured. */
export interface LoadRound {
  readonly requests: number;
  /** Of the whole process, a request: spans are encoded and sent in it. */
  readonly cpuMicros: number;
  /** Of requests one at a time. */
  readonly p50Micros: number;
  readonly p95Micros: number;
  readonly exportedSpans: number;
  /** Recorded spans that nobody got. */
  readonly lostSpans: number;
  readonly rssBytes: number;
}

/** One combination of ratio and batch; the service without telemetry has neither. */
export interface LoadCell {
  readonly name: string;
  readonly ratio: number | undefined;
  readonly batch: number | undefined;
  readonly rounds: readonly LoadRound[];
}

/** 100 traces of 1,000 spans each at once. */
export interface BurstMeasure {
  readonly spans: number;
  readonly lost: number;
  /** While they are made, in the thread that makes them. */
  readonly spansPerSecond: number;
  /** Until the collector has the last. */
  readonly deliveredPerSecond: number;
}

/** Spans that all threads make together as fast as they can. What the queue cannot hold is dropped, and counted as lost. */
export interface ThreadsMeasure {
  readonly threads: number;
  readonly spansPerSecond: number;
  readonly lost: number;
}

/** A load test as it is saved. Readers refuse a version that they do not know. */
export interface LoadReport {
  readonly schemaVersion: 1;
  readonly measuredAt: string;
  /** Of the working directory; undefined where it is under no Git. */
  readonly commit: string | undefined;
  readonly machine: Machine;
  readonly settings: LoadSettings;
  /** The service without telemetry, the same again, then every cell. */
  readonly cells: readonly LoadCell[];
  readonly burst: BurstMeasure;
  readonly threads: ThreadsMeasure;
}

export const withoutTelemetry = "off";

/** `ratio 0.1, batch 512` */
export function cellName(ratio: number, batch: number): string {
  return `ratio ${ratio}, batch ${batch}`;
}
