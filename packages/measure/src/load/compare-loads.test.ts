import { describe, expect, it } from "vitest";
import { compareLoads, type LoadBudgets } from "./compare-loads.ts";
import type { LoadReport, LoadRound } from "./load-report.ts";
import { comparisonText, loadPlot, loadText } from "./load-text.ts";
import { readLoadReport } from "./read-load-report.ts";

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
    expect(comparison.outcome).toBe("green");
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
    expect(comparison.outcome).toBe("red");
    const red = comparison.changes.filter(({ verdict }) => verdict === "red");
    expect(red).toMatchObject([{ cell, figure }]);
    expect(red[0]?.times.value).toBeCloseTo(1.2, 2);
    expect(comparisonText(comparison)).toContain("A budget is red.");
  });

  it("are as red as the budget says (R-D4)", () => {
    const [before, after] = [report({ [cell]: [30, 50] }), report({ [cell]: [36, 50] })];
    expect(compareLoads(before, after, { cpuPercent: 25 }).outcome).toBe("green");
    expect(compareLoads(before, after, { cpuPercent: 15 }).outcome).toBe("red");
  });

  it("that got better are green (R-D4)", () => {
    expect(compareLoads(report({ [cell]: [30, 50] }), report({ [cell]: [20, 30] })).outcome).toBe("green");
  });

  it("of few starts are not judged by what they cost (R-D4)", () => {
    const few = { rounds: 3 };
    const { changes, outcome } = compareLoads(report({ [cell]: [30, 50] }, few), report({ [cell]: [60, 90] }, few));
    expect(outcome).toBe("not judged");
    expect(changes.map(({ verdict }) => verdict)).toEqual(["too few rounds", "too few rounds"]);
  });

  it("of two machines are not judged by what they cost, but by what was lost (R-D4)", () => {
    const elsewhere = { machine: { ...machine, cpu: "another CPU" } };
    const slower = compareLoads(report({ [cell]: [30, 50] }), report({ [cell]: [60, 90] }, elsewhere));
    expect(slower.outcome).toBe("not judged");
    expect(slower.changes.map(({ verdict }) => verdict)).toEqual(["another machine", "another machine"]);
    expect(
      compareLoads(report({ [cell]: [30, 50] }), report({ [cell]: [30, 50] }, { ...elsewhere, lost: 3 })).outcome,
    ).toBe("red");
  });

  it("of which the second lost spans are red, in a cell or in the burst (R-D4)", () => {
    const before = report({ [cell]: [30, 50] });
    expect(compareLoads(before, report({ [cell]: [30, 50] }, { lost: 7 })).losses).toEqual([{ cell, lost: 7 }]);
    const burst = { ...before.burst, lost: 1 };
    const comparison = compareLoads(before, { ...before, burst });
    expect(comparison).toMatchObject({ losses: [{ cell: "burst", lost: 1 }], outcome: "red" });
  });

  it.each([
    ["all", ["ratio 1, batch 512"], [cell, "ratio 1, batch 512"], []],
    ["some", [cell, "ratio 1, batch 512"], ["ratio 1, batch 512"], [cell, cell]],
  ])("of which %s cells are in one alone are not green, and say which (R-D4)", (_, cells, alone, compared) => {
    const before = report({ [cell]: [30, 50] });
    const other = report(Object.fromEntries(cells.map((name) => [name, [30, 50]] as const)));
    for (const comparison of [compareLoads(before, other), compareLoads(other, before)]) {
      expect(comparison.outcome).toBe("not judged");
      expect(comparison.unpaired.toSorted()).toEqual(alone);
      expect(comparison.changes.map((change) => change.cell)).toEqual(compared);
      expect(comparisonText(comparison)).toContain("not everything was judged");
    }
  });

  it("of which a figure was nothing are not green: there is no share of it (R-D4)", () => {
    const nothing = report({ [cell]: [0, 50] });
    for (const now of [0, 30]) {
      const { changes, outcome } = compareLoads(nothing, report({ [cell]: [now, 50] }));
      expect(outcome).toBe("not judged");
      expect(changes.map(({ verdict }) => verdict)).toEqual(["not measurable", "green"]);
    }
  });

  it.each([
    [{ cpuPercent: -5 } as LoadBudgets, 'Option "cpuPercent" must be a number from 0 to 1000, got -5.'],
    [{ p95Percent: Infinity }, 'Option "p95Percent" must be a number from 0 to 1000, got Infinity.'],
    [{ cpu: 5 } as object, 'Unknown option "cpu". Options: cpuPercent, p95Percent.'],
  ])("are not judged by the budget %j (R-D4)", (budgets, message) => {
    const same = report({ [cell]: [30, 50] });
    expect(() => compareLoads(same, same, budgets)).toThrow(message);
  });

  it("of which one is none say which (R-D4)", () => {
    const whole = report({ [cell]: [30, 50] });
    const foreign = JSON.parse('{ "kind": "overhead" }') as LoadReport;
    expect(() => compareLoads(foreign, whole)).toThrow("before is no load test of schema version 1");
    expect(() => compareLoads(whole, foreign)).toThrow("after is no load test of schema version 1");
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

  const [off] = saved.cells;
  it.each([
    ["burst must be an object, got undefined", { burst: undefined }],
    ["machine.node must be a string, got 24", { machine: { ...machine, node: 24 } }],
    ["settings.ratios[1] must be a number, got null", { settings: { ...saved.settings, ratios: [1, null] } }],
    ["cells must be a list of at least one, got an object", { cells: {} }],
    ["cells must be a list of at least one, got []", { cells: [] }],
    ["cells[1] must be an object, got null", { cells: [off, null] }],
    ["cells[0].rounds must be a list of at least one, got []", { cells: [{ ...off, rounds: [] }] }],
    [
      "cells[0].rounds[0].cpuMicros must be a number, got '7'",
      { cells: [{ ...off, rounds: [{ requests: 9, cpuMicros: "7" }] }] },
    ],
    ["cells[0].ratio must be a number, got null", { cells: [{ ...off, ratio: null }] }],
    ['cell "off" is there twice', { cells: [off, off] }],
  ])("that is damaged is refused by the file's name: %s (R-D4)", (fault, change) => {
    expect(() => readLoadReport(JSON.stringify({ ...saved, ...change }), "a.json")).toThrow(
      `a.json is a damaged load test: ${fault}.`,
    );
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
