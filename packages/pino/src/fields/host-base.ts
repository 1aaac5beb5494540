import { hostname } from "node:os";

/** What pino puts on every line by itself. */
export function hostBase(): { pid: number; hostname: string } {
  return { pid: process.pid, hostname: hostname() };
}
