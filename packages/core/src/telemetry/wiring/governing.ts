import { Governor, type GovernorControl, type OverheadReport } from "../../governor/governor.ts";
import {
  CostMeter,
  type CostPart,
  type Timed,
  type TimedOften,
  untimed,
  untimedOften,
} from "../../governor/cost-meter.ts";
import { governorMetrics } from "../../governor/governor-metrics.ts";
import { Sensors, sensorSources } from "../../governor/sensors.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import { type GovernorStep, governorSteps, reachesStep, type Restraint } from "../../model/governor/governor-steps.ts";
import { durationMs, oneOf } from "../../model/checks/checks.ts";
import { wrongValue } from "../../model/checks/option-error.ts";
import { readMembers } from "../../model/checks/read-members.ts";
import { quoteValue } from "../../model/checks/quote-value.ts";
import type { Settings } from "../../options/settle/settings.ts";
import { startTimer } from "../../pipeline/time/timers.ts";
import type { Tally } from "../../tally/tally.ts";
import type { Metrics } from "../../metrics/metrics.ts";
import type { RequestLog } from "../../logging/request-log.ts";
import type { Tracing } from "../../tracing/span/tracing.ts";
import type { LiveSampling } from "../sampling/live-sampling.ts";
import { startSelfTuning } from "../optional/self-tuning.part.ts";
import { asksForTuning, type SelfTuned, type TunedPipeline, untuned } from "../optional/self-tuned.ts";

/** At most about twenty requests a second are measured. */
const measuredApartMs = 50;

/** What is measured and held back. */
export interface GovernedRooms {
  readonly exports: { readonly traces: TunedPipeline | undefined };
  readonly tracing: Tracing;
  readonly records: { readonly ownBytes: number };
  readonly sampling: LiveSampling;
  readonly metrics: Metrics;
  readonly requestLog: RequestLog;
  readonly faults: Tally;
}

/** What telemetry may do about its own cost; nothing where it does not measure itself. */
export class Governing implements GovernorControl {
  /** Undefined where it does not measure itself. */
  readonly meter: CostMeter | undefined;
  readonly timed: Timed;
  /** Whether requests are not observed at all. */
  isAside = false;
  /** Requests that came meanwhile. */
  unobserved = 0;
  /** What it tries out by itself. */
  tuning: SelfTuned = untuned;
  readonly #settings: Settings;
  #governor: Governor | undefined;

  constructor(settings: Settings) {
    const { enabled, overhead, clock } = settings;
    this.#settings = settings;
    this.meter =
      enabled && overhead !== undefined
        ? new CostMeter({ sampleEvery: overhead.sampleEvery, apartMs: measuredApartMs, now: () => clock.now() })
        : undefined;
    this.timed = this.meter?.timed ?? untimed;
  }

  /** Measures some of many stretches of one kind of work; each kind asks for its own. */
  often(part: CostPart): TimedOften {
    return this.meter?.often(part) ?? untimedOften;
  }

  /** Begins to look, and answers what ends it. */
  start(rooms: GovernedRooms, emergencyFlush: () => unknown, diagnostics: Diagnostics): () => void {
    const { meter } = this;
    const { clock, overhead } = this.#settings;
    if (meter === undefined || overhead === undefined) return () => {};
    const { exports, tracing, records, sampling, metrics, faults } = rooms;
    const sources = sensorSources(() => clock.now());
    const governor = new Governor({
      settings: overhead,
      meter,
      sensors: new Sensors(sources),
      heldBytes: () => (exports.traces?.ownBytes ?? 0) + tracing.held.bytes + records.ownBytes,
      topRatio: () => sampling.topRatio,
      apply: (restraint) => this.#apply(restraint, rooms),
      looked: (facts) => this.tuning.looked(facts),
      tried: () => this.tuning.report(),
      emergencyFlush,
      clock,
      diagnostics,
      faults,
      startTimer,
    });
    this.#governor = governor;
    const counted = overhead.floor === "off" ? () => this.unobserved : undefined;
    for (const metric of governorMetrics(governor, counted)) metrics.registerObserved(metric);
    const timer = setInterval(() => governor.look(), overhead.lookEveryMs);
    timer.unref();
    if (asksForTuning(overhead)) {
      this.tuning = startSelfTuning(this.#settings, {
        rooms,
        meter,
        processCpuMs: sources.processCpuMs,
        isFree: () => governor.restraint.step === "full",
        restrain: () => this.#apply(governor.restraint, rooms),
        diagnostics,
      });
    }
    return () => {
      clearInterval(timer);
      this.tuning.end();
    };
  }

  report(): OverheadReport | undefined {
    return this.#governor?.report();
  }

  set(step: GovernorStep | undefined, options: { readonly forMs?: number } = {}): void {
    const { forMs } = readMembers<{ forMs: number }>(options, "options", "an object with forMs", setMembers);
    if (step !== undefined) {
      oneOf(...governorSteps).validate(step, "step");
      const floor = this.#settings.overhead?.floor ?? "metrics";
      if (step === "off" && floor !== "off")
        throw wrongValue(
          "step",
          'another one, or the option "overhead.floor" "off"',
          quoteValue(step),
          "GSM_OPTION_RANGE",
        );
    }
    this.#governor?.set(step, forMs);
  }

  /** What begins from now on is held back so far. */
  #apply(restraint: Restraint, { sampling, tracing, requestLog }: GovernedRooms): void {
    const { step } = restraint;
    this.tuning.interrupt();
    const reaches = (wanted: GovernorStep): boolean => reachesStep(step, wanted);
    this.isAside = reaches("off");
    this.meter?.forget();
    tracing.restrainedSpans = reaches("roots") ? 0 : reaches("children") ? spansOfRestrained : undefined;
    requestLog.isRestrained = reaches("metrics");
    sampling.restrain({ ...restraint, ratioFactor: restraint.ratioFactor * this.tuning.ratio });
    // The next request finds out at once.
    if (this.isAside) this.meter?.stepAside();
  }
}

const setMembers = { forMs: durationMs(1) };

/** Spans a request, while there are fewer of them. */
const spansOfRestrained = 20;
