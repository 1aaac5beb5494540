import type { LogDestination, Telemetry } from "@gossamer/core";
import { pino, type Logger, type LoggerOptions as PinoOptions } from "pino";
import { type CrashParts, logCrashes } from "./crash-line.ts";
import { type DestinationOptions, openDestination, type Transport } from "./destination.ts";
import { loggableError } from "./fields/error-text.ts";
import type { FieldStyle } from "./fields/field-style.ts";
import { fieldStyle } from "./fields/field-styles.ts";
import { followLevel } from "./follow-levels.ts";
import { type LevelSignal, onLevelSignal } from "./level-signal.ts";
import { isLevel, keepLevels, levelValues, type Level, type LevelSettings, LevelSwitch } from "./log-levels.ts";
import { hardenLookups, type LogMethod, markPlain, safeLogMethod } from "./safe-lines.ts";
import { mergeSafely } from "./merge-safely.ts";
import { safeMixin } from "./mixin.ts";
import type { MixinOptions, PinoMixin } from "./mixin-options.ts";
import { activeIds } from "./ids/active-ids.ts";
import { carryIds } from "./ids/line-ids.ts";
import { mergeRequestLines } from "./request-line-fields.ts";
import { bindingsOf, LateBindings } from "./late-bindings.ts";
import type { RequestLineOptions } from "./request-line-options.ts";
import { requestLines } from "./request-lines.ts";
import { checkLogger, wordCheck } from "./logger-options.ts";
import { optionError } from "./option-error.ts";
import { OtlpTee } from "./otlp-tee.ts";
import { watchedLines } from "./watched-lines.ts";

/** pino's own options, among them `redact`, `serializers`, `formatters` and `base`, which all hold, and what is here. */
export interface LoggerOptions<CustomLevels extends string = never, OnlyCustom extends boolean = boolean>
  extends
    Omit<PinoOptions<CustomLevels, OnlyCustom>, "transport" | "mixin" | "level">,
    MixinOptions,
    DestinationOptions {
  /** What is let through. @default the engine's `logLevel`: warn in production, debug with DEBUG=true, else info */
  readonly level?: Level | NoInfer<CustomLevels>;
  /** Levels of lines of requests to a route, by its template. Below the service's level they let more through. @default {} */
  readonly routeLevels?: Readonly<Record<string, Level | NoInfer<CustomLevels>>>;
  /** Levels of libraries, by the name that `logLevels(logger).library` is asked for. @default {} */
  readonly libraryLevels?: Readonly<Record<string, Level | NoInfer<CustomLevels>>>;
  /** The level of a library that has none of its own. @default "warn" */
  readonly libraryLevel?: Level | NoInfer<CustomLevels>;
  /** A signal that changes the level for a while, and takes it back when it comes again. @default none */
  readonly levelSignal?: LevelSignal;
  /** Whether this logger takes the lines of requests; which requests have one is the engine's `requestLine`. @default true, where it has pino's levels */
  readonly requestLine?: boolean | Pick<RequestLineOptions, "path">;
  /**
   * Whether lines leave as log records by OTLP too, beside the destination: those from `warn` on, and the others with their trace or outside of any.
   * The engine's option `logRecords` has it for all. @default false
   */
  readonly otlp?: boolean;
  /** Whether an error that nobody caught has a last line. Lines before it are written in each case. @default true */
  readonly crashLine?: boolean;
}

/**
 * A pino logger whose lines carry the active trace, which takes the lines of requests, and whose lines are all written when the process ends.
 *
 * What it writes to is asynchronous; the engine flushes it at `flush()`, `shutdown()` and on the signals that end the process. Throws, at once,
 * for an option that is wrong or a file that cannot be opened; after that it never throws.
 */
export function createLogger<CustomLevels extends string = never, OnlyCustom extends boolean = boolean>(
  telemetry: Telemetry,
  options: LoggerOptions<CustomLevels, OnlyCustom> = {},
): Logger<CustomLevels, OnlyCustom> {
  checkLogger(telemetry, options);
  return makeLogger(telemetry, options as unknown as LoggerOptions) as unknown as Logger<CustomLevels, OnlyCustom>;
}

const nowhere = { write() {} };

function makeLogger(telemetry: Telemetry, options: LoggerOptions): Logger {
  const { fields, traceFlags, mixin: own, destination, transport, bufferBytes, maxBufferBytes, ...rest } = options;
  const {
    routeLevels,
    libraryLevels,
    libraryLevel,
    levelSignal,
    requestLine = options.useOnlyCustomLevels !== true,
    crashLine = true,
    otlp = false,
    ...given
  } = rest;
  const { logging } = telemetry;
  const style = fieldStyle(fields ?? "opentelemetry", () => logging.service);
  const made = style.pino();
  checkTargets(transport, style);
  const active = activeIds(telemetry, traceFlags);
  // As pino has it: a logger that is not enabled is silent, whatever its levels are.
  const isEnabled = given.enabled !== false;
  const values = levelValues(given.customLevels, given.useOnlyCustomLevels === true);
  const level = levelOption("level", options.level ?? logging.level, values);
  const levels = new LevelSwitch({
    ...levelsWhere(isEnabled, {
      level,
      routes: levelRecord("routeLevels", routeLevels, values),
      libraries: levelRecord("libraryLevels", libraryLevels, values),
      libraryLevel: levelOption("libraryLevel", libraryLevel ?? (isLevel("warn", values) ? "warn" : level), values),
    }),
    values,
    activeRoute: () => telemetry.current()?.route?.template,
  });
  if (levelSignal?.level !== undefined) levelOption("levelSignal.level", levelSignal.level, values);
  const target = openDestination(defined({ destination, transport, bufferBytes, maxBufferBytes }), telemetry);
  const errorKey = given.errorKey ?? made.errorKey ?? "err";
  const messageKey = given.messageKey ?? made.messageKey ?? "msg";
  const stream = otlp ? new OtlpTee({ telemetry, stream: target.stream, style, messageKey, errorKey }) : target.stream;
  const late = new LateBindings();
  const optionsOf = (styled: ReturnType<FieldStyle["pino"]>): PinoOptions => ({
    ...styled,
    ...given,
    ...(own === undefined ? {} : mixing(safeMixin(telemetry, own), given.mixinMergeStrategy)),
    level: levels.get(),
    formatters: { ...styled.formatters, ...given.formatters },
    // pino has it for errors under `errorKey` too, unless there is another.
    serializers: { err: errorSerializer(style), ...given.serializers },
    hooks: hooksOf(levels, safeLogMethod(logging, given.hooks?.logMethod), given.hooks),
    onChild(child) {
      followLevel(child);
      late.note(child);
      given.onChild?.(child);
    },
  });
  const logger: Logger = pino(optionsOf(made), stream);
  hardenLookups(logger);
  carryIds(logger, style, active);
  levels.attach(logger);
  keepLevels(logger, levels);
  const bindings = bindingsOf(logger);
  let isMade = false;
  logging.started((engine) => {
    // Where there was an engine, all is right already.
    const now = isMade ? bindingsOf(pino(optionsOf(style.pino()), nowhere)) : bindings;
    late.settle(logger, bindings, now);
    if (isMade && isEnabled && options.level === undefined) levels.remake(engine.level);
  });
  isMade = true;
  const { settle, flushSync, atExit } = target;
  const voice = crashLine && isEnabled ? logger : undefined;
  const crash: CrashParts = { logger: voice, errorKey, settle, flushSync, atExit };
  // The engine keeps the destination, and that what a crash needs.
  const failed = (): void => logging.failed("watch");
  const lines = watchedLines({ stream: target.stream, style, messageKey, errorKey, levels, failed });
  const kept: LogDestination & { readonly crash: CrashParts } = { ...target, crash, lines };
  logging.flushes(kept);
  logCrashes(crash);
  if (levelSignal !== undefined) onLevelSignal(levels, logger, levelSignal);
  if (requestLine !== false && isEnabled) {
    requestLines(telemetry, logger, {
      ...(requestLine === true ? {} : requestLine),
      fields: fields ?? "opentelemetry",
    });
  }
  return logger;
}

/** pino tells levels apart by their number where it has several targets, and these styles have none. */
function checkTargets(transport: Transport | undefined, style: FieldStyle): void {
  if (transport === undefined || !("targets" in transport) || style.pino().formatters?.level === undefined) return;
  throw optionError(
    "transport",
    'Option "transport" with several targets must have "opentelemetry" for "fields".',
    "GSM_OPTION_CONFLICT",
  );
}

function hooksOf(
  levels: LevelSwitch,
  write: LogMethod,
  given: PinoOptions["hooks"],
): NonNullable<PinoOptions["hooks"]> {
  const logMethod: LogMethod = function logMethod(args, method, level) {
    if (levels.admits(this, level)) write.call(this, args, method, level);
  };
  return { ...given, logMethod: given?.logMethod === undefined ? markPlain(logMethod) : logMethod };
}

type Mixing = Pick<PinoOptions, "mixin" | "mixinMergeStrategy">;

function mixing(own: PinoMixin, strategy: PinoOptions["mixinMergeStrategy"] = mergeSafely): Mixing {
  return { mixin: own, mixinMergeStrategy: mergeRequestLines(strategy) };
}

/** Errors by the style, or by pino's own serializer; whatever their getters do. */
function errorSerializer({ error: serialize }: FieldStyle): (error: unknown) => unknown {
  if (serialize !== undefined) return serialize;
  return (error) => (error instanceof Error ? pino.stdSerializers.err(loggableError(error) as Error) : error);
}

function levelsWhere(isEnabled: boolean, given: LevelNames): LevelNames {
  return isEnabled ? given : { level: "silent", routes: {}, libraries: {}, libraryLevel: "silent" };
}

type LevelNames = Omit<LevelSettings, "activeRoute">;

function levelRecord(
  option: string,
  given: Readonly<Record<string, Level>> = {},
  values: Readonly<Record<string, number>>,
): Readonly<Record<string, Level>> {
  for (const [name, level] of Object.entries(given)) levelOption(`${option}.${name}`, level, values);
  return { ...given };
}

function levelOption(option: string, level: Level, values: Readonly<Record<string, number>>): Level {
  if (isLevel(level, values)) return level;
  return wordCheck(...Object.keys(values)).validate(level, option) as Level;
}

/** The members that are there, for options whose absence means something. */
function defined<T extends object>(options: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof T]: Exclude<T[Name], undefined> };
}
