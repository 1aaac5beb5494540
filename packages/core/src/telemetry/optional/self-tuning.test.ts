import { afterEach, describe, expect, test, vi } from "vitest";
import type { Exchange } from "../../exchange/exchange.ts";
import type { RequestLine } from "../../logging/request-line.ts";
import { handClock, type HandClock } from "../../metrics/testing/test-metrics.ts";
import type { OptimizerRule } from "../../model/governor/optimizer-facts.ts";
import type { TelemetryOptions } from "../../options/declare/telemetry-options.ts";
import { type FakeRequest, fakeReader } from "../../testing/test-exchange.ts";
import { seededRandom } from "../../testing/test-tracing.ts";
import { createTelemetry, resetTelemetry } from "../create-telemetry.ts";
import type { Engine } from "../engine.ts";

afterEach(async () => {
  vi.useRealTimers();
  await resetTelemetry();
});

const actEveryMs = 300_000;

function engine(clock: HandClock, options: TelemetryOptions): Engine {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  return createTelemetry({
    exporter: "none",
    diagnostics: "none",
    environment: "production",
    shutdown: { signals: false },
    random: seededRandom(),
    clock,
    ...options,
  } as TelemetryOptions<never>) as Engine;
}

interface Seen {
  sampled: number;
  /** What the sampled ones stand for, by the threshold that they tell. */
  weight: number;
}

function send(
  telemetry: Engine,
  requests: number,
  { clock, ms = 0, statusCode = 200 }: { clock: HandClock; ms?: number; statusCode?: number },
): Seen {
  const seen: Seen = { sampled: 0, weight: 0 };
  for (let i = 0; i < requests; i++) {
    const request = { route: telemetry.routes.get("/a"), headers: {} };
    const exchange = telemetry.begin<FakeRequest>(request, fakeReader) as Exchange;
    clock.wait(ms);
    exchange.end({ statusCode, completed: true });
    if ((exchange.flags & 1) === 0) continue;
    seen.sampled++;
    const [, threshold = "0"] = /th:([0-9a-f]+)/.exec(exchange.traceState) ?? [];
    seen.weight += 1 / (1 - Number.parseInt(threshold.padEnd(14, "0"), 16) / 2 ** 56);
  }
  return seen;
}

describe("the optimizer in an engine", () => {
  test("a rule's ratio holds for requests that come, says its threshold, and is gone when it made them slower (R-O5)", () => {
    const clock = handClock();
    let asked = 0;
    const halve: OptimizerRule = () => (asked++ === 0 ? { figure: "p95Ms", reason: "once", ratio: 0.5 } : undefined);
    const telemetry = engine(clock, { sampleRatio: 1, overhead: { optimize: { rules: [halve] } } });
    expect(send(telemetry, 100, { clock, ms: 20 })).toEqual({ sampled: 100, weight: 100 });
    vi.advanceTimersByTime(actEveryMs);
    expect(telemetry.overhead()?.optimizer).toMatchObject({ tuning: { ratio: 0.5 }, changes: [{ rule: "halve" }] });
    const { sampled, weight } = send(telemetry, 2_000, { clock, ms: 300 });
    expect(sampled).toBeGreaterThan(900);
    expect(sampled).toBeLessThan(1_100);
    expect(weight).toBe(2 * sampled);
    expect(telemetry.explain({ path: "/a" })).toMatchObject({ ratio: 0.5 });
    vi.advanceTimersByTime(actEveryMs);
    expect(telemetry.overhead()?.optimizer).toMatchObject({ tuning: { ratio: 1 }, changes: [{ isUndone: true }] });
    expect(send(telemetry, 100, { clock })).toEqual({ sampled: 100, weight: 100 });
    expect(telemetry.explain({ path: "/a" })).toMatchObject({ ratio: 1 });
  });

  test("its changes and gains are metrics, by rule (R-O5)", () => {
    const clock = handClock();
    const level: OptimizerRule = ({ tuning }) => ({
      figure: "p95Ms",
      reason: "test",
      gzipLevel: 3 - (tuning.gzipLevel % 2),
    });
    const telemetry = engine(clock, { overhead: { optimize: { rules: [level] } } });
    send(telemetry, 10, { clock, ms: 90 });
    vi.advanceTimersByTime(actEveryMs);
    send(telemetry, 10, { clock, ms: 30 });
    vi.advanceTimersByTime(actEveryMs);
    const text = prometheusOf(telemetry);
    expect(text).toContain('gossamer_optimizer_changes_total{gossamer_rule="level",gossamer_outcome="made"} 2');
    expect(text).toMatch(/gossamer_optimizer_gain_ratio\{gossamer_rule="level"\} 0\.\d+/);
    expect(telemetry.status().overhead?.optimizer?.changes).toHaveLength(2);
  });

  test("with all switches off there is none, and nothing is reported of it (R-O5)", () => {
    const telemetry = engine(handClock(), {});
    expect(telemetry.overhead()).toMatchObject({ optimizer: undefined, proven: undefined });
    expect(prometheusOf(telemetry)).not.toContain("gossamer_optimizer");
  });

  test.each([
    [{ optimize: { rules: ["fast"] } }, /overhead\.optimize\.rules\[0\].*'fast'/],
    [{ optimize: { batching: 1 } }, /overhead\.optimize\.batching.*1/],
    [{ trial: { share: 0.6 } }, /overhead\.trial\.share.*0\.5.*0\.6/],
    [{ trial: { windowMs: 0 } }, /overhead\.trial\.windowMs/],
    [{ trial: { window: 1 } }, /overhead\.trial/],
  ])("%j is an error at the start that names it (R-O5, R-O9)", (overhead, message) => {
    expect(() => engine(handClock(), { overhead } as unknown as TelemetryOptions)).toThrow(message);
  });
});

describe("the trial in an engine", () => {
  const trial = { share: 0.5, windowMs: 1_000 };

  test("windows leave traces out, not counts; what is estimated from thresholds and what was left out are all there is (R-O9)", () => {
    const clock = handClock();
    const telemetry = engine(clock, { sampleRatio: 0.25, overhead: { trial } });
    let weight = 0;
    const total = 400 * 50;
    for (let i = 0; i < 400; i++) {
      weight += send(telemetry, 50, { clock }).weight;
      vi.advanceTimersByTime(trial.windowMs);
    }
    const { decisions } = telemetry.status().sampling;
    const leftOut = telemetry.overhead()?.proven?.leftOut ?? 0;
    expect(decisions["trial:unsampled"]).toBe(leftOut);
    expect(leftOut / total).toBeGreaterThan(0.4);
    expect(leftOut / total).toBeLessThanOrEqual(0.52);
    // Of 10,000 requests a quarter: three standard deviations are 3.5 %.
    expect((weight + leftOut) / total).toBeGreaterThan(0.965);
    expect((weight + leftOut) / total).toBeLessThan(1.035);
    expect(prometheusOf(telemetry)).toMatch(/http_server_request_duration_seconds_count\{.*\} 20000/);
  });

  /** Until a window is open. */
  function open(telemetry: Engine, clock: HandClock): void {
    for (let i = 0; i < 100; i++) {
      send(telemetry, 1, { clock });
      vi.advanceTimersByTime(trial.windowMs);
      if (telemetry.explain({ path: "/a" }).steps.at(-1)?.includes("trial window") === true) return;
    }
    throw new Error("no window in 100");
  }

  test("in a window explain() says why, failures keep their lines without a trace, and healthy requests have none (R-O9)", () => {
    const clock = handClock();
    const telemetry = engine(clock, { sampleRatio: 1, requestLine: "all", overhead: { trial } });
    const lines: RequestLine[] = [];
    telemetry.logging.logRequests({ write: (line) => lines.push(line) });
    open(telemetry, clock);
    expect(telemetry.explain({ path: "/a" }).steps.at(-1)).toMatch(/trial window is open/);
    lines.length = 0;
    expect(send(telemetry, 5, { clock }).sampled).toBe(0);
    expect(send(telemetry, 1, { clock, statusCode: 500 }).sampled).toBe(0);
    expect(lines).toMatchObject([{ level: "error", statusCode: 500, samplingReason: "trial", traceFlags: 2 }]);
    expect(telemetry.status().sampling.kept).toEqual({});
    vi.advanceTimersByTime(trial.windowMs);
    expect(send(telemetry, 5, { clock }).sampled).toBe(5);
    expect(send(telemetry, 1, { clock, statusCode: 500 }).sampled).toBe(1);
  });

  test("a window gives no budget back: what was kept before it counts after it (R-O9)", () => {
    const clock = handClock();
    const telemetry = engine(clock, { sampleRatio: 0, keep: { maxPerSecond: 5 }, overhead: { trial } });
    const fail = (): number => {
      send(telemetry, 20, { clock, statusCode: 500 });
      return telemetry.status().sampling.kept["error"] ?? 0;
    };
    expect(fail()).toBe(5);
    open(telemetry, clock);
    expect(fail()).toBe(5);
    vi.advanceTimersByTime(trial.windowMs);
    expect(fail()).toBe(5);
    clock.wait(1_000);
    expect(fail()).toBe(10);
  });

  test("a window ends at once when the governor takes a step, and none opens above its first (R-O9)", () => {
    const clock = handClock();
    const telemetry = engine(clock, { sampleRatio: 1, overhead: { trial } });
    open(telemetry, clock);
    telemetry.governor.set("children");
    expect(send(telemetry, 5, { clock }).sampled).toBe(5);
    for (let i = 0; i < 50; i++) {
      vi.advanceTimersByTime(trial.windowMs);
      expect(send(telemetry, 1, { clock }).sampled).toBe(1);
    }
    telemetry.governor.set(undefined);
    open(telemetry, clock);
  });

  test("after the sampling was changed all is measured anew (R-O9)", () => {
    const clock = handClock();
    const telemetry = engine(clock, { sampleRatio: 1, overhead: { trial } });
    for (let i = 0; i < 50; i++) {
      send(telemetry, 10, { clock });
      vi.advanceTimersByTime(trial.windowMs);
    }
    expect(telemetry.overhead()?.proven?.windows).toBeGreaterThan(10);
    telemetry.sampling.update({ sampleRatio: 0.5 });
    vi.advanceTimersByTime(trial.windowMs);
    expect(telemetry.overhead()?.proven?.windows).toBe(0);
  });
});

function prometheusOf(telemetry: Engine): string {
  let text = "";
  telemetry.prometheus({ allow: "any" })(
    { method: "GET", headers: {} } as never,
    { setHeader() {}, writeHead() {}, end: (body: string) => (text = String(body)) } as never,
  );
  return text;
}
