import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { OverheadReport } from "@gossamer/core";
import { afterEach, describe, expect, it } from "vitest";

const fixture = join(import.meta.dirname, "fixtures", "governed-service.mjs");

/** A change as the service tells it. */
interface Change {
  readonly from: string;
  readonly to: string;
  readonly cause: string;
  readonly share: number;
  readonly memory: number;
  readonly cpu: number;
  readonly throttled: number;
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

/** @param root where it finds its control group */
async function start(kind: string, flags: readonly string[] = [], root?: string): Promise<Governed> {
  const other = root === undefined ? [] : ["--import", new URL("fixtures/other-root.mjs", import.meta.url).href];
  const service = spawn(process.execPath, [...flags, ...other, fixture, kind], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...(root === undefined ? {} : { OTHER_ROOT: root }) },
  });
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
  await expect.poll(() => changes.length, { timeout: 60_000 }).toBeGreaterThan(0);
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
  await expect.poll(() => changes.map(({ to }) => to), { timeout: 60_000 }).toContain("ratio");
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
  const { changes, load } = await start("heap", ["--max-old-space-size=96"]);
  const fill = load("/fill");
  await expect.poll(() => changes.length, { timeout: 60_000 }).toBeGreaterThan(0);
  await fill.stop();
  expect(changes[0]).toMatchObject({ to: "children", cause: "load" });
  expect(changes[0]?.memory).toBeGreaterThan(0.75);
}, 120_000);

/** The files of a container with a tenth of a CPU and 32 MB, and those of one without limits, in both versions of control groups. */
const versions = {
  v1: {
    base: {
      "proc/self/cgroup": "4:memory:/shop\n3:cpu,cpuacct:/shop\n",
      "sys/fs/cgroup/cpu,cpuacct/shop/cpu.cfs_period_us": "100000\n",
    },
    quota: { "sys/fs/cgroup/cpu,cpuacct/shop/cpu.cfs_quota_us": "10000\n" },
    noQuota: { "sys/fs/cgroup/cpu,cpuacct/shop/cpu.cfs_quota_us": "-1\n" },
    memory: { "sys/fs/cgroup/memory/shop/memory.limit_in_bytes": `${32 << 20}\n` },
    stat: "sys/fs/cgroup/cpu,cpuacct/shop/cpu.stat",
  },
  v2: {
    base: { "proc/self/cgroup": "0::/shop\n", "sys/fs/cgroup/cgroup.controllers": "cpu memory\n" },
    quota: { "sys/fs/cgroup/shop/cpu.max": "10000 100000\n" },
    noQuota: { "sys/fs/cgroup/shop/cpu.max": "max 100000\n" },
    memory: { "sys/fs/cgroup/shop/memory.max": `${32 << 20}\n` },
    stat: "sys/fs/cgroup/shop/cpu.stat",
  },
} as const;

describe.each(["v1", "v2"] as const)("in a container, by its control group of %s", (version) => {
  const { base, quota, noQuota, memory, stat } = versions[version];
  let root = "";

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function put(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  }

  function tree(...parts: Readonly<Record<string, string>>[]): string {
    root = mkdtempSync(join(tmpdir(), "gossamer-cgroup-"));
    for (const files of [base, ...parts]) put(files);
    return root;
  }

  /** A fifth of a CPU. */
  async function useSome({ get }: Governed, until: () => boolean): Promise<void> {
    const deadline = Date.now() + 90_000;
    while (!until() && Date.now() < deadline) {
      await get("/work");
      await new Promise((resolve) => setTimeout(resolve, 12));
    }
  }

  it("what a process uses is held against its quota (R-S14)", async () => {
    const limited = await start("quota", [], tree(quota));
    await useSome(limited, () => limited.changes.length > 0);
    expect(limited.changes[0]).toMatchObject({ to: "children", cause: "load", cpu: 1 });
    child?.kill("SIGKILL");

    const free = await start("quota", [], tree(noQuota));
    let requests = 0;
    await useSome(free, () => ++requests > 100);
    expect(free.changes).toEqual([]);
  }, 120_000);

  it("what it holds is held against the memory it may have (R-S14)", async () => {
    const { changes, load } = await start("heap", [], tree(noQuota, memory));
    const fill = load("/fill");
    await expect.poll(() => changes.length, { timeout: 60_000 }).toBeGreaterThan(0);
    await fill.stop();
    expect(changes[0]).toMatchObject({ to: "children", cause: "load" });
    // All of Node is more than that.
    expect(changes[0]?.memory).toBeGreaterThan(1);
  }, 120_000);

  it("periods in which its quota held it up are load (R-S14)", async () => {
    const text = (periods: number, throttled: number): string => `nr_periods ${periods}\nnr_throttled ${throttled}\n`;
    const { changes, load } = await start("throttled", [], tree(quota, { [stat]: text(0, 0) }));
    const work = load("/work");
    let periods = 0;
    let throttled = 0;
    /** Half a second of which that share is held up. */
    const pass = async (share: number): Promise<void> => {
      for (let i = 0; i < 10; i++) {
        put({ [stat]: text((periods += 10), (throttled += 10 * share)) });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    await pass(0.1);
    await pass(0.1);
    expect(changes).toEqual([]);
    for (let i = 0; i < 40 && changes.length === 0; i++) await pass(0.5);
    await work.stop();
    expect(changes[0]).toMatchObject({ to: "children", cause: "throttling" });
    expect(changes[0]?.throttled).toBeGreaterThan(0.25);
  }, 120_000);
});
