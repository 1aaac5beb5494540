import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { Sensors, type SensorSources, sensorSources } from "./sensors.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The files of a machine, below a folder of its own. */
function machine(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "gossamer-machine-"));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const sourcesOf = (files: Readonly<Record<string, string>>): SensorSources =>
  sensorSources(() => performance.now(), machine(files));

describe("the limits of a container", () => {
  test("of cgroup v2 are its own, and those of the groups above it: the smallest holds (R-S14)", () => {
    const { limits, throttled } = sourcesOf({
      "proc/self/cgroup": "0::/pod/app\n",
      "sys/fs/cgroup/cgroup.controllers": "cpu memory\n",
      "sys/fs/cgroup/pod/cpu.max": "150000 100000\n",
      "sys/fs/cgroup/pod/memory.max": "268435456\n",
      "sys/fs/cgroup/pod/app/cpu.max": "max 100000\n",
      "sys/fs/cgroup/pod/app/memory.max": "536870912\n",
      "sys/fs/cgroup/pod/app/cpu.stat": "usage_usec 1\nnr_periods 40\nnr_throttled 10\nthrottled_usec 5\n",
    });
    expect(limits()).toEqual({ cpus: 1.5, memoryBytes: 268_435_456 });
    expect(throttled()).toEqual({ periods: 40, throttled: 10 });
  });

  test("of cgroup v2 are found where the container sees itself as the root (R-S14)", () => {
    const { limits } = sourcesOf({
      "proc/self/cgroup": "0::/\n",
      "sys/fs/cgroup/cgroup.controllers": "cpu memory\n",
      "sys/fs/cgroup/cpu.max": "50000 100000\n",
      "sys/fs/cgroup/memory.max": "max\n",
    });
    expect(limits()).toEqual({ cpus: 0.5, memoryBytes: undefined });
  });

  test("of cgroup v1 are found by controller, also where its own path is not mounted (R-S14)", () => {
    const { limits, throttled } = sourcesOf({
      "proc/self/cgroup": "4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc\n",
      "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "200000\n",
      "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
      "sys/fs/cgroup/cpu,cpuacct/cpu.stat": "nr_periods 8\nnr_throttled 2\nthrottled_time 9\n",
      "sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes": "100000000\n",
      "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    });
    expect(limits()).toEqual({ cpus: 2, memoryBytes: 100_000_000 });
    expect(throttled()).toEqual({ periods: 8, throttled: 2 });
  });

  test("of cgroup v1 that are none are none (R-S14)", () => {
    const { limits } = sourcesOf({
      "proc/self/cgroup": "3:cpu,cpuacct:/\n",
      "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
      "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    });
    expect(limits().cpus).toBeUndefined();
  });

  test.each([
    {},
    { "proc/self/cgroup": "\0 ::: nonsense" },
    { "proc/self/cgroup": "0::/", "sys/fs/cgroup/cgroup.controllers": "", "sys/fs/cgroup/cpu.max": "x" },
  ])("that nobody tells, or tells in nonsense, are not known, and no fault (R-S14)", (files) => {
    const { limits, throttled } = sourcesOf(files);
    expect(limits()).toEqual({ cpus: undefined, memoryBytes: undefined });
    expect(throttled()).toBeUndefined();
  });
});

describe("what sensors say", () => {
  const gigabyte = 1_073_741_824;

  /** Sources that each move by what is given between two looks. */
  function look(change: Partial<SensorSources> = {}, steps: Record<string, number> = {}): ReturnType<Sensors["look"]> {
    let at = 0;
    const { cpuMs = 0, threadMs = 0, active = 0, idle = 0 } = steps;
    const sensors = new Sensors({
      now: () => at * 1_000,
      processCpuMs: () => at * cpuMs,
      threadCpuMs: () => at * threadMs,
      loop: () => ({ active: at * active, idle: at * idle }),
      residentBytes: () => 0,
      heap: () => ({ usedBytes: 0, limitBytes: gigabyte }),
      cpuCount: () => 8,
      totalBytes: () => 16 * gigabyte,
      limits: () => ({ cpus: undefined, memoryBytes: undefined }),
      throttled: () => undefined,
      ...change,
    });
    at = 1;
    return sensors.look();
  }

  test("one busy thread is a busy process, however large the machine is (R-S14)", () => {
    expect(look({}, { cpuMs: 900, threadMs: 900 }).readings.cpu).toBeCloseTo(0.9);
  });

  test("clocks of the CPU that move in steps make no thread busier than all of the time (R-S14)", () => {
    expect(look({}, { cpuMs: 1_004, threadMs: 1_004 }).readings.cpu).toBe(1);
  });

  test("a container's quota is what the CPU of the process is measured by (R-S14)", () => {
    const limits = (): ReturnType<SensorSources["limits"]> => ({ cpus: 0.5, memoryBytes: undefined });
    expect(look({ limits }, { cpuMs: 450, threadMs: 300 }).readings.cpu).toBeCloseTo(0.9);
  });

  test("where Node does not tell the CPU of the thread, its event loop does (R-S14)", () => {
    const { readings } = look({ threadCpuMs: () => undefined }, { active: 700, idle: 300 });
    expect(readings).toMatchObject({ cpu: 0.7, loop: 0.7 });
  });

  test("memory is that of the container, or the heap against its own limit, whichever is more (R-S14)", () => {
    const limits = (): ReturnType<SensorSources["limits"]> => ({ cpus: undefined, memoryBytes: gigabyte });
    expect(look({ limits, residentBytes: () => gigabyte / 2 }).readings.memory).toBe(0.5);
    expect(look({ limits, heap: () => ({ usedBytes: 90, limitBytes: 100 }) }).readings.memory).toBe(0.9);
  });

  test("a limit beyond the machine's memory is none (R-S14)", () => {
    const limits = (): ReturnType<SensorSources["limits"]> => ({ cpus: undefined, memoryBytes: 2 ** 63 });
    expect(look({ limits, residentBytes: () => gigabyte }).readings.memory).toBe(0);
  });

  test("a thread that waits for a CPU is busy by the wall and not by its CPU, and what is timed meanwhile is corrected (R-O1)", () => {
    expect(look({}, { threadMs: 200, active: 800, idle: 200 }).onCpu).toBe(0.25);
    expect(look({}, { threadMs: 800, active: 790, idle: 200 }).onCpu).toBe(1);
    expect(look({ threadCpuMs: () => undefined }, { active: 800, idle: 200 }).onCpu).toBe(1);
  });

  test("throttling is the share of periods since the last look (R-S14)", () => {
    let periods = 100;
    const throttled = (): { periods: number; throttled: number } => ({
      periods: (periods += 100),
      throttled: periods / 4,
    });
    expect(look({ throttled }).readings.throttled).toBe(0.25);
  });

  test("of this process they are numbers (R-S14)", () => {
    const sensors = new Sensors(sensorSources(() => performance.now()));
    const until = performance.now() + 20;
    while (performance.now() < until);
    const { readings, processCpuMs, elapsedMs } = sensors.look();
    expect(processCpuMs).toBeGreaterThan(0);
    expect(elapsedMs).toBeGreaterThanOrEqual(20);
    expect(readings.memory).toBeGreaterThan(0);
    expect(readings.cpu).toBeGreaterThan(0);
  });
});
