import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { consecutiveFailures } from "../breaker/breaker-strategies.ts";
import { CircuitBreaker } from "../breaker/circuit-breaker.ts";
import { ok, startCollector, status } from "../testing/collector.ts";
import { createPipeline, type KeptLines, keepLines, lines } from "../testing/pipeline-kit.ts";
import { type SmallDisk, smallDisk } from "../testing/small-disk.ts";
import { FileSpool, type FileSpoolSettings } from "./file-spool.ts";

let disk: SmallDisk | undefined;
let pid = 0;
const running = new Set<number>();

beforeEach(({ skip }) => {
  const found = smallDisk();
  if (typeof found === "string") skip(found);
  else disk = found;
});
afterEach(() => {
  disk?.unmount();
  disk = undefined;
});

function create(): {
  spool: FileSpool;
  settings: FileSpoolSettings;
  diagnostics: KeptLines;
  lost: () => number;
  end: () => void;
} {
  const diagnostics = keepLines();
  const mine = ++pid;
  let lost = 0;
  running.add(mine);
  const settings: FileSpoolSettings = {
    directory: join(disk!.path, "spool"),
    maxBytes: 8_000_000,
    maxAgeMs: 60_000,
    owner: {
      host: "web-1",
      pid: mine,
      thread: 0,
      beganEpochMs: 0,
      bootedEpochMs: 0,
      isRunning: (other) => running.has(other),
      birthOf: (other) => other.toString(16),
    },
    epochMs: () => 1_000_000,
    lost: (items) => (lost += items),
    diagnostics,
  };
  const spool = new FileSpool(settings);
  const end = (): void => {
    spool.close();
    running.delete(mine);
  };
  return { spool, settings, diagnostics, lost: () => lost, end };
}

const body = (number: number, bytes: number): Uint8Array[] => [Buffer.from(`${number} `.padEnd(bytes, "x"))];
const descriptors = (): number => readdirSync("/dev/fd").length;
const files = (): string[] => readdirSync(join(disk!.path, "spool"));

async function takeAll(spool: FileSpool): Promise<number[]> {
  const taken: number[] = [];
  for (let one = await spool.take(); one !== undefined; one = await spool.take()) {
    taken.push(Number.parseInt(Buffer.concat(one.body).toString(), 10));
    spool.settle(one, "delivered");
  }
  return taken;
}

describe("a spool on a disk that is really full", () => {
  it("keeps what fits and refuses the rest, one by one or many at once, with one line and nothing left open; a restart finds all that was kept (B3)", async () => {
    for (const atOnce of [false, true]) {
      disk!.fill(150_000);
      const { spool, diagnostics, end } = create();
      const before = descriptors();
      const numbers = Array.from({ length: 30 }, (_, i) => i);
      const put = (number: number): Promise<string> => spool.put(body(number, 17_000), 1);
      const became: string[] = [];
      if (atOnce) became.push(...(await Promise.all(numbers.map(put))));
      else for (const number of numbers) became.push(await put(number));
      const kept = numbers.filter((number) => became[number] === "kept");
      expect(kept.length).toBeGreaterThan(3);
      expect(kept.length).toBeLessThan(9);
      expect(became.filter((one) => one === "unwritable")).toHaveLength(30 - kept.length);
      expect(diagnostics.lines.filter((line) => line.startsWith("warn"))).toEqual([expect.stringContaining("ENOSPC")]);
      expect(descriptors() - before).toBeLessThanOrEqual(files().length);

      disk!.free();
      expect(await put(100)).toBe("kept");
      expect(diagnostics.lines.at(-1)).toContain("can be written again");
      end();
      const next = create();
      expect(await next.spool.recover()).toEqual({ items: kept.length + 1 });
      expect((await takeAll(next.spool)).sort((a, b) => a - b)).toEqual([...kept, 100]);
      expect(next.lost()).toBe(0);
      expect(files()).toEqual([]);
      next.end();
      expect(descriptors()).toBe(before);
    }
  });

  it("the last moment of a process on it: what could be written is found again (B3)", async () => {
    disk!.fill(60_000);
    const { spool, end } = create();
    const became = Array.from({ length: 10 }, (_, i) => spool.putNow(body(i, 17_000), 1, false));
    const kept = became.flatMap((one, i) => (one === "kept" ? [i] : []));
    expect(kept.length).toBeGreaterThan(0);
    expect(became).toContain("unwritable");
    end();
    const next = create();
    await next.spool.recover();
    expect(await takeAll(next.spool)).toEqual(kept);
    next.end();
  });

  it("marks are made in place: what was delivered while it was full is not sent again (B3)", async () => {
    const { spool, end } = create();
    for (let i = 0; i < 4; i++) await spool.put(body(i, 17_000), 1);
    disk!.fill();
    const first = await spool.take();
    spool.settle(first!, "delivered");
    end();
    const next = create();
    await next.spool.recover();
    expect(await takeAll(next.spool)).toEqual([1, 2, 3]);
    next.end();
  });

  it("each span of a service whose collector is away is in the spool, in memory, or counted, and arrives once there is room (B3, R-P8)", async () => {
    const collector = await startCollector(status(503));
    disk!.fill(120_000);
    const { diagnostics, end, settings } = create();
    const pipeline = createPipeline({
      url: collector.url,
      store: (lost) => new FileSpool({ ...settings, lost }),
      breaker: new CircuitBreaker({
        strategy: consecutiveFailures(1),
        openMs: 50,
        now: () => performance.now(),
        random: () => 0.5,
      }),
      diagnostics,
      http: { compression: "none" },
      settings: {
        retry: { attempts: 1, initialMs: 1, maxMs: 2, totalMs: 100 },
        queue: { maxItems: 12_000, maxBytes: 800_000 },
      },
    });
    const balance = (): void => {
      const { accepted, exported, queued, inFlight, spooled, dropped, uncertain } = pipeline.status();
      expect(exported + queued + inFlight + spooled + dropped + uncertain).toBe(accepted);
    };
    for (let i = 0; i < 40; i++) {
      pipeline.add(lines(`${"n".repeat(40)}${i}`, 400));
      await new Promise((resolve) => setTimeout(resolve, 10));
      balance();
    }
    await expect.poll(() => diagnostics.lines.filter((line) => line.includes("ENOSPC"))).toHaveLength(1);
    expect(pipeline.status().spooled).toBeGreaterThan(0);
    collector.reply = ok;
    disk!.free();
    const waiting = (): number => {
      const { spooled, queued, inFlight } = pipeline.status();
      return spooled + queued + inFlight;
    };
    await expect.poll(waiting, { timeout: 20_000 }).toBe(0);
    await pipeline.shutdown(5_000);
    balance();
    const { accepted, exported, dropped } = pipeline.status();
    expect(exported + dropped).toBe(accepted);
    expect(new Set(collector.taken).size).toBe(exported);
    end();
    await collector.stop();
  });
});
