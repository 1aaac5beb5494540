import { builtin } from "../../model/builtin.ts";

/** Whose a spool file is: one thread of one process. */
export interface SpoolOwner {
  /** The machine's name, of which only letters and digits are used. */
  readonly host: string;
  readonly pid: number;
  readonly thread: number;
  /** When the process began, in milliseconds since 1970. */
  readonly beganEpochMs: number;
  /** When the machine did, about. */
  readonly bootedEpochMs: number;
  /** Whether a process of this machine runs. */
  readonly isRunning: (pid: number) => boolean;
  /** What tells a process of this machine from every other that has its number, now or ever; undefined where the system does not say. */
  readonly birthOf: (pid: number) => string | undefined;
}

const suffix = ".spool";
const pattern = /^(\w*)-(\d+)-(\d+)-(?:b([0-9a-f]+)-)?\d+\.spool$/;
/** A file of another machine that nobody has touched for so long has lost its owner. */
const abandonedMs = 600_000;
/** The clock may have been set since the machine began. */
const bootSlackMs = 60_000;

export function spoolFileName(owner: SpoolOwner, number: number): string {
  const birth = owner.birthOf(owner.pid);
  const who = `${plain(owner.host)}-${owner.pid}-${owner.thread}${birth === undefined ? "" : `-b${birth}`}`;
  return `${who}-${String(number).padStart(6, "0")}${suffix}`;
}

export function isSpoolFile(name: string): boolean {
  return pattern.test(name);
}

/** Whether the owner of a file is gone, so that another may send what it holds. */
export function isOrphan(name: string, touchedEpochMs: number, self: SpoolOwner, nowEpochMs: number): boolean {
  const parts = pattern.exec(name);
  if (parts === null) return false;
  const [, host, pidText, threadText, birth] = parts;
  if (host !== plain(self.host)) return nowEpochMs - touchedEpochMs > abandonedMs;
  const pid = Number(pidText);
  if (pid !== self.pid && !self.isRunning(pid)) return true;
  // Some process has the number now. After a reboot, or after many processes, it is another one.
  const birthNow = self.birthOf(pid);
  if (birth !== undefined && birthNow !== undefined && birth !== birthNow) return true;
  if (birth === undefined && touchedEpochMs < self.bootedEpochMs - bootSlackMs) return true;
  if (pid !== self.pid) return false;
  // In a container every process may be number 1. The caller leaves out what it holds open itself.
  return Number(threadText) === self.thread || touchedEpochMs < self.beganEpochMs;
}

/** This process and thread. */
export function thisOwner(): SpoolOwner {
  const { pid } = process;
  const os = builtin("node:os");
  const birth = birthOf(pid);
  return {
    host: os.hostname(),
    pid,
    thread: process.getBuiltinModule("node:worker_threads").threadId,
    beganEpochMs: performance.timeOrigin,
    bootedEpochMs: performance.timeOrigin - (os.uptime() - process.uptime()) * 1000,
    isRunning(other) {
      try {
        process.kill(other, 0);
        return true;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
      }
    },
    birthOf: (other) => (other === pid ? birth : birthOf(other)),
  };
}

/** On Linux, which boot of the machine it was and how many ticks after it the process began. */
function birthOf(pid: number): string | undefined {
  const { readFileSync } = builtin("node:fs");
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").replace(/[^0-9a-f]/g, "");
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // Behind the name of the program, which may hold anything, the fields count from the third.
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return ticks === undefined || boot === "" ? undefined : boot.slice(0, 12) + Number(ticks).toString(16);
  } catch {
    // Not Linux, or a process of which this one is told nothing.
    return undefined;
  }
}

function plain(host: string): string {
  return host.replace(/[^A-Za-z0-9]/g, "_").slice(0, 64);
}
