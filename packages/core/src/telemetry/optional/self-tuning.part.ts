import { builtInRules, type NamedRule } from "../../governor/tuning/optimizer-rules.ts";
import { createOptimizing, type Optimizing } from "../../governor/tuning/optimizing.ts";
import type { OverheadReport } from "../../governor/governor.ts";
import { Trial } from "../../governor/tuning/trial.ts";
import { trialMetrics } from "../../governor/tuning/trial-metrics.ts";
import type { GovernorFacts } from "../../model/governor/governor-facts.ts";
import type { OptimizerRule, Tuning } from "../../model/governor/optimizer-facts.ts";
import { ofRequests } from "../../governor/cost-meter.ts";
import { RandomPool } from "../../model/random.ts";
import type { OverheadSettings } from "../../options/settle/overhead-settings.ts";
import type { Settings } from "../../options/settle/settings.ts";
import type { SelfTuned, SelfTuningParts } from "./self-tuned.ts";

export { latencyTarget, queueTarget } from "../../governor/tuning/optimizer-rules.ts";

/** Begins what the options ask for. */
export function startSelfTuning(settings: Settings, parts: SelfTuningParts): SelfTuned {
  const tuning = new SelfTuning(settings);
  tuning.start(parts);
  return tuning;
}

/** Runs the optimizer and the trial, each where it is asked for. */
class SelfTuning implements SelfTuned {
  readonly #settings: Settings;
  readonly #chosen: Tuning;
  readonly #ends: (() => void)[] = [];
  #optimizing: Optimizing | undefined = undefined;
  #trial: Trial | undefined = undefined;

  constructor(settings: Settings) {
    const { gzipLevel, maxConcurrentExports } = settings.otlp;
    this.#settings = settings;
    const concurrentExports = maxConcurrentExports;
    this.#chosen = Object.freeze({ batch: 1, ratio: 1, gzipLevel, concurrentExports, exporter: 0 });
  }

  get gzipLevel(): number {
    return this.#tuning.gzipLevel;
  }

  /** By what sampling ratios are multiplied. */
  get ratio(): number {
    return this.#tuning.ratio;
  }

  start(parts: SelfTuningParts): void {
    const { overhead } = this.#settings;
    if (overhead !== undefined)
      this.#ends.push(this.#startOptimizer(overhead, parts), this.#startTrial(overhead, parts));
  }

  end(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  looked(facts: GovernorFacts): void {
    this.#optimizing?.figures.looked(facts);
  }

  exported(durationMs: number): void {
    this.#optimizing?.figures.exported(durationMs);
  }

  /** What is held back changes. */
  interrupt(): void {
    this.#trial?.interrupt();
  }

  report(): Pick<OverheadReport, "optimizer" | "proven"> {
    return { optimizer: this.#optimizing?.optimizer.report(), proven: this.#trial?.report() };
  }

  get #tuning(): Tuning {
    return this.#optimizing?.optimizer.tuning ?? this.#chosen;
  }

  #startOptimizer(overhead: OverheadSettings, parts: SelfTuningParts): () => void {
    const { optimize, target, minRatio, actEveryMs } = overhead;
    const { rules } = optimize;
    if (rules.length === 0 && !optimize.batching && !optimize.sampling && !optimize.resources) return () => {};
    const { rooms, meter, isFree, restrain, diagnostics } = parts;
    const { exports, metrics, faults } = rooms;
    const { clock } = this.#settings;
    const { traces } = exports;
    const optimizing = createOptimizing({
      rules: [...builtInRules(optimize, target), ...named(rules)],
      chosen: this.#chosen,
      minRatio,
      exporters: traces?.exporterCount ?? 0,
      sources: { durations: () => metrics.durations(), queue: () => traces?.look, now: () => clock.now() },
      isPaused: () => !isFree(),
      apply: (tuning) => {
        traces?.tune(tuning);
        restrain();
        this.#trial?.restart();
      },
      clock,
      diagnostics,
      faults,
    });
    this.#optimizing = optimizing;
    for (const metric of optimizing.metrics) metrics.registerObserved(metric);
    return every(actEveryMs, () => meter.timed("governor", () => optimizing.optimizer.endWindow()));
  }

  #startTrial({ trial: settings }: OverheadSettings, parts: SelfTuningParts): () => void {
    if (settings === false) return () => {};
    const { rooms, meter, isFree, processCpuMs } = parts;
    const { sampling, requestLog, metrics, faults } = rooms;
    const random = new RandomPool(this.#settings.random);
    const trial = new Trial({
      ...settings,
      read() {
        return { cpuMs: processCpuMs(), requests: meter.requests, directMs: ofRequests(meter.total()) };
      },
      isFree,
      leaveOut(isOff) {
        sampling.leaveOut(isOff);
        requestLog.isRestrained = isOff;
      },
      calibrate(factor) {
        meter.requestFactor = factor;
      },
      random: () => (random.take() >>> 0) / 2 ** 32,
    });
    this.#trial = trial;
    for (const metric of trialMetrics(trial)) metrics.registerObserved(metric);
    let { revision } = sampling;
    const end = every(settings.windowMs, () =>
      meter.timed("governor", () => {
        try {
          // What somebody changed by hand costs something else.
          if (sampling.revision !== revision) trial.restart();
          revision = sampling.revision;
          trial.tick();
        } catch {
          faults.add("overhead");
        }
      }),
    );
    return () => {
      end();
      trial.interrupt();
    };
  }
}

/** By the function's own name, or its place where it has none or shares it. */
function named(rules: readonly OptimizerRule[]): NamedRule[] {
  const names = new Set<string>(["batching", "sampling", "resources"]);
  return rules.map((rule, i) => {
    const own: unknown = Object.getOwnPropertyDescriptor(rule, "name")?.value;
    const isUsable = typeof own === "string" && /^[\w$.-]{1,60}$/.test(own) && !names.has(own);
    const name = isUsable ? own : `rules[${i}]`;
    names.add(name);
    return { name, rule };
  });
}

function every(ms: number, run: () => void): () => void {
  const timer = setInterval(run, ms);
  timer.unref();
  return () => clearInterval(timer);
}
