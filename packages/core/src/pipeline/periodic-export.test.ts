import { afterEach, describe, expect, it } from "vitest";
import { HttpSender } from "./transport/http-sender.ts";
import { PeriodicExport, type PeriodicExportParts } from "./periodic-export.ts";
import { CollectorLog } from "./log/collector-log.ts";
import { type Collector, ok, startCollector, status } from "./testing/collector.ts";
import { createPipeline, keepLines, lines, senderSettings, settings } from "./testing/pipeline-kit.ts";
import { freePort } from "../testing/free-port.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function collect(reply?: Collector["reply"], port?: number): Promise<Collector> {
  const collector = await startCollector(reply, port);
  closers.push(() => collector.stop());
  return collector;
}

/** Each collection is one payload of two points with the number of the collection in it. */
function create(parts: Partial<PeriodicExportParts> & { readonly url: string }): PeriodicExport {
  const { url, ...others } = parts;
  let collections = 0;
  const periodic = new PeriodicExport({
    unit: "data points",
    intervalMs: 60_000,
    temporality: "cumulative",
    collect: () => [{ parts: [lines(`collection${++collections}`, 2).payload], items: 2 }],
    retry: settings.retry,
    sender: new HttpSender({ ...senderSettings, url }),
    endpointGiven: true,
    diagnostics: keepLines(),
    ...others,
  });
  closers.push(() => periodic.shutdown(0));
  return periodic;
}

describe("PeriodicExport", () => {
  it("sends a collection each interval, one at a time (R-M4)", async () => {
    const collector = await collect((arrived, response) => setTimeout(() => ok(arrived, response), 40));
    const periodic = create({ url: collector.url, intervalMs: 15 });
    await expect.poll(() => periodic.status().exports).toBeGreaterThan(2);
    expect(collector.mostAtOnce).toBe(1);
    expect(collector.arrived[0]?.lines).toEqual(["collection1.0", "collection1.1"]);
  });

  it("sends one collection after the other when two ask for a flush at once (R-M4)", async () => {
    const collector = await collect((arrived, response) => setTimeout(() => ok(arrived, response), 40));
    const periodic = create({ url: collector.url });
    await expect(Promise.all([periodic.flush(5_000), periodic.flush(5_000)])).resolves.toEqual([true, true]);
    expect(collector.mostAtOnce).toBe(1);
  });

  it("sends every payload of a collection as a request of its own (R-M4)", async () => {
    const collector = await collect();
    const periodic = create({
      url: collector.url,
      collect: () => [1, 2].map((i) => ({ parts: [lines(`part${i}`).payload], items: 1 })),
    });
    await expect(periodic.flush(30_000)).resolves.toBe(true);
    expect(collector.arrived.map((arrived) => arrived.lines)).toEqual([["part1.0"], ["part2.0"]]);
    expect(periodic.status()).toMatchObject({ exports: 2, exported: 2, failures: 0 });
  });

  it("tries again within the interval and loses nothing to a collector that is busy for a moment (R-P6)", async () => {
    const collector = await collect((arrived, response) => (arrived.number < 3 ? status(503) : ok)(arrived, response));
    const periodic = create({ url: collector.url, temporality: "delta" });
    await expect(periodic.flush(30_000)).resolves.toBe(true);
    expect(periodic.status()).toMatchObject({ exports: 1, dropped: 0, tries: 3 });
  });

  it("delivers without a restart when a collector appears, and says so once (R-P6)", async () => {
    const port = await freePort();
    const diagnostics = keepLines();
    const periodic = create({ url: `http://127.0.0.1:${port}/`, intervalMs: 100, diagnostics });
    await expect.poll(() => periodic.status().failures).toBeGreaterThan(1);
    const collector = await collect(ok, port);
    await expect.poll(() => collector.taken.length).toBeGreaterThan(1);
    await expect.poll(() => diagnostics.lines).toHaveLength(2);
    expect(periodic.status().dropped).toBe(0);
  });

  it("keeps a delta for as long as the collector is away, what happens meanwhile in the next, and loses none of it (B9)", async () => {
    const port = await freePort();
    const diagnostics = keepLines();
    let counted = 0;
    const periodic = create({
      url: `http://127.0.0.1:${port}/`,
      intervalMs: 100,
      temporality: "delta",
      random: () => 0,
      diagnostics,
      collect: () => {
        const items = counted;
        counted = 0;
        return items === 0 ? [] : [{ parts: [lines("delta", items).payload], items }];
      },
    });
    counted = 3;
    await expect.poll(() => periodic.status().failures).toBeGreaterThan(1);
    for (let i = 0; i < 6; i++) {
      counted += 5;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(periodic.status()).toMatchObject({ dropped: 0, exports: 0 });
    const collector = await collect(ok, port);
    await expect.poll(() => periodic.status().exported).toBe(33);
    expect(collector.arrived.map((arrived) => arrived.lines.length)).toEqual([3, 30]);
    expect(diagnostics.lines[0]).toMatch(/telemetry is queued up to its limit and sent when it is back$/);
  });

  it("keeps a delta that a collector cannot take now for ten intervals, tries it in each, and counts it as lost then (B9)", async () => {
    const collector = await collect(status(503));
    let collections = 0;
    const periodic = create({
      url: collector.url,
      // One alone, however late it is looked at.
      collect: () => (collections++ === 0 ? [{ parts: [lines("delta", 2).payload], items: 2 }] : []),
      intervalMs: 50,
      temporality: "delta",
      retry: { attempts: 2, initialMs: 1, maxMs: 1, totalMs: 1_000 },
    });
    await expect.poll(() => periodic.status().drops).toMatchObject({ "retries-exhausted": 2 });
    expect(periodic.status().tries).toBeGreaterThanOrEqual(10);
    expect(periodic.status().tries).toBeLessThanOrEqual(24);
  });

  it("counts at its end what waits, and what happened since (B9)", async () => {
    const periodic = create({ url: `http://127.0.0.1:${await freePort()}/`, temporality: "delta" });
    await periodic.flush(50);
    await periodic.shutdown(0);
    expect(periodic.status()).toMatchObject({ drops: { shutdown: 4 } });
  });

  it("counts a refused delta as lost, but a refused cumulative collection only as a failure (R-P11)", async () => {
    const collector = await collect(status(400));
    for (const temporality of ["delta", "cumulative"] as const) {
      const periodic = create({ url: collector.url, temporality });
      await periodic.flush(5_000);
      expect(periodic.status().failures).toBe(1);
      expect(periodic.status().drops).toEqual(temporality === "delta" ? { refused: 2 } : {});
    }
  });

  it("sends a last collection at its shutdown, then nothing more (R-P9)", async () => {
    const collector = await collect();
    const periodic = create({ url: collector.url, intervalMs: 100 });
    await periodic.shutdown(5_000);
    const sent = collector.arrived.length;
    expect(sent).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(collector.arrived).toHaveLength(sent);
  });

  it("bounds its shutdown when the collector accepts and never answers, and counts the delta, with what happened since (R-P9)", async () => {
    const collector = await collect(() => {});
    const periodic = create({ url: collector.url, temporality: "delta" });
    await Promise.all([periodic.shutdown(150), periodic.shutdown(60_000)]);
    expect(periodic.status()).toMatchObject({ exports: 0, drops: { shutdown: 4 } });
  });

  it("survives a collection that throws (R-P11)", async () => {
    const collector = await collect();
    const periodic = create({
      url: collector.url,
      collect: () => {
        throw new Error("broken");
      },
    });
    await expect(periodic.flush(30_000)).resolves.toBe(true);
    expect(periodic.status()).toMatchObject({ failures: 1, tries: 0 });
  });

  it("shares its trouble with the traces of the same collector, so that it is one line (R-P15)", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const diagnostics = keepLines();
    const collectorLog = new CollectorLog({ collector: url, endpointGiven: false, diagnostics });
    const shared = { url, collectorLog, endpointGiven: false, diagnostics };
    const periodic = create(shared);
    const pipeline = createPipeline(shared);
    pipeline.add(lines("a"));
    await Promise.all([periodic.flush(5_000), pipeline.flush(5_000)]);
    expect(diagnostics.lines).toEqual([
      `info no collector at ${url}; telemetry is queued up to its limit and sent when one appears. To see it, start one there, set OTEL_EXPORTER_OTLP_ENDPOINT to yours, or use exporter: "console"`,
    ]);
    await pipeline.shutdown(0);
  });
});
