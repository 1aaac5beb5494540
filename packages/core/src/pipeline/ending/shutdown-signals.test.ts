import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { keepLines } from "../testing/pipeline-kit.ts";
import { type HostProcess, installShutdown } from "./shutdown-signals.ts";

/** What a process of that number does to itself at a signal, when there is nothing to send. */
async function endOf(pid: number, signal: NodeJS.Signals): Promise<readonly string[]> {
  const did: string[] = [];
  const host = Object.assign(new EventEmitter(), {
    pid,
    kill: (target: number, name: string) => did.push(`kill ${target} ${name}`),
    exit: (code: number) => did.push(`exit ${code}`),
  });
  installShutdown({
    signals: true,
    deadlineMs: 1_000,
    servers: () => [],
    flush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
    leave: () => ({ spooled: 0, lost: 0 }),
    diagnostics: keepLines(),
    process: host as unknown as HostProcess,
  });
  host.emit(signal, signal);
  await expect.poll(() => did.length).toBeGreaterThan(0);
  return did;
}

it("the first process of a container, whom the kernel spares its own signals, exits with 128 + n; any other raises the signal again (A3)", async () => {
  expect((await endOf(1, "SIGTERM"))[0]).toBe("exit 143");
  expect((await endOf(1, "SIGINT"))[0]).toBe("exit 130");
  expect(await endOf(7, "SIGTERM")).toEqual(["kill 7 SIGTERM"]);
});
