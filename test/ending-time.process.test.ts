import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type OtlpReceiver, startOtlpReceiver } from "@gossamer/testing";
import { afterEach, describe, expect, it } from "vitest";
import { slowness } from "./setup/slowness.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const fixture = join(fixtures, "ending-service.mjs");
/** Far longer than what is to happen at once takes on a busy machine: who waits for a collector that is not there, waits for this. */
const longMs = 30_000;
/** What a process takes to end that waits for nothing. */
const atOnceMs = (): number => 1_500 * slowness();
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Ending {
  readonly signal: NodeJS.Signals;
  readonly deadlineMs: number;
  readonly endpoint: string | undefined;
  /** Between the last request and the signal. */
  readonly meanwhile?: (child: ReturnType<typeof spawn>) => Promise<unknown>;
}

/** Starts a service, asks it a few times, and answers how long it lives on after the signal. */
async function endedAfterMs(framework: string, { signal, deadlineMs, endpoint, meanwhile }: Ending): Promise<number> {
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: "production", OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
  for (const name of ["VITEST", "VITEST_WORKER_ID", "OTEL_EXPORTER_OTLP_ENDPOINT"]) {
    if (name !== "OTEL_EXPORTER_OTLP_ENDPOINT" || endpoint === undefined) delete env[name];
  }
  const child = spawn(process.execPath, [fixture, framework, String(deadlineMs)], {
    env,
    stdio: ["ignore", "pipe", "ignore", "ipc"],
  });
  closers.push(() => child.kill("SIGKILL"));
  const [port] = (await once(createInterface({ input: child.stdout! }), "line")) as [string];
  for (let i = 0; i < 3; i++) await (await fetch(`http://127.0.0.1:${port.slice("port ".length)}/hello`)).text();
  await meanwhile?.(child);
  const ended = once(child, "exit");
  const beganMs = performance.now();
  child.kill(signal);
  await ended;
  return performance.now() - beganMs;
}

async function flushed(child: ReturnType<typeof spawn>): Promise<void> {
  child.send("flush");
  await once(child, "message");
}

describe.each(["express", "fastify", "nest"])("%s", (framework) => {
  it.each<[string, string | undefined]>([
    ["no endpoint was named", undefined],
    ["nothing listens at the endpoint", "http://127.0.0.1:9"],
  ])("ends at once on SIGTERM where there is no collector: %s (E2)", async (_, endpoint) => {
    const tookMs = await endedAfterMs(framework, { signal: "SIGTERM", deadlineMs: longMs, endpoint });
    expect(tookMs).toBeLessThan(atOnceMs());
  });

  it("ends at once where there is nothing left to deliver (E2)", async () => {
    const receiver: OtlpReceiver = await startOtlpReceiver();
    closers.push(() => receiver.close());
    const ending = { signal: "SIGTERM", deadlineMs: longMs, endpoint: receiver.url, meanwhile: flushed } as const;
    expect(await endedAfterMs(framework, ending)).toBeLessThan(atOnceMs());
  });

  it("never waits past the deadline in all for a collector that went away, whoever closes first (E2)", async () => {
    const receiver: OtlpReceiver = await startOtlpReceiver();
    const meanwhile = async (child: ReturnType<typeof spawn>): Promise<void> => {
      await flushed(child);
      await receiver.close();
    };
    const ending = { signal: "SIGTERM", deadlineMs: 2_000, endpoint: receiver.url, meanwhile } as const;
    expect(await endedAfterMs(framework, ending)).toBeLessThan(2_000 + atOnceMs());
  });
});

it("Ctrl-C ends a service without a collector at once (E2)", async () => {
  const ending = { signal: "SIGINT", deadlineMs: longMs, endpoint: "http://127.0.0.1:9" } as const;
  expect(await endedAfterMs("express", ending)).toBeLessThan(atOnceMs());
});

describe.each(["http/protobuf", "grpc"])("by %s", (protocol) => {
  it("a job that has done its work ends by the deadline, also where the collector's address drops packets (E2)", async () => {
    const listener = spawn(process.execPath, [join(fixtures, "silent-listener.mjs")], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    closers.push(() => listener.kill("SIGKILL"));
    const [port] = (await once(createInterface({ input: listener.stderr }), "line")) as [string];
    const endpoint = `http://127.0.0.1:${port.slice("port ".length)}`;
    const beganMs = performance.now();
    const job = spawn(process.execPath, [join(fixtures, "short-job.mjs"), endpoint, protocol], { stdio: "ignore" });
    closers.push(() => job.kill("SIGKILL"));
    expect(await once(job, "exit")).toEqual([0, null]);
    // Connecting alone may take ten seconds.
    expect(performance.now() - beganMs).toBeLessThan(1_000 + 3 * atOnceMs());
  });
});
