import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { handClock } from "../../metrics/testing/test-metrics.ts";
import type { OptimizerRule, Proposal, Tuning, WindowFigures } from "../../model/governor/optimizer-facts.ts";
import { Tally } from "../../tally/tally.ts";
import { Optimizer, type OptimizerParts } from "./optimizer.ts";
import { builtInRules, latencyTarget, type NamedRule, queueTarget } from "./optimizer-rules.ts";

const windowMs = 300_000;
const chosen: Tuning = Object.freeze({ batch: 1, ratio: 1, gzipLevel: 3, concurrentExports: 10, exporter: 0 });
const quiet: WindowFigures = {
  p50Ms: 10,
  p95Ms: 40,
  share: 0.001,
  cpu: 0.3,
  memory: 0.3,
  queueUse: 0.3,
  exportP95Ms: 20,
  dropsPerMinute: 0,
};

function create(rules: readonly (OptimizerRule | NamedRule)[], change: Partial<OptimizerParts> = {}) {
  const clock = handClock();
  const lines: string[] = [];
  const applied: Tuning[] = [];
  const faults = new Tally();
  let figures = quiet;
  const optimizer = new Optimizer({
    rules: rules.map((rule, i) => (typeof rule === "function" ? { name: `rule${i}`, rule } : rule)),
    chosen,
    minRatio: 0.01,
    exporters: 2,
    takeFigures: () => figures,
    isPaused: () => false,
    apply: (tuning) => applied.push(tuning),
    clock,
    diagnostics: { info: (_line, code) => lines.push(code), warn: (_line, code) => lines.push(code) },
    faults,
    ...change,
  });
  return {
    optimizer,
    lines,
    applied,
    faults,
    /** A window passes in which so much was measured. */
    pass(measured: Partial<WindowFigures> = {}): void {
      clock.wait(windowMs);
      figures = { ...quiet, ...measured };
      optimizer.endWindow();
    },
  };
}

/** Proposes the same each time. */
function always(proposal: Proposal): OptimizerRule {
  return () => proposal;
}

const lowersRatio = always({ figure: "p95Ms", reason: "test", ratio: 0.7 });

describe("Optimizer", () => {
  test("judges a change one window later by the figure that it named, and says what it gained (R-O5)", () => {
    const { optimizer, pass, lines } = create([lowersRatio]);
    pass({ p95Ms: 200 });
    expect(optimizer.tuning).toEqual({ ...chosen, ratio: 0.7 });
    expect(optimizer.report().changes).toMatchObject([
      { rule: "rule0", reason: "test", from: chosen, figure: "p95Ms", before: 200, isUndone: false },
    ]);
    pass({ p95Ms: 150 });
    expect(optimizer.report().changes[0]).toMatchObject({ before: 200, after: 150, gain: 0.25, isUndone: false });
    expect(lines).toEqual(["GSM_OPTIMIZER_CHANGE", "GSM_OPTIMIZER_CHANGE"]);
  });

  test("a change that made its figure more than 5 % worse is undone, and its rule rests for an hour (R-O5)", () => {
    const { optimizer, pass, applied, lines } = create([lowersRatio]);
    pass({ p95Ms: 100 });
    pass({ p95Ms: 105.1 });
    expect(optimizer.tuning).toBe(chosen);
    expect(applied.at(-1)).toBe(chosen);
    expect(optimizer.report()).toMatchObject({ changes: [{ after: 105.1, isUndone: true }], resting: ["rule0"] });
    expect(lines).toEqual(["GSM_OPTIMIZER_CHANGE", "GSM_OPTIMIZER_UNDONE"]);
    for (let i = 0; i < 11; i++) pass({ p95Ms: 100 });
    expect(optimizer.report().changes).toHaveLength(1);
    pass({ p95Ms: 100 });
    expect(optimizer.report()).toMatchObject({ changes: [{}, {}], resting: [] });
    expect(optimizer.outcomes.snapshot()).toEqual({ "rule0:made": 2, "rule0:undone": 1 });
  });

  test("5 % worse is within what windows differ by, and stays (R-O5)", () => {
    const { optimizer, pass } = create([lowersRatio]);
    pass({ p95Ms: 100 });
    pass({ p95Ms: 104 });
    expect(optimizer.report().changes[0]).toMatchObject({ isUndone: false });
  });

  test("a change of which nobody can tell what it brought is undone, and what could not be judged is not made (R-O5)", () => {
    const { optimizer, pass } = create([lowersRatio]);
    pass({ p95Ms: undefined });
    expect(optimizer.report().changes).toEqual([]);
    pass({ p95Ms: 100 });
    pass({ p95Ms: undefined });
    expect(optimizer.tuning).toBe(chosen);
    expect(optimizer.report().changes).toMatchObject([{ isUndone: true, gain: undefined }]);
  });

  test("while the governor holds telemetry back nothing is proposed, but what is under way is judged (R-O5)", () => {
    let isPaused = false;
    const { optimizer, pass } = create([lowersRatio], { isPaused: () => isPaused });
    pass({ p95Ms: 100 });
    isPaused = true;
    pass({ p95Ms: 200 });
    pass({ p95Ms: 200 });
    expect(optimizer.report().changes).toMatchObject([{ isUndone: true }]);
  });

  test("a rule that throws, or answers what is no proposal, is a counted fault and one line; the others go on (R-O5)", () => {
    const rejected = new Promise((_, reject) => setImmediate(() => reject(new Error("later"))));
    const rubbish: unknown[] = [
      5,
      {},
      { figure: "speed", reason: "x" },
      { figure: "toString", reason: "x" },
      { figure: "p95Ms", reason: "x", ratio: Number.NaN },
      { figure: "p95Ms", reason: "x", ratio: -1 },
      { figure: "p95Ms", reason: "x", gzipLevel: 0.5 },
      { figure: "p95Ms", reason: "x".repeat(1_000) },
      rejected,
      Object.defineProperty({}, "figure", {
        enumerable: true,
        get() {
          throw new Error("getter");
        },
      }),
    ];
    const rules = rubbish.map(
      (answer): OptimizerRule =>
        () =>
          answer as Proposal,
    );
    rules.push(() => {
      throw new Error("broken");
    });
    const { optimizer, pass, faults, lines } = create([...rules, lowersRatio]);
    pass();
    pass();
    expect(optimizer.report().changes).toHaveLength(2);
    expect(faults.snapshot()).toEqual({ overhead: 2 * rules.length });
    expect(lines.filter((code) => code === "GSM_OPTIMIZER_RULE")).toHaveLength(rules.length);
  });

  test("in 2,000 random courses: one change a window at most, an undone one restores exactly what was before, bounds hold (R-O5)", () => {
    const figure = fc.constantFrom<keyof WindowFigures>("p95Ms", "share", "queueUse");
    const proposal = fc.option(
      fc.record({
        figure,
        reason: fc.constant("random"),
        batch: fc.option(fc.double({ min: 0.01, max: 10, noNaN: true }), { nil: undefined }),
        ratio: fc.option(fc.double({ min: 0.01, max: 10, noNaN: true }), { nil: undefined }),
        gzipLevel: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
        concurrentExports: fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined }),
        nextExporter: fc.boolean(),
      }),
      { nil: undefined },
    );
    const number = fc.option(fc.double({ min: 0, max: 1_000, noNaN: true }), { nil: undefined });
    const step = fc.record({ answers: fc.array(proposal, { minLength: 3, maxLength: 3 }), value: number });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let answers: readonly (Proposal | undefined)[] = [];
        const { optimizer, pass, applied } = create([0, 1, 2].map((i) => () => answers[i]));
        for (const { answers: next, value } of steps) {
          answers = next;
          const before = optimizer.report();
          pass({ p95Ms: value, share: value, queueUse: value });
          const after = optimizer.report();
          const made = after.changes.length - before.changes.length;
          expect(made).toBeLessThanOrEqual(1);
          const judged = after.changes[before.changes.length - 1];
          const wasOpen = before.changes.at(-1)?.after === undefined && before.changes.at(-1)?.isUndone === false;
          if (judged?.isUndone === true && wasOpen) {
            expect(optimizer.tuning).toBe(judged.from);
            expect(applied.at(-1)).toBe(judged.from);
            expect(made).toBe(0);
            expect(after.resting).toContain(judged.rule);
          }
          if (made === 1) expect(after.resting).not.toContain(after.changes.at(-1)!.rule);
          const { batch, ratio, gzipLevel, concurrentExports, exporter } = optimizer.tuning;
          expect(batch >= 0.1 && batch <= 1 && ratio >= 0.01 && ratio <= 1).toBe(true);
          expect(gzipLevel >= 1 && gzipLevel <= 9 && concurrentExports >= 1 && concurrentExports <= 10).toBe(true);
          expect([0, 1]).toContain(exporter);
        }
        // Each change but the newest is judged, or was undone unjudged.
        const all = optimizer.report().changes.slice(0, -1);
        expect(all.every(({ after, isUndone }) => after !== undefined || isUndone)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test("a rule changes nothing by what it is given, nor a reader by what is reported (R-O5)", () => {
    const { optimizer, pass, faults } = create([
      lowersRatio,
      ({ tuning }) => {
        (tuning as { gzipLevel: number }).gzipLevel = 99;
        return undefined;
      },
      ({ now }) => {
        (now as { cpu: number }).cpu = 9;
        return undefined;
      },
    ]);
    pass();
    pass();
    pass();
    expect(faults.get("overhead")).toBeGreaterThan(0);
    expect(optimizer.tuning.gzipLevel).toBe(3);
    const { tuning, changes } = optimizer.report();
    for (const part of [tuning, ...changes, changes[0]?.from, changes[0]?.to]) expect(Object.isFrozen(part)).toBe(true);
  });

  test("the log keeps the last 200 changes (R-O5)", () => {
    let gzipLevel = 1;
    const { optimizer, pass } = create([
      () => ({ figure: "p95Ms", reason: "turn", gzipLevel: (gzipLevel = 3 - gzipLevel) }),
    ]);
    for (let i = 0; i < 300; i++) pass();
    expect(optimizer.report().changes).toHaveLength(200);
  });
});

describe("rules that are shipped", () => {
  test("latencyTarget lowers batches and ratios while requests are slow, and takes it back in steps (R-O5)", () => {
    const { optimizer, pass } = create([latencyTarget(100)]);
    pass({ p95Ms: 180 });
    expect(optimizer.tuning).toEqual({ ...chosen, batch: 0.8, ratio: 0.7 });
    pass({ p95Ms: 130 });
    pass({ p95Ms: 80 });
    expect(optimizer.tuning).toMatchObject({ ratio: 0.7 ** 2 });
    for (let i = 0; i < 3; i++) pass({ p95Ms: 40 });
    expect(optimizer.tuning).toEqual(chosen);
  });

  test("latencyTarget turns to the next exporter where exports are slow too (R-O5)", () => {
    const { optimizer, pass } = create([latencyTarget(100)]);
    pass({ p95Ms: 180, exportP95Ms: 400 });
    expect(optimizer.tuning.exporter).toBe(1);
  });

  test("queueTarget empties a queue that is fuller than asked for (R-O5)", () => {
    const { optimizer, pass } = create([queueTarget(0.5)]);
    pass({ queueUse: 0.6 });
    pass({ queueUse: 0.4 });
    expect(optimizer.tuning).toEqual({ ...chosen, batch: 0.8 });
    pass({ queueUse: 0.1 });
    expect(optimizer.tuning).toEqual(chosen);
  });

  test.each([
    ["NaN", Number.NaN],
    ["-1", -1],
    ["'100'", "100"],
  ])("a target of %s is an error where it is given (R-O5)", (_name, target) => {
    expect(() => latencyTarget(target as number)).toThrow(/"latencyTarget\.targetMs" must be a number/);
    expect(() => queueTarget(target as number)).toThrow(/"queueTarget\.use" must be a number/);
  });

  test("the switches: batching follows the queue, sampling the share, resources CPU and memory; all come back (R-O5)", () => {
    const switches = { batching: true, sampling: true, resources: true };
    const { optimizer, pass } = create(builtInRules(switches, 0.01));
    pass({ queueUse: 0.9 });
    pass({ queueUse: 0.5, share: 0.009 });
    pass({ share: 0.007, cpu: 0.9 });
    expect(optimizer.tuning).toEqual({ batch: 0.8, ratio: 0.7, gzipLevel: 2, concurrentExports: 5, exporter: 0 });
    for (let i = 0; i < 4; i++) pass({ queueUse: 0.1 });
    expect(optimizer.tuning).toEqual(chosen);
  });
});
