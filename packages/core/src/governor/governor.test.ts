import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { GovernorChange, GovernorFacts, MemoryUsage } from "../model/governor/governor-facts.ts";
import type { Restraint } from "../model/governor/governor-steps.ts";
import { Tally } from "../tally/tally.ts";
import { CostMeter } from "./cost-meter.ts";
import { Governor } from "./governor.ts";
import type { GovernorSettings } from "./governor-settings.ts";
import { Sensors } from "./sensors.ts";

const settings: GovernorSettings = {
  target: 0.01,
  red: 0.05,
  minCores: 0.005,
  sampleEvery: 128,
  lookEveryMs: 30_000,
  actEveryMs: 300_000,
  factor: 0.5,
  minRatio: 0.01,
  floor: "metrics",
  load: {
    cpu: 0.8,
    memory: 0.75,
    loop: 0.9,
    throttled: 0.25,
    onlyAbove: 0.0025,
    caps: [
      { above: 0.6, maxRatio: 0.1 },
      { above: 0.8, maxRatio: 0.05 },
    ],
  },
  memory: { warnBytes: 100, criticalBytes: 500, everyMs: 60_000 },
  onChange: undefined,
  onExceeded: undefined,
};

/** What goes on between two looks. */
interface Stretch {
  /** Telemetry's share of the CPU that the process uses. */
  readonly share?: number;
  /** What it takes besides for counting. */
  readonly counting?: number;
  /** CPU of the process, as a share of the time. */
  readonly cpu?: number;
  readonly memory?: number;
  readonly throttled?: number;
  readonly bytes?: number;
}

function governed(change: Partial<GovernorSettings> = {}) {
  let nowMs = 0;
  let costMs = 0;
  let cpuMs = 0;
  let stretch: Stretch = {};
  const throttledPeriods = { periods: 0, throttled: 0 };
  const lines: string[] = [];
  const applied: Restraint[] = [];
  const faults = new Tally();
  const timers: (() => void)[] = [];
  let flushes = 0;
  const meter = new CostMeter({ sampleEvery: 128, now: () => costMs });
  const governor = new Governor({
    settings: { ...settings, ...change },
    meter,
    sensors: new Sensors({
      now: () => nowMs,
      processCpuMs: () => cpuMs,
      threadCpuMs: () => cpuMs,
      loop: () => ({ active: 0, idle: nowMs }),
      residentBytes: () => stretch.memory ?? 0,
      heap: () => ({ usedBytes: stretch.memory ?? 0, limitBytes: 1 }),
      cpuCount: () => 1,
      totalBytes: () => 1,
      limits: () => ({ cpus: undefined, memoryBytes: undefined }),
      throttled: () => ({ ...throttledPeriods }),
    }),
    heldBytes: () => stretch.bytes ?? 0,
    topRatio: () => 1,
    apply: (restraint) => void applied.push(restraint),
    looked: () => {},
    tried: () => ({ optimizer: undefined, proven: undefined }),
    emergencyFlush: () => void flushes++,
    clock: { now: () => nowMs, epochMs: (ms) => 1e12 + ms, monotonicMs: (ms) => ms },
    diagnostics: {
      info: (line, code) => void lines.push(`${line} [${code}]`),
      warn: (line, code) => void lines.push(`${line} [${code}]`),
    },
    faults,
    startTimer(_afterMs, run) {
      timers.push(run);
      return () => void timers.splice(timers.indexOf(run), 1);
    },
  });
  return {
    governor,
    lines,
    applied,
    faults,
    timers,
    flushes: () => flushes,
    /** Lets looks pass in which the same goes on; answers the step behind the last. */
    pass(looks: number, goesOn: Stretch = {}, apartMs = 30_000): string {
      stretch = goesOn;
      const { share = 0, counting = 0, cpu = 0.5, throttled = 0 } = goesOn;
      for (let i = 0; i < looks; i++) {
        nowMs += apartMs;
        cpuMs += apartMs * cpu;
        throttledPeriods.periods += 100;
        throttledPeriods.throttled += 100 * throttled;
        meter.timed("export", () => void (costMs += apartMs * cpu * share));
        meter.timed("metrics", () => void (costMs += apartMs * cpu * counting));
        governor.look();
      }
      return governor.restraint.step;
    },
  };
}

describe("whatever a service goes through", () => {
  const stretches = fc.array(
    fc.record({
      looks: fc.integer({ min: 1, max: 4 }),
      apartMs: fc.integer({ min: 5_000, max: 60_000 }),
      share: fc.constantFrom(0, 0.004, 0.008, 0.012, 0.06, 0.5),
      counting: fc.constantFrom(0, 0.02),
      cpu: fc.constantFrom(0.001, 0.1, 0.65, 0.95),
      memory: fc.constantFrom(0, 0.7, 0.9),
      throttled: fc.constantFrom(0, 0.2, 0.6),
      bytes: fc.constantFrom(0, 99, 120, 600),
    }),
    { minLength: 1, maxLength: 12 },
  );

  test("in 10,000 courses of its sensors two changes come within a dwell for its own memory alone, and calm brings all back (R-O2, R-S14)", () => {
    const steps = new Set<string>(["full", "children", "ratio", "roots", "metrics"]);
    let seen = 0;
    fc.assert(
      fc.property(stretches, (passed) => {
        const { governor, pass, applied, faults } = governed();
        for (const { looks, apartMs, ...stretch } of passed) pass(looks, stretch, apartMs);
        const { changes } = governor.report();
        const early = changes.filter(
          ({ at, cause }, i) => i > 0 && cause !== "memory" && at - changes[i - 1]!.at < 30_000,
        );
        const unknown = changes.filter(({ to }) => !steps.has(to.step));
        expect({ early, unknown, applied: applied.length }).toEqual({
          early: [],
          unknown: [],
          applied: changes.length,
        });
        seen += changes.length;
        // The longest wait for one step back is an hour.
        for (let i = 0; governor.restraint.step !== "full" && i < 200; i++) pass(1, {}, 600_000);
        expect(governor.restraint).toEqual({ step: "full", ratioFactor: 1, maxRatio: 1 });
        // And there it stays.
        const after = governor.report().changes.length;
        pass(20);
        expect([governor.report().changes.length, faults.total]).toEqual([after, 0]);
      }),
      { numRuns: 10_000 },
    );
    // Courses in which nothing happens would prove nothing.
    expect(seen).toBeGreaterThan(10_000);
  }, 300_000);
});

describe("overhead", () => {
  test("above its target at two looks in a row there is less telemetry, and what it said is why (R-O2)", () => {
    const { pass, lines, governor } = governed();
    expect(pass(1, { share: 0.02 })).toBe("full");
    expect(governor.report().causes).toEqual({});
    expect(pass(1, { share: 0.02 })).toBe("children");
    expect(governor.report()).toMatchObject({ step: "children", share: 0.02, causes: { overhead: "metrics" } });
    expect(lines).toEqual([
      'telemetry goes from step "full" to "children": it takes 2 % of the process\'s CPU (target 1 %) [GSM_GOVERNOR_DOWN]',
    ]);
  });

  test("far above it one look is enough (R-O2)", () => {
    expect(governed().pass(1, { share: 0.06 })).toBe("children");
  });

  test("one look that is well between two that are not is none (R-O2)", () => {
    const { pass } = governed();
    for (let i = 0; i < 10; i++) expect([pass(1, { share: 0.02 }), pass(1)]).toEqual(["full", "full"]);
  });

  test("in an idle process a large share of next to nothing is none (R-O2)", () => {
    expect(governed().pass(10, { share: 0.5, cpu: 0.005 })).toBe("full");
  });

  test("where nearly all of it is counting, which would stay, so do all traces, and one line says why (R-O2)", () => {
    const exceeded: GovernorFacts[] = [];
    const { pass, lines, governor } = governed({ onExceeded: (facts) => void exceeded.push(facts) });
    expect(pass(100, { share: 0.015, counting: 0.055 })).toBe("full");
    expect(governor.report()).toMatchObject({ causes: {}, changes: [] });
    expect(governor.report().gainable).toBeCloseTo(0.015);
    expect(exceeded).toHaveLength(1);
    expect(lines).toEqual([
      "telemetry takes 7 % of the process's CPU (target 1 %); without traces it would take 5.5 %, so traces stay [GSM_GOVERNOR_IDLE]",
    ]);
    expect(governed().pass(1, { share: 0.055, counting: 0.015 })).toBe("children");
  });

  test("what was held back comes back once counting is all that is too much (R-O2)", () => {
    const { pass } = governed();
    expect(pass(40, { share: 0.055, counting: 0.02 })).toBe("metrics");
    expect(pass(400, { share: 0.001, counting: 0.02 })).toBe("full");
  });

  test("once it is calm all of it comes back (R-O2)", () => {
    const { pass, lines } = governed();
    pass(20, { share: 0.02 });
    expect(pass(1_000)).toBe("full");
    expect(lines.at(-1)).toBe('telemetry goes from step "children" to "full": the cause is over [GSM_GOVERNOR_UP]');
  });

  test("a service that is well is never held back: a day without one change (R-O2)", () => {
    const { pass, governor } = governed();
    pass(2_880, { share: 0.009, cpu: 0.9 });
    expect(governor.report().changes.filter(({ cause }) => cause === "overhead")).toEqual([]);
    const { pass: calm, applied } = governed();
    calm(2_880, { share: 0.009, cpu: 0.55 });
    expect(applied).toEqual([]);
  });
});

describe("load", () => {
  test("a busy process samples less, with the maximum for its load (R-S14, R-O3)", () => {
    const { pass, governor } = governed();
    pass(4, { share: 0.005, cpu: 0.7 });
    expect(governor.restraint).toEqual({ step: "ratio", ratioFactor: 1, maxRatio: 0.1 });
    pass(4, { share: 0.005, cpu: 0.9 });
    expect(governor.restraint).toEqual({ step: "ratio", ratioFactor: 0.5, maxRatio: 0.05 });
    expect(governor.report().changes.map(({ cause }) => cause)).toEqual(["load", "load", "load"]);
  });

  test("where telemetry is too small a part of it nothing is done: an incident keeps its traces (R-S14, R-O3)", () => {
    expect(governed().pass(100, { share: 0.002, cpu: 0.99, memory: 0.99 })).toBe("full");
    expect(governed().pass(100, { share: 0.002, counting: 0.005, cpu: 0.99 })).toBe("full");
    const { load } = settings;
    const toTheLetter = governed({ load: load && { ...load, onlyAbove: 0 } });
    expect(toTheLetter.pass(4, { share: 0.002, cpu: 0.99 })).toBe("ratio");
  });

  test("less telemetry makes no calm where the load goes on: it comes back with the end of the load alone (R-S14)", () => {
    const { pass } = governed();
    pass(4, { share: 0.005, cpu: 0.9 });
    expect(pass(200, { share: 0.001, cpu: 0.9 })).toBe("ratio");
    expect(pass(200, { share: 0.001, cpu: 0.4 })).toBe("full");
  });

  test("memory that runs out, and a quota that holds the container up, count too (R-S14, R-O3)", () => {
    const memory = governed();
    memory.pass(4, { share: 0.005, memory: 0.8 });
    expect(memory.governor.report().changes[0]?.cause).toBe("load");
    const throttled = governed();
    throttled.pass(4, { share: 0.005, throttled: 0.5 });
    expect(throttled.governor.report().changes[0]?.cause).toBe("throttling");
    expect(throttled.lines[0]).toContain("the container is throttled in 50 % of its CPU quota periods");
  });

  test("false leaves load alone (R-S14)", () => {
    expect(governed({ load: false }).pass(20, { share: 0.005, cpu: 0.99 })).toBe("full");
  });
});

describe("memory of telemetry", () => {
  test("a warning is one line and one call, anew once it was below (R-O4)", () => {
    const told: MemoryUsage[] = [];
    const { pass, lines } = governed({
      memory: { warnBytes: 100, criticalBytes: 500, everyMs: 60_000, onWarning: (usage) => void told.push(usage) },
    });
    pass(10, { bytes: 200 });
    expect(told).toEqual([{ bytes: 200, warnBytes: 100, criticalBytes: 500 }]);
    expect(lines).toEqual(["telemetry holds 0.0 MB of memory [GSM_MEMORY_HIGH]"]);
    pass(4, { bytes: 10 });
    pass(4, { bytes: 200 });
    expect(told).toHaveLength(2);
  });

  test("critical is flushed at once, and there are roots alone until it is below the warning (R-O4)", () => {
    const told: MemoryUsage[] = [];
    const { pass, flushes, governor } = governed({
      memory: { warnBytes: 100, criticalBytes: 500, everyMs: 60_000, onCritical: (usage) => void told.push(usage) },
    });
    expect(pass(2, { bytes: 600 })).toBe("roots");
    expect([flushes(), told.length]).toEqual([1, 1]);
    expect(governor.report().causes).toEqual({ memory: "roots" });
    expect(pass(100, { bytes: 300 })).toBe("roots");
    expect(flushes()).toBe(1);
    expect(pass(300, { bytes: 50 })).toBe("full");
  });
});

test("memory that stays critical is flushed at each look, one at a time; the line and the callback come once (R-O4)", async () => {
  const told: MemoryUsage[] = [];
  const { pass, flushes, lines } = governed({
    memory: { warnBytes: 100, criticalBytes: 500, everyMs: 60_000, onCritical: (usage) => void told.push(usage) },
  });
  for (let i = 0; i < 5; i++) {
    pass(1, { bytes: 600 + i });
    await Promise.resolve();
    await Promise.resolve();
  }
  expect(flushes()).toBe(5);
  pass(5, { bytes: 600 });
  expect(flushes()).toBe(6);
  expect(told).toHaveLength(1);
  expect(lines.filter((line) => line.includes("GSM_MEMORY_HIGH"))).toHaveLength(1);
});

describe("by hand", () => {
  test("a step holds at once, whatever the causes say, and then what they say holds again (R-O2)", () => {
    const { governor, applied, timers, pass, lines } = governed();
    governor.set("metrics", 60_000);
    expect(pass(20)).toBe("metrics");
    expect(governor.report().causes).toEqual({ manual: "metrics" });
    timers[0]?.();
    expect(governor.restraint.step).toBe("full");
    expect(applied.map(({ step }) => step)).toEqual(["metrics", "full"]);
    expect(lines.every((line) => line.includes("it was set manually"))).toBe(true);
  });

  test("it can be taken back, and set anew before its time is over (R-O2)", () => {
    const { governor, timers } = governed();
    governor.set("ratio", 60_000);
    expect(governor.restraint.ratioFactor).toBe(0.5);
    governor.set("roots", undefined);
    expect(timers).toEqual([]);
    governor.set(undefined, undefined);
    expect(governor.restraint.step).toBe("full");
  });
});

describe("what it tells", () => {
  test("each change is told with its cause and what was measured before and after, the last 200 of them (R-O2)", () => {
    const changes: GovernorChange[] = [];
    const exceeded: GovernorFacts[] = [];
    const { pass, governor } = governed({
      onChange: (change) => void changes.push(change),
      onExceeded: (facts) => void exceeded.push(facts),
    });
    pass(2, { share: 0.02 });
    pass(1, { share: 0.001 });
    expect(changes).toMatchObject([
      { at: 1e12 + 60_000, cause: "overhead", from: { step: "full" }, to: { step: "children" } },
    ]);
    expect(exceeded).toMatchObject([{ share: 0.02, cores: 0.01 }]);
    expect(governor.report().changes).toMatchObject([{ before: { share: 0.02 }, after: { share: 0.001 } }]);
    for (let i = 0; i < 300; i++) governor.set(i % 2 === 0 ? "roots" : "metrics", undefined);
    expect(governor.report().changes).toHaveLength(200);
    expect(governor.changes.get("manual:down")).toBe(151);
  });

  test("what callbacks are given cannot be changed, and what is reported is what was (R-O2)", () => {
    const { governor, faults, pass } = governed({
      onChange: (change) => void ((change.to as { step: string }).step = "off"),
      onExceeded: (facts) => void ((facts as { share: number }).share = 9),
    });
    pass(1, { share: 0.06 });
    expect(faults.get("overhead")).toBe(2);
    expect(governor.report()).toMatchObject({ share: 0.06, changes: [{ to: { step: "children" } }] });
    pass(1);
    const [change] = governor.report().changes;
    for (const part of [change, change?.from, change?.to, change?.before, change?.after])
      expect(Object.isFrozen(part)).toBe(true);
  });

  test("a step that onChange sets is taken behind the one that it is told of, and never without end (R-O2)", () => {
    let depth = 0;
    let deepest = 0;
    const seen: string[] = [];
    const made = governed({
      onChange: ({ to }) => {
        depth++;
        deepest = Math.max(deepest, depth);
        seen.push(to.step);
        if (seen.length < 1_000) made.governor.set(to.step === "roots" ? "metrics" : "roots", undefined);
        depth--;
      },
    });
    made.governor.set("roots", undefined);
    expect(deepest).toBe(1);
    expect(seen.slice(0, 2)).toEqual(["roots", "metrics"]);
    expect(seen.length).toBeLessThan(10);
    // What waited for the next look was set by hand too.
    const before = seen.length;
    made.pass(1);
    expect(seen.length).toBeGreaterThan(before);
    expect(made.governor.report().changes.map(({ cause }) => cause)).toEqual(seen.map(() => "manual"));
  });

  test("callbacks that throw or reject are counted, said once each, and change nothing (R-O2)", async () => {
    const { pass, faults, lines, governor, flushes } = governed({
      onChange: () => Promise.reject(new Error("theirs")),
      onExceeded: () => {
        throw new Error("theirs");
      },
      memory: {
        warnBytes: 100,
        criticalBytes: 500,
        everyMs: 60_000,
        onWarning: () => {
          throw new Error("theirs");
        },
        onCritical: () => {
          throw new Error("theirs");
        },
      },
    });
    pass(2, { bytes: 200 });
    pass(4, { share: 0.06, bytes: 600 });
    await Promise.resolve();
    expect(governor.restraint.step).not.toBe("full");
    expect(flushes()).toBe(1);
    expect(faults.get("overhead")).toBeGreaterThanOrEqual(4);
    const complaints = lines.filter((line) => line.includes("[GSM_GOVERNOR_CALLBACK]"));
    expect(complaints.toSorted()).toEqual(
      ["memory.onCritical", "memory.onWarning", "onChange", "onExceeded"].map(
        (name) => `overhead.${name} throws; it is counted as a fault [GSM_GOVERNOR_CALLBACK]`,
      ),
    );
  });
});
