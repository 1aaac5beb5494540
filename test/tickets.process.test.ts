import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { startOtlpReceiver, type OtlpReceiver } from "@gossamer/testing";
import { afterEach, beforeEach, expect, test } from "vitest";

const fixture = join(import.meta.dirname, "fixtures", "ticket-service.mjs");
const command = join(import.meta.dirname, "../packages/core/dist/gossamer.bundle.js");
const secret = "the secret that both services know";
const children: ChildProcess[] = [];
let receiver: OtlpReceiver;

beforeEach(async () => {
  receiver = await startOtlpReceiver();
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await receiver.close();
});

async function serve(name: string, tickets: string, next?: string): Promise<string> {
  const { VITEST: _1, VITEST_WORKER_ID: _2, NODE_ENV: _3, ...env } = process.env;
  const child = spawn(process.execPath, [fixture, name, ...(next === undefined ? [] : [next])], {
    env: { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, GOSSAMER_TICKET_SECRET: tickets },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 40_000,
  });
  children.push(child);
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  return `http://127.0.0.1:${/port (\d+)/.exec(said.toString())?.[1]}`;
}

test("a ticket made by the command has a request traced whole in two services that know the secret, and not in one that does not (R-S20)", async () => {
  const back = await serve("back", secret);
  const front = await serve("front", secret, back);
  const stranger = await serve("stranger", "another secret that is long enough or so", back);
  const ticket = execFileSync(process.execPath, [command, "ticket", "--route", "GET /users/:id", "--count", "2"], {
    env: { ...process.env, GOSSAMER_TICKET_SECRET: secret },
    encoding: "utf8",
  }).trim();
  await fetch(`${front}/users/1`);
  await fetch(`${stranger}/users/1`, { headers: { "gossamer-ticket": ticket } });
  await fetch(`${front}/users/1`, { headers: { "gossamer-ticket": ticket } });
  const seen = (): string[] =>
    receiver.spans.map(({ resource, name }) => `${String(resource["service.name"])} ${name}`);
  await expect.poll(() => seen().length).toBe(4);
  expect(seen().toSorted()).toEqual(["back GET /users/:id", "back load", "front GET /users/:id", "front load"]);
  const of = (service: string) =>
    receiver.spans.find(({ resource, kind }) => resource["service.name"] === service && kind === 2);
  expect(of("back")?.attributes["sampling.reason"]).toBe("ticket");
  expect(of("back")?.links[0]?.traceId).toBe(of("front")?.traceId);
});
