import type { Diagnostics } from "../../model/diagnostics.ts";
import type { Chunk } from "../queue/chunk.ts";
import type { ExportPipelineParts, ExportSettings } from "../export-parts.ts";
import { ExportPipeline } from "../export-pipeline.ts";
import { HttpSender } from "../transport/http-sender.ts";
import type { SenderSettings } from "../transport/sender-settings.ts";

/** A chunk whose items are lines: its name and a number. */
export function lines(name: string, items = 1, priority: "healthy" | "failed" = "healthy"): Chunk<Uint8Array> {
  const payload = Buffer.from(Array.from({ length: items }, (_, i) => `${name}.${i}\n`).join(""));
  return { payload, items, bytes: payload.byteLength, priority };
}

export const settings: ExportSettings = {
  queue: { maxItems: 50_000, maxBytes: 8_000_000 },
  batch: { maxItems: 512, maxBytes: 1_000_000, delayMs: 20 },
  retry: { attempts: 5, initialMs: 10, maxMs: 50, totalMs: 30_000 },
  maxConcurrentExports: 10,
};

export const senderSettings: Omit<SenderSettings, "url"> = {
  headers: {},
  compression: "gzip",
  gzipLevel: 3,
  maxConnectionAgeMs: 300_000,
  connectTimeoutMs: 10_000,
  timeoutMs: 10_000,
  connections: 10,
};

export interface KeptLines extends Diagnostics {
  readonly lines: string[];
}

export function keepLines(): KeptLines {
  const kept: string[] = [];
  return { lines: kept, info: (line) => kept.push(`info ${line}`), warn: (line) => kept.push(`warn ${line}`) };
}

export type KitParts = Partial<Omit<ExportPipelineParts<Uint8Array>, "settings">> & {
  readonly url?: string;
  readonly settings?: Partial<ExportSettings>;
  readonly http?: Partial<SenderSettings>;
};

/** A pipeline of line chunks with a real sender. */
export function createPipeline(parts: KitParts): ExportPipeline<Uint8Array> {
  const { url = "http://127.0.0.1:1/", settings: some, http, ...others } = parts;
  return new ExportPipeline<Uint8Array>({
    unit: "spans",
    assemble: (chunks) => chunks.map((chunk) => chunk.payload),
    sender: new HttpSender({ ...senderSettings, url, ...http }),
    endpointGiven: true,
    diagnostics: keepLines(),
    ...others,
    settings: { ...settings, ...some },
  });
}
