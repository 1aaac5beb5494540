import { describe, expect, test } from "vitest";
import { handTime } from "../../pipeline/testing/hand-time.ts";
import { Tally } from "../../tally/tally.ts";
import type { StrategyResult } from "./ask-strategy.ts";
import { RemoteSampling } from "./remote-sampling.ts";
import type { Strategy } from "./strategy.ts";

const minuteMs = 60_000;

function strategy(ratio: number): StrategyResult {
  const none = { operations: [], minPerSecond: 0, maxPerSecond: undefined };
  return { kind: "strategy", strategy: { ...none, otherwise: { kind: "ratio", ratio } } };
}

function setUp(answers: (n: number) => StrategyResult, { pollMs = minuteMs, random = 0.5 } = {}) {
  const time = handTime();
  const asked: number[] = [];
  const followed: Strategy[] = [];
  const lines: string[] = [];
  const faults = new Tally();
  const remote = new RemoteSampling({
    settings: {
      url: "http://u:p@jaeger:5778/sampling",
      shownUrl: "http://jaeger:5778/sampling",
      protocol: "http",
      pollMs,
      timeoutMs: 5_000,
      initialRatio: undefined,
    },
    ask: () => {
      asked.push(time.nowMs);
      return Promise.resolve(answers(asked.length));
    },
    follow: (one) => followed.push(one),
    diagnostics: {
      info: (line, code) => lines.push(`${line} [${code}]`),
      warn: (line, code) => lines.push(`${line} [${code}]`),
    },
    faults,
    now: () => time.nowMs,
    random: () => random,
    startTimer: time.startTimer,
  });
  const pass = (ms: number): Promise<void> => time.runUntil(time.nowMs + ms);
  return { remote, pass, asked, followed, lines, faults };
}

/** How long it waited before each question but the first. */
function waits(asked: readonly number[]): number[] {
  return asked.slice(1).map((at, i) => at - (asked[i] ?? 0));
}

describe("an endpoint", () => {
  test("is asked at the start, and from time to time (R-S17)", async () => {
    const { remote, pass, asked, followed } = setUp((n) => strategy(n / 10));
    remote.start();
    expect(asked).toEqual([0]);
    await pass(3 * minuteMs);
    expect(waits(asked)).toEqual([minuteMs, minuteMs, minuteMs]);
    expect(followed.map(({ otherwise }) => otherwise)).toEqual(
      [0.1, 0.2, 0.3, 0.4].map((ratio) => ({ kind: "ratio", ratio })),
    );
    expect(remote.status()).toEqual({
      url: "http://jaeger:5778/sampling",
      revision: 4,
      ageMs: 0,
      failures: 0,
    });
  });

  test("is asked a tenth sooner or later by chance, so that a fleet is no wave (R-S17)", async () => {
    for (const [random, wait] of [
      [0, 54_000],
      [1, 66_000],
    ]) {
      const { remote, pass, asked } = setUp(() => strategy(1), { random });
      remote.start();
      await pass(minuteMs * 1.1);
      expect(waits(asked)[0]).toBe(wait);
    }
  });

  test("that fails is asked ever more rarely, every ten minutes at last, and as before once it answers (R-S17)", async () => {
    let isDown = false;
    const { remote, pass, asked } = setUp(() => (isDown ? { kind: "none", reason: "ECONNREFUSED" } : strategy(1)));
    remote.start();
    await pass(0);
    isDown = true;
    await pass(60 * minuteMs);
    expect(waits(asked).map((wait) => wait / minuteMs)).toEqual([1, 1, 2, 4, 8, 10, 10, 10, 10]);
    isDown = false;
    await pass(20 * minuteMs);
    expect(waits(asked).at(-1)).toBe(minuteMs);
  });

  test("that was never there is asked again soon, as it may be starting too (R-S17)", async () => {
    const { remote, pass, asked } = setUp(() => ({ kind: "none", reason: "ECONNREFUSED" }));
    remote.start();
    await pass(6 * minuteMs);
    expect(waits(asked).map((wait) => wait / 1_000)).toEqual([5, 10, 20, 40, 80, 160]);
  });

  test("that says the same again leaves what is in force as it is, and young (R-S17)", async () => {
    const { remote, pass, followed } = setUp(() => strategy(0.5));
    remote.start();
    await pass(10 * minuteMs + 1_000);
    expect(followed).toHaveLength(1);
    expect(remote.status()).toMatchObject({ revision: 1, ageMs: 1_000 });
  });

  test("has one line a change of state, and what it said last stays (R-S17)", async () => {
    const answers: StrategyResult[] = [
      { kind: "none", reason: "ECONNREFUSED" },
      { kind: "none", reason: "ECONNREFUSED" },
      strategy(0.5),
      strategy(0.25),
      { kind: "none", reason: "status 500" },
      { kind: "none", reason: "status 500" },
      { kind: "none", reason: "status 404" },
      strategy(0.25),
    ];
    const { remote, pass, followed, lines, faults } = setUp((n) => answers[n - 1] ?? strategy(0.25), { pollMs: 1_000 });
    remote.start();
    await pass(minuteMs);
    const wrong = (reason: string): string =>
      `remote sampling failed at http://jaeger:5778/sampling: ${reason}; the previous settings stay in effect [GSM_REMOTE_SAMPLING_WRONG]`;
    const follows = "sampling follows http://jaeger:5778/sampling [GSM_REMOTE_SAMPLING]";
    expect(lines).toEqual([wrong("ECONNREFUSED"), follows, wrong("status 500"), wrong("status 404"), follows]);
    expect(followed).toHaveLength(2);
    expect(remote.status()).toMatchObject({ revision: 2, failures: 5 });
    expect(faults.get("remote-sampling")).toBe(5);
  });

  test("is not asked any more once that is over, and a late answer changes nothing (R-S17)", async () => {
    const { remote, pass, asked, followed } = setUp(() => strategy(1));
    const end = remote.start();
    end();
    await pass(10 * minuteMs);
    expect([asked.length, followed.length]).toEqual([1, 0]);
  });
});
