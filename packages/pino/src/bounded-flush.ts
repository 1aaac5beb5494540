import { fsyncSync, writeSync } from "node:fs";

/** What a `SonicBoom` holds, as its own `flushSync` reads it. */
interface Buffered {
  readonly fd: number;
  readonly destroyed: boolean;
  /** Whether another thread writes `_writingBuf`. */
  readonly _writing: boolean;
  _writingBuf: string | Buffer;
  _bufs: (string | Buffer)[];
  _len: number;
  flushSync(): void;
}

/** Whether it is a `SonicBoom`, as `pino.destination` makes them. */
export function isBuffered(stream: object): boolean {
  return (
    "_bufs" in stream &&
    Array.isArray(stream._bufs) &&
    "_writingBuf" in stream &&
    "fd" in stream &&
    Number(stream.fd) >= 0
  );
}

/** A stream whose `flushSync` comes to its end. */
interface BoundedFlush {
  /** Writes out what waits, now. False where the destination refuses it, or takes nothing for a while; what is left waits on. Never throws. */
  flush(): boolean;
  /** Lets go of all that waits. Answers how many lines that were. */
  discard(): number;
}

const patienceMs = 1_000;
const retryEachMs = 10;
const newline = 10;

/**
 * Has the `flushSync` of a `SonicBoom` come to its end. Its own tries again for ever where a disk is full or a pipe is not read, and pino calls it
 * at a line of level `fatal` and when the process exits.
 */
export function boundFlush(stream: object, failed: () => void): BoundedFlush {
  const held = stream as Buffered;
  function flush(): boolean {
    try {
      if (held.destroyed) return true;
      writeOut(held);
      return true;
    } catch {
      failed();
      return false;
    }
  }
  held.flushSync = () => void flush();
  return { flush, discard: () => discard(held) };
}

function writeOut(held: Buffered): void {
  if (!held._writing && held._writingBuf.length > 0) {
    held._bufs.unshift(held._writingBuf);
    held._writingBuf = "";
  }
  let takenAt = performance.now();
  for (let next = held._bufs[0]; next !== undefined; next = held._bufs[0]) {
    const bytes = Buffer.from(next as string);
    const taken = writeSome(held.fd, bytes);
    if (taken === undefined) {
      if (performance.now() - takenAt > patienceMs) throw new Error("The destination takes nothing.");
      pause(retryEachMs);
      continue;
    }
    takenAt = performance.now();
    held._len = Math.max(0, held._len - taken);
    if (taken === bytes.length) held._bufs.shift();
    else keepRest(held, bytes.subarray(taken));
  }
  try {
    fsyncSync(held.fd);
  } catch {
    // Pipes and terminals have none.
  }
}

/** Stops this thread; others go on. */
export function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Later lines are appended to the last buffer as text, which must not be one that may begin in the middle of a character. */
function keepRest(held: Buffered, rest: Buffer): void {
  held._bufs[0] = rest;
  if (held._bufs.length === 1) held._bufs.push("");
}

/** How many bytes were taken; undefined where there is no room at the moment. */
function writeSome(fd: number, bytes: Buffer): number | undefined {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EAGAIN" || code === "EBUSY") return undefined;
    throw error;
  }
}

function discard(held: Buffered): number {
  let lines = 0;
  for (const buffer of [held._writingBuf, ...held._bufs]) {
    for (const byte of Buffer.from(buffer as string)) if (byte === newline) lines++;
  }
  held._bufs = [];
  held._len = 0;
  // What another thread writes is its own until it has come back.
  if (!held._writing) held._writingBuf = "";
  return lines;
}
