import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type OtlpReceiver, startOtlpReceiver } from "@gossamer/testing";
import { afterEach, beforeEach, expect, it } from "vitest";

const fixture = join(import.meta.dirname, "fixtures", "closing-service.mjs");
const requests = 20;

let receiver: OtlpReceiver;
beforeEach(async () => {
  receiver = await startOtlpReceiver();
});
afterEach(() => receiver.close());

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly string[];
}

/** Starts the service, asks it twenty times over a connection that stays open, and sends it SIGTERM. */
async function serveAndEnd(how: string): Promise<Ending> {
  const child = spawn(process.execPath, [fixture, how], {
    env: { ...process.env, NODE_ENV: "production", OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => lines.push(line));
  const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  const [port] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  for (let i = 0; i < requests; i++) {
    const answer = await fetch(`http://127.0.0.1:${port.slice("port ".length)}/hello`);
    expect(await answer.text()).toBe("hello");
  }
  child.kill("SIGTERM");
  const [code, signal] = await ended;
  return { code, signal, lines };
}

function counted(): number {
  return receiver.latestPoints("http.server.request.duration").reduce((sum, { count }) => sum + Number(count), 0);
}

it("a service without a signal listener of its own delivers everything on SIGTERM, and ends by the signal (R-P9)", async () => {
  const { code, signal } = await serveAndEnd("nothing");
  expect({ code, signal }).toEqual({ code: null, signal: "SIGTERM" });
  expect(receiver.spans).toHaveLength(requests);
  expect(counted()).toBe(requests);
});

it("a service that awaits telemetry.shutdown() when its server has closed delivers everything, and ends with 0 (R-P9)", async () => {
  const { code } = await serveAndEnd("shutdown-in-close");
  expect(code).toBe(0);
  expect(receiver.spans).toHaveLength(requests);
  expect(counted()).toBe(requests);
});

it("a service that calls process.exit() when its server has closed ends with 0, and is told in one line what it lost (R-P9)", async () => {
  const { code, lines } = await serveAndEnd("exit-in-close");
  expect(code).toBe(0);
  const told = lines.flatMap((line) => /before (\d+) spans were delivered/.exec(line)?.[1] ?? []);
  expect(told.length).toBeLessThanOrEqual(1);
  // SIGTERM began a flush, so some may have left: what arrived and what is told make up all.
  expect(receiver.spans.length + Number(told[0] ?? 0)).toBeGreaterThanOrEqual(requests);
});
