import * as coreBatcher from "@gossamer/core/batcher";
import * as coreBreaker from "@gossamer/core/breaker";
import * as core from "@gossamer/core";
import * as coreLimiter from "@gossamer/core/limiter";
import * as coreSamplers from "@gossamer/core/samplers";
import * as coreService from "@gossamer/core/service";
import * as devpage from "@gossamer/devpage";
import * as express from "@gossamer/express";
import * as fastify from "@gossamer/fastify";
import * as measure from "@gossamer/measure";
import * as nestjs from "@gossamer/nestjs";
import * as operations from "@gossamer/operations";
import * as pino from "@gossamer/pino";
import * as profile from "@gossamer/profile";
import * as testing from "@gossamer/testing";
import { pino as plainPino } from "pino";
import { afterEach, describe, expect, it } from "vitest";

const { OptionError, resetTelemetry } = core;

const entries: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "@gossamer/core": core,
  "@gossamer/core/service": coreService,
  "@gossamer/core/samplers": coreSamplers,
  "@gossamer/core/breaker": coreBreaker,
  "@gossamer/core/batcher": coreBatcher,
  "@gossamer/core/limiter": coreLimiter,
  "@gossamer/express": express,
  "@gossamer/fastify": fastify,
  "@gossamer/nestjs": nestjs,
  "@gossamer/pino": pino,
  "@gossamer/testing": testing,
  "@gossamer/operations": operations,
  "@gossamer/profile": profile,
  "@gossamer/devpage": devpage,
  "@gossamer/measure": measure,
};

/** What is given where something else is taken. */
const wrongs: readonly (readonly [name: string, value: unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["a number", 77.5],
  ["a text", "neither"],
  ["true", true],
  ["a symbol", Symbol("wrong")],
  ["a list", [{}]],
  ["an empty object", {}],
  ["an object of unknown names", { nonsense: 1 }],
  ["a function", () => undefined],
];

/** One argument: one that is right, and the kinds that are right as well. */
interface Argument {
  readonly good: unknown;
  readonly also: readonly string[];
}

const taking = (good: unknown, ...also: string[]): Argument => ({ good, also });
/** Options that may be left out, and have no member that must be there. */
const optional = taking({}, "undefined", "an empty object");
const telemetry = (): Argument => taking(core.telemetry);
const function_ = taking(() => undefined, "a function");

/** Every function that is checked: its arguments in order. */
const functions: Readonly<Record<string, () => readonly Argument[]>> = {
  createTelemetry: () => [optional],
  createAttributeLimiter: () => [optional],
  bindInstrument: () => [taking(core.telemetry.meterProvider.getMeter("m").createCounter("c"))],
  clusterPrometheus: () => [optional],
  latencyTarget: () => [taking(100, "undefined", "a number")],
  queueTarget: () => [taking(0.5, "undefined")],
  ratio: () => [taking(0.5)],
  adaptive: () => [optional],
  rateLimit: () => [taking({ perSecond: 1 })],
  priority: () => [taking({ from: { header: "x" } })],
  rollout: () => [taking({ key: { header: "x" } })],
  tiered: () => [optional],
  parentBased: () => [taking({ root: coreSamplers.alwaysOn() })],
  rules: () => [taking([], "a list"), taking(coreSamplers.alwaysOn(), "undefined", "a function")],
  toOtelSampler: () => [function_, optional],
  CircuitBreaker: () => [optional],
  consecutiveFailures: () => [taking(3, "a number")],
  failureRatio: () => [taking({ ratio: 0.5, windowMs: 1_000, minCalls: 1 })],
  anyOf: () => [taking(coreBreaker.consecutiveFailures(1))],
  Batcher: () => [taking({ maxItems: 1, maxBytes: 1, delayMs: 0 }), taking({ maxItems: 1, delayMs: 1 }, "undefined")],
  DynamicBatch: () => [taking({ minItems: 1, maxItems: 2, minDelayMs: 1, maxDelayMs: 2, targetUse: 0.5 })],
  sizeQueue: () => [taking({ spansPerSecond: 1, delayMs: 1 })],
  "@gossamer/express telemetry": () => [optional],
  "@gossamer/express telemetry.route": () => [taking({}, "an empty object")],
  // Fastify calls it, with three things.
  "@gossamer/fastify telemetry": () => [taking(undefined)],
  "@gossamer/fastify telemetry.route": () => [taking({}, "an empty object")],
  BaggageEntry: () => [taking("name", "undefined", "a text")],
  RouteTelemetry: () => [taking({}, "an empty object")],
  Sampled: () => [taking(1, "undefined")],
  SlowAfter: () => [taking("1s")],
  Traced: () => [taking("name", "undefined", "a text")],
  createLogger: () => [telemetry(), taking({}, "undefined", "an empty object", "an object of unknown names")],
  logLevels: () => [taking(pino.createLogger(core.telemetry))],
  loggerService: () => [taking(plainPino())],
  mixin: () => [telemetry(), optional],
  requestLines: () => [telemetry(), taking(plainPino()), optional],
  createTestTelemetry: () => [optional],
  expectNoRepeatedCalls: () => [taking([], "a list"), optional],
  startOtlpReceiver: () => [optional],
  ...Object.fromEntries(
    ["Logs", "Metrics", "Trace"].flatMap((signal) =>
      ["decode", "read"].map((verb) => [`${verb}${signal}Request`, () => [taking(new Uint8Array())]]),
    ),
  ),
  apolloOperations: () => [taking(core.telemetry, "undefined")],
  yogaOperations: () => [taking(core.telemetry, "undefined")],
  mercuriusOperations: () => [taking(core.telemetry, "undefined")],
  trpcOperations: () => [taking(core.telemetry, "undefined"), taking(() => 0, "undefined", "a function")],
  connectOperations: () => [taking(core.telemetry, "undefined")],
  profile: () => [telemetry(), taking({ kind: "cpu", seconds: 0 })],
  profileHandler: () => [telemetry(), taking({ authorize: () => true })],
  serveProfiles: () => [telemetry(), optional],
  devPage: () => [taking(core.telemetry, "undefined"), optional],
  devPageSpanProcessor: () => [taking(core.telemetry, "undefined")],
  openDevPage: () => [taking(core.telemetry, "undefined"), taking({ port: 0 }, "undefined", "an empty object")],
  openOtlpPage: () => [taking({ otlpPort: 0, port: 0 }, "undefined", "an empty object")],
  benchmarkConfigurations: () => [taking([]), taking([]), optional],
  measureLoad: () => [taking({ seconds: 0 }, "undefined", "an empty object")],
  measureOverhead: () => [taking("no-such-file.mjs"), optional],
  toTable: () => [taking({ kind: "overhead" })],
};

/** Those that check nothing, each with what its documentation says instead. */
const unchecked: Readonly<Record<string, string>> = {
  alwaysOn: "takes nothing",
  alwaysOff: "takes nothing",
  existingTelemetry: "takes nothing",
  resetTelemetry: "takes nothing",
  NoTelemetry: "takes nothing",
  CurrentSpan: "takes nothing",
  Traceable: "takes nothing",
  isTelemetry: "answers for any value",
  isInRollout: "asked for each request, it never throws: what is no key is outside",
  valueText: "answers for any value",
  OptionError: "made by Gossamer",
  ProfileRefused: "made by Gossamer",
  WorkloadError: "made by Gossamer",
  TelemetryModule: "made by Nest; what forRoot takes is checked",
  TelemetryService: "made by Nest",
  DevPageModule: "made by Nest; what forRoot takes is checked",
  devPagePlugin: "called by Fastify",
  compareLoads: "compares what files hold: an Error says what is no load test, or is damaged in one",
  expressMiddleware: "for frameworks that stand on Express",
  observe: "for frameworks that stand on Fastify",
};

interface Exported {
  readonly label: string;
  readonly key: string;
  readonly call: (...given: readonly unknown[]) => unknown;
}

/** Each function once, by the entry that has it first; two of one name may be two functions. */
function exported(): Exported[] {
  const known = new Set<unknown>();
  const found: Exported[] = [];
  for (const [entry, exports] of Object.entries(entries)) {
    for (const [name, value] of Object.entries(exports)) {
      if (typeof value !== "function" || known.has(value)) continue;
      known.add(value);
      const key = Object.hasOwn(functions, `${entry} ${name}`) ? `${entry} ${name}` : name;
      const isClass = /^class\b/.test(Function.prototype.toString.call(value));
      const call = (...given: readonly unknown[]): unknown =>
        isClass ? Reflect.construct(value, given) : Reflect.apply(value, undefined, given);
      found.push({ label: `${name} of ${entry}`, key, call });
      const { route } = value as { readonly route?: unknown };
      if (name !== "telemetry" || typeof route !== "function") continue;
      found.push({
        label: `telemetry.route of ${entry}`,
        key: `${entry} telemetry.route`,
        call: (...given: readonly unknown[]): unknown => Reflect.apply(route, value, given),
      });
    }
  }
  return found;
}

/** What a call throws or rejects with; undefined where it does not. What it opened is closed. */
async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    const answer: unknown = await call();
    const { close } = Object(answer) as { close?: () => unknown };
    if (typeof close === "function") await Reflect.apply(close, answer, []);
    return undefined;
  } catch (error) {
    return error;
  }
}

afterEach(() => resetTelemetry());

const all = exported();

describe("each function that a package exports", () => {
  it("is checked, or says why not (R-C3)", () => {
    const names = all.map(({ key }) => key);
    const told = [...Object.keys(functions), ...Object.keys(unchecked)];
    expect(names.filter((name) => !told.includes(name))).toEqual([]);
    expect(told.filter((name) => !names.includes(name))).toEqual([]);
  });

  const checked = all.filter(({ key }) => Object.hasOwn(functions, key));
  it.each(checked)("$label refuses wrong input by an OptionError that names it (R-C3)", async ({ key, call }) => {
    const taken = functions[key]!();
    const silent: string[] = [];
    for (const [at, { also }] of taken.entries()) {
      for (const [kind, value] of wrongs) {
        if (also.includes(kind)) continue;
        const given = taken.map(({ good }, i) => (i === at ? value : good));
        const error = await thrownBy(() => call(...given));
        await resetTelemetry();
        const isOption =
          error instanceof OptionError &&
          error.option !== "" &&
          error.message !== "" &&
          error.code.startsWith("GSM_OPTION_");
        if (!isOption) silent.push(`argument ${at + 1} is ${kind}: ${String(error)}`);
      }
    }
    expect(silent).toEqual([]);
  });
});

describe("what is wrong beside other options", () => {
  it.each<[string, () => unknown, string]>([
    ["a breaker's misspelt member", () => new coreBreaker.CircuitBreaker({ openMS: 1 } as object), "breaker.openMS"],
    [
      "a breaker that can never close",
      () => new coreBreaker.CircuitBreaker({ trials: 2, goodTrials: 3 }),
      "breaker.goodTrials",
    ],
    ["a batch of nothing", () => new coreBatcher.Batcher({ maxItems: 0, maxBytes: 1, delayMs: 1 }), "batcher.maxItems"],
    [
      "a batch that grows downwards",
      () => new coreBatcher.DynamicBatch({ minItems: 5, maxItems: 1, minDelayMs: 1, maxDelayMs: 1, targetUse: 0.5 }),
      "dynamicBatch.minItems",
    ],
    [
      "a view with buckets for a sum",
      () => core.createTelemetry({ views: [{ instrument: "a", aggregation: "sum", boundaries: [1] }] }),
      "views[0]",
    ],
    [
      "a view with buckets for counters",
      () => core.createTelemetry({ views: [{ type: "counter", boundaries: [1] }] }),
      "views[0]",
    ],
    [
      "a transport that is not installed",
      () => pino.createLogger(core.telemetry, { transport: { target: "no-such-transport" } }),
      "transport",
    ],
  ])("%s is an OptionError that names it (R-C3)", (_, make, option) => {
    expect(make).toThrow(expect.objectContaining({ name: "OptionError", option }));
  });

  it("what acts by what telemetry costs is said to do nothing where that is not measured (R-C3)", () => {
    const lines: string[] = [];
    core.createTelemetry({
      exporter: "none",
      diagnostics: "warn",
      log: (line) => lines.push(line),
      overhead: { enabled: false, trial: true, optimize: { sampling: true } },
    });
    expect(lines).toEqual([
      expect.stringMatching(/overhead\.trial has no effect with overhead\.enabled: false.*GSM_OPTION_UNUSED/),
      expect.stringMatching(/overhead\.optimize has no effect with overhead\.enabled: false.*GSM_OPTION_UNUSED/),
    ]);
  });
});
