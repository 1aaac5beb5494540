import { describe, expect, it } from "vitest";
import { compareLoads } from "./compare-loads.ts";
import { type LoadReport, type LoadRound, readLoadReport } from "./load-report.ts";
import { comparisonText, loadPlot, loadText } from "./load-text.ts";

const machine = {
  cpu: "a CPU",
  cores: 2,
  memoryGiB: 4,
  platform: "linux x64",
  node: "v24.1.0",
  loadAverage: [0, 0, 0],
};

function round(cpuMicros: number, p95Micros: number, lostSpans = 0): LoadRound {
  return {
    requests: 1_000,
    cpuMicros,
    p50Micros: p95Micros / 2,
    p95Micros,
    exportedSpans: 500,
    lostSpans,
    rssBytes: 2e7,
  };
}

/** Rounds that spread by two percent around what is given. */
function report(
  given: Readonly<Record<string, readonly [cpu: number, p95: number]>>,
  { rounds = 8, lost = 0, ...change }: Partial<LoadReport> & { rounds?: number; lost?: number } = {},
): LoadReport {
  return {
    schemaVersion: 1,
    measuredAt: "2026-11-30T00:00:00.000Z",
    commit: "0123456789",
    machine,
    settings: { ratios: [1], batches: [128, 512], seconds: 20, rounds, threads: 2 },
    cells: Object.entries(given).map(([name, [cpu, p95]]) => ({
      name,
      ratio: name === "off" ? undefined : 1,
      batch: name === "off" ? undefined : Number(name.split(" ").at(-1)),
      rounds: Array.from({ length: rounds }, (_, i) => {
        const spread = 0.99 + (0.02 * i) / rounds;
        return round(cpu * spread, p95 * spread, i === 0 ? lost : 0);
      }),
    })),
    burst: { spans: 100_000, lost: 0, spansPerSecond: 500_000, deliveredPerSecond: 300_000 },
    threads: { threads: 2, spansPerSecond: 900_000, lost: 10 },
    ...change,
  };
}

const cell = "ratio 1, batch 128";

describe("two load tests", () => {
  it("that measured the same are green (R-D4)", () => {
    const same = report({ off: [10, 20], [cell]: [30, 50] });
    const comparison = compareLoads(same, same);
    expect(comparison.isRed).toBe(false);
    expect(comparison.changes).toHaveLength(4);
    for (const { times, verdict } of comparison.changes) {
      expect(verdict).toBe("green");
      expect(times.low).toBeLessThanOrEqual(1);
      expect(times.high).toBeGreaterThanOrEqual(1);
    }
  });

  it.each([
    ["CPU by a fifth", [36, 50], "cpuMicros"],
    ["p95 by a fifth", [30, 60], "p95Micros"],
  ] as const)("of which the second needs more %s are red, and say where (R-D4)", (_, now, figure) => {
    const comparison = compareLoads(report({ [cell]: [30, 50] }), report({ [cell]: now }));
    expect(comparison.isRed).toBe(true);
    const red = comparison.changes.filter(({ verdict }) => verdict === "red");
    expect(red).toMatchObject([{ cell, figure }]);
    expect(red[0]?.times.value).toBeCloseTo(1.2, 2);
    expect(comparisonText(comparison)).toContain("A budget is red.");
  });

  it("are as red as the budget says (R-D4)", () => {
    const [before, after] = [report({ [cell]: [30, 50] }), report({ [cell]: [36, 50] })];
    expect(compareLoads(before, after, { cpuPercent: 25 }).isRed).toBe(false);
    expect(compareLoads(before, after, { cpuPercent: 15 }).isRed).toBe(true);
  });

  it("that got better are green (R-D4)", () => {
    expect(compareLoads(report({ [cell]: [30, 50] }), report({ [cell]: [20, 30] })).isRed).toBe(false);
  });

  it("of few starts are not judged by what they cost (R-D4)", () => {
    const few = { rounds: 3 };
    const { changes, isRed } = compareLoads(report({ [cell]: [30, 50] }, few), report({ [cell]: [60, 90] }, few));
    expect(isRed).toBe(false);
    expect(changes.map(({ verdict }) => verdict)).toEqual(["too few rounds", "too few rounds"]);
  });

  it("of two machines are not judged by what they cost, but by what was lost (R-D4)", () => {
    const elsewhere = { machine: { ...machine, cpu: "another CPU" } };
    const slower = compareLoads(report({ [cell]: [30, 50] }), report({ [cell]: [60, 90] }, elsewhere));
    expect(slower.isRed).toBe(false);
    expect(slower.changes.map(({ verdict }) => verdict)).toEqual(["another machine", "another machine"]);
    expect(
      compareLoads(report({ [cell]: [30, 50] }), report({ [cell]: [30, 50] }, { ...elsewhere, lost: 3 })).isRed,
    ).toBe(true);
  });

  it("of which the second lost spans are red, in a cell or in the burst (R-D4)", () => {
    const before = report({ [cell]: [30, 50] });
    expect(compareLoads(before, report({ [cell]: [30, 50] }, { lost: 7 })).losses).toEqual([{ cell, lost: 7 }]);
    const burst = { ...before.burst, lost: 1 };
    const comparison = compareLoads(before, { ...before, burst });
    expect(comparison).toMatchObject({ losses: [{ cell: "burst", lost: 1 }], isRed: true });
  });

  it("that have other cells say which are in one alone (R-D4)", () => {
    const { unpaired, changes } = compareLoads(
      report({ [cell]: [30, 50] }),
      report({ "ratio 1, batch 512": [30, 50] }),
    );
    expect(unpaired).toEqual([cell, "ratio 1, batch 512"]);
    expect(changes).toEqual([]);
  });
});

describe("a saved load test", () => {
  const saved = report({ off: [10, 20], [cell]: [30, 50], "ratio 1, batch 512": [25, 45] });

  it("is read as it was written, and only in its own version (R-D4)", () => {
    expect(readLoadReport(JSON.stringify(saved), "a.json")).toEqual(saved);
    expect(() => readLoadReport(JSON.stringify({ ...saved, schemaVersion: 2 }), "b.json")).toThrow(
      "b.json is no load test of schema version 1",
    );
    expect(() => readLoadReport("{", "c.json")).toThrow("c.json is no JSON");
    expect(() => readLoadReport("null", "d.json")).toThrow("d.json is no load test");
  });

  it("is told in tables, with machine and commit, and drawn by ratio (R-D4)", () => {
    expect(loadText(saved)).toMatch(/^ratio 1, batch 128 +30\.0/m);
    expect(loadText(saved)).toContain("a CPU, 2 CPUs, Node v24.1.0, load 0 0 0, commit 0123456789.");
    expect(loadText(saved)).toContain("900,000 spans a second");
    const svg = loadPlot(saved);
    expect(svg).toContain("ratio 1: added by spans a batch");
    expect(svg.match(/<circle/g)).toHaveLength(2);
  });
});
