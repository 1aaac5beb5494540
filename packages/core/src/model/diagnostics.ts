/** The engine's own voice: one short line for the operator, never one a request. */
export interface Diagnostics {
  info(line: string): void;
  warn(line: string): void;
}

/** How loud the engine is. */
export type DiagnosticsLevel = "none" | "warn" | "info";

/** Lines to a function, or to standard error, each behind `gossamer: `. A function that throws is left alone: there is nobody left to tell. */
export function createDiagnostics(level: DiagnosticsLevel, write: (line: string) => void = toStderr): Diagnostics {
  const say = (line: string): void => {
    try {
      write(`gossamer: ${line}`);
    } catch {
      // The line is lost on purpose: a logger that throws must not reach the service, and has no other channel.
    }
  };
  return {
    info: level === "info" ? say : () => {},
    warn: level === "none" ? () => {} : say,
  };
}

function toStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
