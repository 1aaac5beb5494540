/** Whose a spool file is: one thread of one process. */
export interface SpoolOwner {
  /** The machine's name, of which only letters and digits are used. */
  readonly host: string;
  readonly pid: number;
  readonly thread: number;
  /** When the process began, in milliseconds since 1970. */
  readonly beganEpochMs: number;
  /** Whether a process of this machine runs. */
  readonly isRunning: (pid: number) => boolean;
}

const suffix = ".spool";
/** A file of another machine that nobody has touched for so long has lost its owner. */
const abandonedMs = 600_000;

export function spoolFileName(owner: SpoolOwner, number: number): string {
  return `${plain(owner.host)}-${owner.pid}-${owner.thread}-${String(number).padStart(6, "0")}${suffix}`;
}

export function isSpoolFile(name: string): boolean {
  return /^\w*-\d+-\d+-\d+\.spool$/.test(name);
}

/** Whether the owner of a file is gone, so that another may send what it holds. */
export function isOrphan(name: string, touchedEpochMs: number, self: SpoolOwner, nowEpochMs: number): boolean {
  const parts = /^(\w*)-(\d+)-(\d+)-\d+\.spool$/.exec(name);
  if (parts === null) return false;
  const [, host, pidText, threadText] = parts;
  if (host !== plain(self.host)) return nowEpochMs - touchedEpochMs > abandonedMs;
  const pid = Number(pidText);
  if (pid !== self.pid) return !self.isRunning(pid);
  // In a container every process may be number 1. The caller leaves out what it holds open itself.
  return Number(threadText) === self.thread || touchedEpochMs < self.beganEpochMs;
}

/** This process and thread. */
export function thisOwner(): SpoolOwner {
  const { pid } = process;
  return {
    host: process.getBuiltinModule("node:os").hostname(),
    pid,
    thread: process.getBuiltinModule("node:worker_threads").threadId,
    beganEpochMs: performance.timeOrigin,
    isRunning(other) {
      try {
        process.kill(other, 0);
        return true;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
      }
    },
  };
}

function plain(host: string): string {
  return host.replace(/[^A-Za-z0-9]/g, "_").slice(0, 64);
}
