import { isDeepStrictEqual } from "node:util";
import {
  OptionError,
  type EngineWatch,
  type GovernorStep,
  type TelemetryEngine,
  type WatchedLines,
} from "@gossamer/core";
import type {
  CheckView,
  DryRunView,
  Explained,
  GovernorDraft,
  LogLevelDraft,
  LogLevelView,
  RulesView,
  SamplingDraft,
} from "../protocol.ts";
import type { PageActions, PageData } from "./page-data.ts";

const maxUndo = 20;
const levelForMs = 600_000;

/** A change of the page, and what it put in force. */
interface Undoable {
  readonly draft: SamplingDraft;
  readonly put: readonly unknown[];
  readonly undo: () => void;
}

/** What the page changes in the engine, and can take back. */
export class EngineActions implements PageActions {
  /** Set while the page is open. */
  data: PageData | undefined;
  /** Spans that were seen, since the dry run began. */
  spans = 0;
  readonly #engine: TelemetryEngine;
  readonly #watch: () => EngineWatch | undefined;
  readonly #undo: Undoable[] = [];
  #dryRunAt = 0;

  constructor(engine: TelemetryEngine, watch: () => EngineWatch | undefined) {
    this.#engine = engine;
    this.#watch = watch;
  }

  rules(): RulesView {
    return { current: this.#engine.sampling.current(), undoable: this.#undo.length };
  }

  validate(draft: SamplingDraft): RulesView {
    const current = this.#watch()?.tryOut(draft) ?? this.#engine.sampling.current();
    return { current, undoable: this.#undo.length };
  }

  apply(draft: SamplingDraft): RulesView {
    const undo = this.#watch()?.change(draft);
    if (undo !== undefined) this.#undo.push({ undo, draft, put: this.#inForce(draft) });
    if (this.#undo.length > maxUndo) this.#undo.shift();
    return this.rules();
  }

  dryRun(rules: NonNullable<SamplingDraft["rules"]>): RulesView {
    const watch = this.#watch();
    // As rules too, so that what is wrong has the name that it has in the draft.
    watch?.tryOut({ rules });
    if (watch?.change({ dryRun: rules }) === undefined) return this.rules();
    this.#dryRunAt = this.data?.now() ?? 0;
    this.spans = 0;
    this.data?.changed(
      "dry-run",
      rules.length === 0 ? "the dry run has ended" : `a dry run of ${rules.length} rules has begun`,
    );
    return this.rules();
  }

  undo(): RulesView {
    const last = this.#undo.at(-1);
    if (last === undefined) throw new ImpossibleError("There is no change of this page to take back.");
    if (!isDeepStrictEqual(this.#inForce(last.draft), last.put))
      throw new ImpossibleError(
        "This was changed by somebody else since, and taking it back would undo that too: apply what you want instead.",
      );
    this.#undo.pop();
    last.undo();
    return this.rules();
  }

  /** What is in force of all that a draft names. */
  #inForce(draft: SamplingDraft): readonly unknown[] {
    const { sampleRatio, sampler, rules, keep } = this.#engine.sampling.current();
    return [
      draft.sampleRatio === undefined ? [] : [sampleRatio, sampler],
      draft.rules === undefined ? [] : rules,
      draft.keep === undefined ? {} : keep,
    ];
  }

  governor({ step, forMs }: GovernorDraft): void {
    if (this.#engine.overhead() === undefined)
      throw new ImpossibleError("There is no governor here: the option overhead is off.");
    this.#engine.governor.set(
      step === null ? undefined : (step satisfies GovernorStep),
      forMs === undefined ? {} : { forMs },
    );
  }

  explain({ id, method, route, path, operation, headers }: Parameters<PageActions["explain"]>[0]): Explained {
    const request = id === undefined ? undefined : this.data?.requests.get(id);
    if (id !== undefined && request === undefined) throw new GoneError();
    const asked = request ?? { method, route, path, operation };
    const label = asked.operation;
    const now = this.#engine.explain({
      method: asked.method,
      route: asked.route,
      path: asked.path,
      ...(label === undefined ? {} : { operation: label }),
      headers,
    });
    return { now, ...(request === undefined || id === undefined ? {} : { request: { id, ...request } }) };
  }

  check(): CheckView {
    return { findings: this.#engine.check(), settings: this.#engine.status().settings };
  }

  logLevels(): LogLevelView[] {
    return this.#loggers().map(([logger, lines]) => ({ logger, level: lines.level() as LogLevelView["level"] }));
  }

  setLogLevel({ level, forMs = levelForMs, logger }: LogLevelDraft): LogLevelView[] {
    const chosen = this.#loggers().filter(([name]) => logger === undefined || name === logger);
    if (chosen.length === 0) throw wrong("logger", "the name of a logger that there is");
    for (const [, lines] of chosen) {
      if (!lines.setLevel(level, forMs)) throw wrong("level", "one that the logger has");
    }
    const logLevels = this.logLevels();
    this.data?.changed("log-level", `the level is ${level} for ${Math.round(forMs / 1_000)} s`, { logLevels });
    return logLevels;
  }

  dryRunView(): DryRunView | undefined {
    const { dryRun: report } = this.#engine.status().sampling;
    if (report === undefined) return undefined;
    const seconds = Math.max(0.001, ((this.data?.now() ?? 0) - this.#dryRunAt) / 1_000);
    const live = report.both + report.onlyLive;
    const dryRun = report.both + report.onlyDryRun;
    const perTrace = live === 0 ? undefined : this.spans / live;
    return {
      rules: this.#engine.sampling.current().dryRun,
      startedAt: this.#dryRunAt,
      report,
      requestsPerSecond: (live + report.onlyDryRun + report.neither) / seconds,
      sampledPerSecond: { live: live / seconds, dryRun: dryRun / seconds },
      ...(perTrace === undefined
        ? {}
        : {
            spansPerSecond: {
              live: (live * perTrace) / seconds,
              dryRun: (dryRun * perTrace) / seconds,
              saved: ((live - dryRun) * perTrace) / seconds,
            },
          }),
    };
  }

  #loggers(): [name: string, lines: WatchedLines][] {
    const lines = this.#watch()?.lines() ?? [];
    return lines.map((one, i) => [lines.length === 1 ? "logger" : `logger ${i + 1}`, one]);
  }
}

/** A request that has left the ring. */
export class GoneError extends Error {}

/** What cannot be done as things are, however it is asked for. */
export class ImpossibleError extends Error {}

function wrong(option: string, expectation: string): OptionError {
  return new OptionError(option, `"${option}" must be ${expectation}.`, { code: "GSM_OPTION_RANGE", expectation });
}
