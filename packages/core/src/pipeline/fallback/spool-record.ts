import { builtin } from "../../model/builtin.ts";

/** `under-way`: it was being sent, so that it may have arrived. `done`: it was delivered or given up, and is never sent again. */
export type SpoolState = "waiting" | "under-way" | "done";

/** One body in a spool file. */
export interface SpoolRecord {
  /** Where its header begins. */
  readonly at: number;
  readonly state: SpoolState;
  readonly items: number;
  /** When it was written, in milliseconds since 1970. */
  readonly epochMs: number;
  /** Of the body. */
  readonly bytes: number;
}

/** What a file holds: whole records, and how many bytes were none. */
export interface SpoolScan {
  readonly records: readonly SpoolRecord[];
  /** Bytes that belong to no whole record: a torn write, or damage. */
  readonly badBytes: number;
}

export const fileHead: Uint8Array = Buffer.from("GSPOOL1\n", "latin1");

/**
 * The head of a record: magic, state (a byte that is changed in place), length, items, time, and a CRC-32 over length, items, time and body.
 * All numbers little-endian.
 */
export const recordHeadBytes = 28;
/** Where the state stands in the head. */
export const stateAt = 4;

const magic = Buffer.from("GREC", "latin1");
const states: readonly SpoolState[] = ["waiting", "under-way", "done"];
const maxBodyBytes = 1 << 30;

export function stateByte(state: SpoolState): number {
  return states.indexOf(state);
}

export interface RecordHead {
  readonly state: SpoolState;
  readonly items: number;
  readonly epochMs: number;
}

/** A body as it is written: head and parts, one behind the other. */
export function encodeRecord(body: readonly Uint8Array[], head: RecordHead): Uint8Array {
  let bytes = 0;
  for (const part of body) bytes += part.byteLength;
  const record = Buffer.allocUnsafe(recordHeadBytes + bytes);
  magic.copy(record, 0);
  record.writeUInt32LE(stateByte(head.state), stateAt);
  record.writeUInt32LE(bytes, 8);
  record.writeUInt32LE(head.items, 12);
  record.writeDoubleLE(head.epochMs, 16);
  let at = recordHeadBytes;
  for (const part of body) {
    record.set(part, at);
    at += part.byteLength;
  }
  record.writeUInt32LE(checksum(record, recordHeadBytes, record.length), 24);
  return record;
}

/** The body of a whole record; undefined when its checksum does not hold. */
export function decodeBody(record: Uint8Array): Uint8Array | undefined {
  const buffer = asBuffer(record);
  if (buffer.length < recordHeadBytes) return undefined;
  return checksum(buffer, recordHeadBytes, buffer.length) === buffer.readUInt32LE(24)
    ? buffer.subarray(recordHeadBytes)
    : undefined;
}

/** Finds the whole records of a file. Whatever stands between them is passed over: reading goes on at the next magic. */
export function scanSpool(file: Uint8Array): SpoolScan {
  const buffer = asBuffer(file);
  const records: SpoolRecord[] = [];
  const start = buffer.subarray(0, fileHead.length).equals(fileHead) ? fileHead.length : 0;
  let at = start;
  let good = 0;
  while (at + recordHeadBytes <= buffer.length) {
    const record = recordAt(buffer, at);
    if (record === undefined) {
      const next = buffer.indexOf(magic, at + 1);
      if (next === -1) break;
      at = next;
      continue;
    }
    records.push(record);
    const bytes = recordHeadBytes + record.bytes;
    good += bytes;
    at += bytes;
  }
  return { records, badBytes: buffer.length - start - good };
}

function recordAt(buffer: Buffer, at: number): SpoolRecord | undefined {
  if (!buffer.subarray(at, at + magic.length).equals(magic)) return undefined;
  const state = states[buffer.readUInt32LE(at + stateAt)];
  const bytes = buffer.readUInt32LE(at + 8);
  const end = at + recordHeadBytes + bytes;
  if (state === undefined || bytes > maxBodyBytes || end > buffer.length) return undefined;
  const record = buffer.subarray(at, end);
  if (decodeBody(record) === undefined) return undefined;
  return { at, state, items: record.readUInt32LE(12), epochMs: record.readDoubleLE(16), bytes };
}

/** Over length, items and time, and the body; not over the state, which changes in place. */
function checksum(record: Buffer, bodyStart: number, end: number): number {
  const { crc32 } = builtin("node:zlib");
  return crc32(record.subarray(bodyStart, end), crc32(record.subarray(8, 24)));
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
