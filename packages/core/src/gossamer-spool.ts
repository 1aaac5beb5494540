#!/usr/bin/env node
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { spanLine } from "./otlp/console-exporter.ts";
import { readTraceRequest } from "./otlp/read-trace-request.ts";
import type { ProducedResource } from "./model/resource.ts";
import type { ReadableSpan } from "./model/span-processor.ts";
import { isSpoolFile } from "./pipeline/fallback/spool-owner.ts";
import { decodeBody, recordHeadBytes, scanSpool, type SpoolRecord } from "./pipeline/fallback/spool-record.ts";

const usage = `gossamer-spool <directory> [--spans]

Shows what a spool holds: a line for each file and each body in it. With --spans also a line for each span.
Reads only; a service may write meanwhile.
`;

interface Totals {
  files: number;
  waiting: number;
  underWay: number;
  done: number;
  badBytes: number;
}

const [directory, ...flags] = process.argv.slice(2);
if (directory === undefined || directory.startsWith("-") || flags.some((flag) => flag !== "--spans")) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else show(directory, flags.includes("--spans"));

function show(folder: string, withSpans: boolean): void {
  const totals: Totals = { files: 0, waiting: 0, underWay: 0, done: 0, badBytes: 0 };
  let names: string[];
  try {
    names = readdirSync(folder).filter(isSpoolFile).sort();
  } catch (error) {
    process.stderr.write(`cannot read ${folder}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
    return;
  }
  for (const name of names) showFile(join(folder, name), name, totals, withSpans);
  const { files, waiting, underWay, done, badBytes } = totals;
  print(
    `${files} files: ${waiting} spans wait, ${underWay} were in flight, ${done} are done with; ${badBytes} bytes are incomplete or damaged`,
  );
}

function showFile(path: string, name: string, totals: Totals, withSpans: boolean): void {
  let file: Buffer;
  try {
    if (!lstatSync(path).isFile()) return;
    file = readFileSync(path);
  } catch {
    // Sent and removed since the directory was read.
    return;
  }
  const { records, badBytes } = scanSpool(file);
  totals.files++;
  totals.badBytes += badBytes;
  print(`${name}: ${file.length} bytes, ${records.length} bodies${badBytes > 0 ? `, ${badBytes} bytes damaged` : ""}`);
  for (const record of records) showRecord(file, record, totals, withSpans);
}

function showRecord(file: Buffer, record: SpoolRecord, totals: Totals, withSpans: boolean): void {
  const { at, bytes, items, state, epochMs } = record;
  if (state === "waiting") totals.waiting += items;
  else if (state === "under-way") totals.underWay += items;
  else totals.done += items;
  print(`  ${new Date(epochMs).toISOString()} ${state} ${items} spans ${bytes} bytes`);
  if (!withSpans) return;
  const body = decodeBody(file.subarray(at, at + recordHeadBytes + bytes));
  for (const span of body === undefined ? [] : spansOf(body)) print(`    ${spanLine(span)}`);
}

function spansOf(body: Uint8Array): ReadableSpan[] {
  try {
    return readTraceRequest(body, (attributes): ProducedResource => {
      const resource: ProducedResource = {
        attributes,
        merge: () => resource,
        getRawAttributes: () => Object.entries(attributes),
      };
      return resource;
    });
  } catch {
    print("    (no OTLP)");
    return [];
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
