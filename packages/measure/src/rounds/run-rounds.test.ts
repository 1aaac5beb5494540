import { beforeAll, describe, expect, it } from "vitest";
import { overheadReport } from "../report/overhead-report.ts";
import { configurationsReport } from "../report/configurations-report.ts";
import type { Circumstances, OverheadReport } from "../report/report.ts";
import { toTable } from "../report/to-table.ts";
import { measureSettings } from "../measure-options.ts";
import { seededRandom } from "../statistics/bootstrap.ts";
import type { PartStep } from "../subject/part-steps.ts";
import type { FinishMeasure, SliceMeasure, Subject } from "../subject/subject.ts";
import { ExpectedAnswers } from "./expected-answers.ts";
import { type Contestant, type Rounds, runRounds } from "./run-rounds.ts";

const requests = 100;
const { env: _env, onProgress: _onProgress, ...settings } = measureSettings({}, []);
const slice = { requests, maxMs: 1_000, concurrency: 16 };
const warmUp = { requests: 0, ms: 0, concurrency: 16 };
const circumstances: Circumstances = {
  node: "v24.0.0",
  cpu: "a machine",
  cores: 2,
  loadAverage: [0, 0, 0],
  processes: "fresh processes each round, pinned to core 1 with taskset",
  ownProcesses: true,
  settings,
  measuredAt: "2026-01-01T00:00:00.000Z",
};
const expected = new ExpectedAnswers(["GET /\nHTTP/1.1 200 OK"], ["GET /\nHTTP/1.1 200 OK"]);

interface Costs {
  readonly cpuMicros: number;
  readonly latencyMicros: number;
  readonly heapBytes: number;
  readonly flushMicros?: number;
}

/** A configuration whose cost is what is said, and noise. */
function fake(name: string, costs: Costs, noise: () => number, log: string[] = []): Contestant {
  const { cpuMicros, latencyMicros, heapBytes, flushMicros = 0 } = costs;
  const subject: Subject = {
    answers: async () => ["GET /\nHTTP/1.1 200 OK"],
    warmUp: async () => void log.push(`warm ${name}`),
    async slice(): Promise<SliceMeasure> {
      log.push(name);
      return {
        requests,
        cpuMicros: requests * (cpuMicros + noise()) + flushMicros,
        flushMicros,
        latenciesMicros: Float64Array.from({ length: requests }, (_, i) => latencyMicros + i / 10 + noise()),
      };
    },
    finish: async (): Promise<FinishMeasure> => ({
      heapBytes: heapBytes + noise(),
      rssBytes: 2 * heapBytes,
      collected: true,
      seen: undefined,
    }),
    stop: async () => void log.push(`stop ${name}`),
  };
  return { name, start: async () => subject };
}

function measure(contestants: readonly Contestant[], rounds: number, together = true): Promise<Rounds> {
  const plan = { rounds, slices: 3, slice, warmUp, together };
  return runRounds(contestants, { plan, progress: () => {}, check: () => {} });
}

const bareCosts = { cpuMicros: 100, latencyMicros: 1_000, heapBytes: 10_000_000 };
const steps: readonly PartStep[] = [
  { part: "context and clock", row: "up to context and clock", switches: {} },
  { part: "metrics", row: "up to metrics", switches: {} },
  { part: "spans", row: "telemetry", switches: {} },
];

async function planted(rounds: number, random: () => number): Promise<OverheadReport> {
  const measured = await measure(
    [
      fake("bare", bareCosts, random),
      fake("bare again (A/A)", bareCosts, random),
      fake("telemetry", { cpuMicros: 120, latencyMicros: 1_030, heapBytes: 12_000_000, flushMicros: 900 }, random),
      fake("up to context and clock", { ...bareCosts, cpuMicros: 105 }, random),
      fake("up to metrics", { ...bareCosts, cpuMicros: 105 }, random),
    ],
    rounds,
  );
  return overheadReport({ rounds: measured, expected, circumstances, observed: "telemetry", steps });
}

describe("rounds", () => {
  it("take turns slice by slice, in another order each slice and round (R-O6)", async () => {
    const log: string[] = [];
    await measure([fake("a", bareCosts, () => 0, log), fake("b", bareCosts, () => 0, log)], 2);
    expect(log.join(" ")).toBe("warm a warm b a b b a a b stop a stop b warm b warm a b a a b b a stop b stop a");
  });

  it("stand one after the other where there is room for one engine (R-O6)", async () => {
    const log: string[] = [];
    await measure([fake("a", bareCosts, () => 0, log), fake("b", bareCosts, () => 0, log)], 1, false);
    expect(log.join(" ")).toBe("warm a a a a stop a warm b b b b stop b");
  });

  it("every process is stopped when one fails (R-O6)", async () => {
    const log: string[] = [];
    const broken: Contestant = { name: "b", start: () => Promise.reject(new Error("no such module")) };
    await expect(measure([fake("a", bareCosts, () => 0, log), broken], 1)).rejects.toThrow("no such module");
    expect(log).toEqual(["warm a", "stop a"]);
  });
});

describe("the report of an overhead", () => {
  let exact: OverheadReport;
  beforeAll(async () => {
    exact = await planted(8, () => 0);
  });

  it("tells a planted cost to the number, whole and by part, and the export of metrics apart (R-O6)", async () => {
    const report = exact;
    const exactly = (value: number, verdict: string): object => ({
      value: expect.closeTo(value, 6) as number,
      low: expect.closeTo(value, 6) as number,
      high: expect.closeTo(value, 6) as number,
      verdict,
    });
    expect(report.verdict).toBe("more");
    expect(report.added.cpuMicros).toEqual(exactly(20, "more"));
    expect(report.overheadPercent.value).toBeCloseTo(20);
    expect(report.latencySharePercent.value).toBeCloseTo((100 * 20) / 1004.95);
    expect(report.added.latencyMicros.p99).toEqual(exactly(30, "more"));
    expect(report.bare.latencyMicros.p50.value).toBeCloseTo(1_004.9);
    expect(report.added.heapBytes.value).toBe(2_000_000);
    expect(report.added.rssBytes?.value).toBe(4_000_000);
    expect(report.metricExportMicros.value).toBe(900);
    expect(report.parts).toEqual([
      { name: "context and clock", addedMicros: exactly(5, "more") },
      { name: "metrics", addedMicros: exactly(0, "not measurable") },
      { name: "spans", addedMicros: exactly(15, "more") },
    ]);
  });

  it("does not take noise for a cost, and says so (R-O6)", async () => {
    const random = seededRandom(3);
    const noise = (): number => 60 * random();
    const report = await planted(8, noise);
    expect(report.parts[1]?.addedMicros.verdict).toBe("not measurable");
    expect(report.control.cpuMicros.verdict).toBe("not measurable");
    expect(report.control.cpuMicros.low).toBeLessThan(report.control.cpuMicros.high);
  });

  it("gives no verdict from fewer than six rounds (R-O6)", async () => {
    const report = await planted(5, () => 0);
    expect(report.verdict).toBe("too few rounds");
    expect(report.notes.join()).toContain("With 5 rounds there is no 95 % interval");
  });

  it("is plain data: JSON keeps all of it (R-O6)", async () => {
    const report = await planted(6, seededRandom(5));
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report.rounds["telemetry"]).toHaveLength(6);
  });

  it("as a table shows costs, parts, verdicts and where it was measured (R-O6)", () => {
    const text = toTable(exact);
    expect(text).toContain(
      "Telemetry adds 20.0 (20.0–20.0) µs of CPU a request: 20.0 (20.0–20.0) % of the bare request's CPU",
    );
    expect(text).toMatch(/^CPU a request, µs +100 \(100–100\) +120 \(120–120\) +20\.0 \(20\.0–20\.0\) +more$/m);
    expect(text).toMatch(/^latency, p99, µs .* 30\.0 \(30\.0–30\.0\) +more$/m);
    expect(text).toMatch(/^RSS, MB /m);
    expect(text).toMatch(/^metrics +0\.00 .* not measurable$/m);
    expect(text).toMatch(/^bare again \(A\/A\)/m);
    expect(text).toContain("a machine, 2 cores, Node v24.0.0");
  });
});

describe("the report of several configurations", () => {
  it("ranks them, the cheapest first, and gives those that cannot be told apart one rank (R-O6)", async () => {
    const random = seededRandom(9);
    const costing = (name: string, cpuMicros: number): Contestant => fake(name, { ...bareCosts, cpuMicros }, random);
    const rounds = await measure(
      [
        costing("bare", 100),
        costing("bare again (A/A)", 100),
        costing("dear", 140),
        costing("cheap", 110),
        costing("as cheap", 110),
      ],
      8,
    );
    const report = configurationsReport({ rounds, expected, circumstances });
    expect(report.ranked.map(({ rank }) => rank)).toEqual([1, 1, 3]);
    expect(report.ranked[2]).toMatchObject({ name: "dear", added: { cpuMicros: { verdict: "more" } } });
    expect(report.ranked[2]?.timesCheapest?.value).toBeGreaterThan(3.5);
    expect(report.ranked[2]?.timesCheapest?.value).toBeLessThan(4.5);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(toTable(report)).toMatch(/^3\. dear +/m);
  });
});

describe("answers", () => {
  const ok = "GET /a\nHTTP/1.1 200 OK\r\n\r\nhere";

  it("that differ from the bare workload's are told, both of them (R-O6)", () => {
    const answers = new ExpectedAnswers([ok], [ok]);
    expect(() => answers.compare("telemetry", [ok.replace("here", "there")])).toThrow(
      /^"telemetry" answers differently from the bare workload:\nGET \/a\nHTTP\/1\.1 200 OK\n\nthere\ninstead of\n/,
    );
    expect(() => answers.compare("telemetry", [])).toThrow("answers differently");
  });

  it("that change by themselves are compared by status alone, and noted (R-O6)", () => {
    const answers = new ExpectedAnswers([ok], [ok.replace("here", "now")]);
    expect(answers.changing).toEqual(["GET /a"]);
    answers.compare("telemetry", [ok.replace("here", "later")]);
    expect(() => answers.compare("telemetry", [ok.replace("200 OK", "500 No")])).toThrow("answers differently");
  });

  it("of a workload that fails are noted, and a status that changes by itself ends it (R-O6)", () => {
    const failing = ok.replace("200 OK", "404 Not Found");
    expect(new ExpectedAnswers([failing], [failing]).failing).toEqual(["GET /a: 404 Not Found"]);
    expect(() => new ExpectedAnswers([ok], [failing])).toThrow("with another status the second time");
  });
});
