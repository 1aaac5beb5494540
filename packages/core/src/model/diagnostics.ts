import { builtin } from "./builtin.ts";
import type { CodeOf } from "./codes.ts";

/** The engine's own voice: one short line for the operator, never one a request. */
export interface Diagnostics {
  info(line: string, code: CodeOf<"info">): void;
  warn(line: string, code: CodeOf<"warn">): void;
  /** Whether lines of `info` reach nobody, while warnings do. @default false */
  readonly hearsWarningsAlone?: boolean | undefined;
}

/** How loud the engine is. */
export type DiagnosticsLevel = "none" | "warn" | "info";

/**
 * What would make two lines of one, or move the cursor of a terminal, being neither of what is printed: names of metrics, spans and files may have
 * anything in them. By numbers, as V8 takes as long as for 50 functions to find out which letters have a property of Unicode's.
 */
const lineBreakers = /[^ -~\u00a0-\u2027\u202a-\uffff]+/g;

/** Lines to a function, or to standard error, each behind `gossamer: ` and before its code. A function that throws is left alone: there is nobody left to tell. */
export function createDiagnostics(level: DiagnosticsLevel, write: (line: string) => void = toStderr): Diagnostics {
  const say = (line: string, code: string): void => {
    try {
      write(`gossamer: ${line.replace(lineBreakers, " ")} [${code}]`);
    } catch {
      // The line is lost on purpose: a logger that throws must not reach the service, and has no other channel.
    }
  };
  return {
    info: level === "info" ? say : () => {},
    warn: level === "none" ? () => {} : say,
    hearsWarningsAlone: level === "warn",
  };
}

function toStderr(line: string): void {
  if (isStderrUnused() && writeToDescriptor(`${line}\n`)) return;
  process.stderr.write(`${line}\n`);
}

/**
 * Whether nobody in this process has looked at `process.stderr` yet, so nobody waits for lines there: the first look makes a stream, and loads
 * all that streams need.
 */
function isStderrUnused(): boolean {
  const loaded = (process as { readonly moduleLoadList?: readonly string[] }).moduleLoadList;
  return loaded?.includes("NativeModule internal/streams/writable") === false;
}

/** False when not all of it was taken, as by a pipe that is full and does not wait. */
function writeToDescriptor(text: string): boolean {
  try {
    builtin("node:fs").writeSync(2, text);
    return true;
  } catch {
    return false;
  }
}
