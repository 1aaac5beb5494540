import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { OverheadReport } from "@gossamer/core";
import { afterEach, expect, it } from "vitest";

const fixture = join(import.meta.dirname, "fixtures", "governed-service.mjs");

/** A change as the service tells it. */
interface Change {
  readonly from: string;
  readonly to: string;
  readonly cause: string;
  readonly share: number;
  readonly memory: number;
  readonly block: number;
}

interface Governed {
  readonly changes: readonly Change[];
  get(path: string): Promise<string>;
  overhead(): Promise<OverheadReport>;
  /** Asks for it without a pause until it is told to stop. Every answer is as it should be. */
  load(path: string): { readonly answers: () => number; stop(): Promise<void> };
}

let child: ChildProcess | undefined;
afterEach(() => child?.kill("SIGKILL"));

async function start(kind: string, ...flags: string[]): Promise<Governed> {
  const service = spawn(process.execPath, [...flags, fixture, kind], { stdio: ["ignore", "pipe", "inherit"] });
  child = service;
  const changes: Change[] = [];
  const lines = createInterface({ input: service.stdout });
  const [first] = (await once(lines, "line")) as [string];
  lines.on("line", (line) => void changes.push(JSON.parse(line) as Change));
  const url = `http://127.0.0.1:${first.slice("port ".length)}`;
  const get = async (path: string): Promise<string> => {
    const answer = await fetch(url + path);
    expect(answer.status).toBe(200);
    return answer.text();
  };
  return {
    changes,
    get,
    overhead: async () => JSON.parse(await get("/overhead")) as OverheadReport,
    load(path) {
      let isOver = false;
      let answers = 0;
      const running = (async () => {
        while (!isOver) {
          const text = await get(path);
          if (path === "/work") expect(text).toBe("done");
          answers++;
        }
      })();
      return {
        answers: () => answers,
        async stop() {
          isOver = true;
          await running;
        },
      };
    },
  };
}

it("an exporter that blocks has telemetry held back, and all of it comes back once it does not; requests are served all the same (R-O2)", async () => {
  const { changes, get, load, overhead } = await start("exporter");
  const work = load("/work");
  await expect.poll(() => changes.length, { timeout: 30_000 }).toBeGreaterThan(0);
  expect(changes[0]).toMatchObject({ from: "full", to: "children", cause: "overhead" });
  expect(changes[0]?.share).toBeGreaterThan(0.15);
  // What it did to the event loop is known too.
  expect(changes[0]?.block).toBeGreaterThanOrEqual(5);
  expect((await overhead()).byPart.export).toBeGreaterThan(0.05);
  await get("/mend");
  await expect.poll(() => changes.at(-1)?.to, { timeout: 60_000 }).toBe("full");
  await work.stop();
  expect(work.answers()).toBeGreaterThan(100);
}, 120_000);

it("handlers that keep the thread busy are load, and less is sampled (R-S14, R-O3)", async () => {
  const { changes, load } = await start("busy");
  const work = load("/work");
  await expect.poll(() => changes.map(({ to }) => to), { timeout: 30_000 }).toContain("ratio");
  await work.stop();
  expect(changes.every(({ cause }) => cause === "load")).toBe(true);
}, 120_000);

it("where telemetry is too small a part of the load nothing is held back (R-S14, R-O3)", async () => {
  const { changes, load, overhead } = await start("blameless");
  const work = load("/work");
  await expect.poll(work.answers, { timeout: 60_000 }).toBeGreaterThan(400);
  const { sensors, share } = await overhead();
  await work.stop();
  expect(sensors.loop).toBeGreaterThan(0.5);
  expect(share).toBeLessThan(0.9);
  expect(changes).toEqual([]);
}, 120_000);

it("a heap of 96 MB that fills up is load, long before it is full (R-S14, R-O3)", async () => {
  const { changes, load } = await start("heap", "--max-old-space-size=96");
  const fill = load("/fill");
  await expect.poll(() => changes.length, { timeout: 60_000 }).toBeGreaterThan(0);
  await fill.stop();
  expect(changes[0]).toMatchObject({ to: "children", cause: "load" });
  expect(changes[0]?.memory).toBeGreaterThan(0.75);
}, 120_000);
