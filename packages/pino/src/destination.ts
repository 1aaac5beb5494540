import { openSync } from "node:fs";
import { dirname } from "node:path";
import type { LogDestination, Telemetry } from "@gossamer/core";
import { makeFolders } from "@gossamer/core/adapter";
import {
  type DestinationStream,
  pino,
  type TransportMultiOptions,
  type TransportPipelineOptions,
  type TransportSingleOptions,
} from "pino";
import { boundFlush, isBuffered, pause } from "./bounded-flush.ts";
import { optionError } from "./option-error.ts";

export type Transport = TransportSingleOptions | TransportMultiOptions | TransportPipelineOptions;

export interface DestinationOptions {
  /** A file by its path, a file descriptor, or a stream. @default 1, which is standard output */
  readonly destination?: string | number | DestinationStream;
  /** Lines go through a worker, as `pino.transport` makes it. Excludes `destination`. */
  readonly transport?: Transport;
  /** Lines are written out when so many bytes wait, and each second. 0 writes each line before the call returns. @default 4096 */
  readonly bufferBytes?: number;
  /** Maximum bytes that wait for a slow destination; further lines are dropped and counted. @default 16777216 */
  readonly maxBufferBytes?: number;
}

/** Where a logger writes, and how that is brought to an end. */
export interface OpenDestination extends LogDestination {
  readonly stream: DestinationStream;
  /** Lets a write that is under way in another thread come to its end, for a few ms; for a process that ends without its event loop. */
  settle(): void;
  /** Writes out all it can, now; for a process that is falling. Never throws. */
  flushSync(): void;
  /** Brings lines to their end in a process that exits: written, or counted as lost. */
  atExit(): void;
  /** The same for one that a signal ends within the call. Waits for no worker, which would have to write them itself. */
  leave(): void;
}

const defaultBufferBytes = 4_096;
const defaultMaxBufferBytes = 16_777_216;
const flushEachMs = 1_000;

/** What streams of pino have beside `write`. */
interface Flushing {
  flush?(done?: (error?: Error | null) => void): void;
  flushSync?(): void;
  end?(): void;
  on?(event: string, listener: (...args: unknown[]) => void): unknown;
  once?(event: string, listener: (...args: unknown[]) => void): unknown;
  readonly destroyed?: boolean;
  readonly writableLength?: number;
}

/** Opens where lines go. Throws where a file cannot be opened: at start, not with the first line. */
export function openDestination(options: DestinationOptions, telemetry: Telemetry): OpenDestination {
  const { destination = 1, transport } = options;
  if (transport !== undefined) {
    if (options.destination !== undefined)
      throw optionError(
        "transport",
        'Options "destination" and "transport" exclude each other: give one of them.',
        "GSM_OPTION_CONFLICT",
      );
    const started = opened("transport", "one that pino can start", () =>
      pino.transport(transport as TransportSingleOptions),
    );
    return worker(started, telemetry);
  }
  if (typeof destination === "object") return given(destination, telemetry);
  return file(destination, options, telemetry);
}

function file(
  destination: string | number,
  { bufferBytes = defaultBufferBytes, maxBufferBytes = defaultMaxBufferBytes }: DestinationOptions,
  telemetry: Telemetry,
): OpenDestination {
  // An engine that is switched off flushes at no signal: there each line is written at once.
  const sync = bufferBytes === 0 || !telemetry.enabled;
  // Opened here: a stream that opens a file by itself loses what it has when the process dies before that.
  const fd = typeof destination === "number" ? destination : openFile(destination);
  const stream = pino.destination({
    fd,
    sync,
    // With 0 it would call a flush done while a write is under way.
    minLength: sync ? 0 : Math.max(1, bufferBytes),
    maxLength: maxBufferBytes,
    periodicFlush: sync ? 0 : flushEachMs,
  });
  const { logging } = telemetry;
  const bounded = boundFlush(stream, () => failedToWrite(telemetry));
  watch(stream, telemetry);
  stream.on("drop", () => logging.dropped("buffer-full"));
  function lose(): void {
    for (let lines = bounded.discard(); lines > 0; lines--) logging.dropped(refused);
  }
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") return;
    // Nobody reads it any more: pino has silenced the stream.
    lose();
    stream.write = () => {
      logging.dropped(refused);
      return true;
    };
  });
  const flush = (): Promise<unknown> => (sync ? Promise.resolve() : flushed(stream));
  function atExit(): void {
    settle(stream);
    if (!bounded.flush()) lose();
  }
  // It stays open: what is logged between the last flush and the end is written at exit.
  return {
    stream,
    flush,
    close: flush,
    settle: () => settle(stream),
    flushSync: () => void bounded.flush(),
    atExit,
    leave: atExit,
  };
}

function worker(stream: DestinationStream & Flushing, telemetry: Telemetry): OpenDestination {
  watch(stream, telemetry);
  return {
    stream,
    flush: () => flushed(stream),
    // A flush only hands lines to the worker; when it has closed, they are written.
    close: () =>
      new Promise<void>((resolve) => {
        if (stream.destroyed === true) return resolve();
        stream.once?.("close", () => resolve());
        stream.end?.();
      }),
    settle() {},
    flushSync: () => flushSync(stream),
    atExit() {},
    leave() {},
  };
}

function given(stream: DestinationStream & Flushing, telemetry: Telemetry): OpenDestination {
  watch(stream, telemetry);
  // Asked for each time: `pino.multistream` takes new streams while it runs.
  const flush = (): Promise<unknown> => Promise.all(endsOf(stream).map(flushed));
  const atExit = (): void => endsOf(stream).forEach(settle);
  return {
    stream,
    flush,
    close: flush,
    settle: () => endsOf(stream).forEach(settle),
    atExit,
    flushSync: () => endsOf(stream).forEach(flushSync),
    leave() {
      atExit();
      // A stream's own would try for ever where a pipe is not read.
      for (const end of endsOf(stream)) if (isBuffered(end)) boundFlush(end, () => failedToWrite(telemetry)).flush();
    },
  };
}

/** The streams that lines end in: those of a `pino.multistream`, which may hold further ones, or the stream itself. */
function endsOf(stream: Flushing, depth = 0): readonly Flushing[] {
  const { streams } = stream as { readonly streams?: unknown };
  if (!Array.isArray(streams) || depth >= maxDepth) return [stream];
  return (streams as readonly { readonly stream?: Flushing }[]).flatMap(({ stream: inner }) =>
    inner === undefined ? [] : endsOf(inner, depth + 1),
  );
}

const maxDepth = 8;

/** Why lines were lost that a file or pipe did not take. */
const refused = "destination-failed";

function openFile(path: string): number {
  return opened("destination", "the path of a file that can be written", () => {
    makeFolders(dirname(path));
    return openSync(path, "a");
  });
}

/** What an option leads to, opened at start. What goes wrong with it is an `OptionError`. */
function opened<T>(option: string, expectation: string, open: () => T): T {
  try {
    return open();
  } catch (cause) {
    const message = `Option "${option}" must be ${expectation}: ${(cause as Error).message}.`;
    throw optionError(option, message, "GSM_OPTION_FILE", cause);
  }
}

/** An error nobody listens to would end the service. */
function watch(stream: Flushing, telemetry: Telemetry): void {
  stream.on?.("error", () => failedToWrite(telemetry));
}

function failedToWrite({ logging }: Telemetry): void {
  logging.failed("log-destination");
}

/** A flush under way, and the one that follows it, for all who asked meanwhile: a flush covers what was written before it began. */
interface FlushUnderWay {
  readonly done: Promise<unknown>;
  next?: Promise<unknown>;
}

const underWay = new WeakMap<Flushing, FlushUnderWay>();

/** Resolves when what was written before has left, as far as the stream can tell. */
function flushed(stream: Flushing): Promise<unknown> {
  const running = underWay.get(stream);
  if (running !== undefined && stream.destroyed !== true)
    return (running.next ??= running.done.then(() => flushed(stream)));
  const done = flushNow(stream).finally(() => underWay.delete(stream));
  underWay.set(stream, { done });
  return done;
}

function flushNow(stream: Flushing): Promise<unknown> {
  return new Promise((resolve) => {
    if (stream.destroyed === true || typeof stream.flush !== "function") return whenWritten(stream, resolve);
    // The error of a flush is most often that of an fsync, which pipes do not have.
    if (stream.flush.length > 0) return stream.flush(resolve);
    resolve(stream.flush());
  }).catch(() => {});
}

/** A stream of Node's own says what it has not written yet. Who waits has a deadline. */
function whenWritten(stream: Flushing, resolve: (value?: unknown) => void): void {
  if (stream.destroyed === true || !(Number(stream.writableLength) > 0)) return resolve();
  setTimeout(whenWritten, lookEachMs, stream, resolve).unref();
}

const lookEachMs = 5;
const settleMs = 25;

/** What is under way is not among what a flush writes, and would be lost, or come after it. Whether there is any, `sonic-boom` says in this member. */
function settle(stream: object): void {
  if (Reflect.get(stream, "_writing") === true) pause(settleMs);
}

function flushSync(stream: Flushing): void {
  try {
    stream.flushSync?.();
  } catch {
    // The process is ending: what could not be written is lost, and there is nobody left to tell.
  }
}
