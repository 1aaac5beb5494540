import { constants } from "node:os";
import { checkCallable, checks, OptionError, readMembers, readOptions, suggestName } from "@gossamer/core/adapter";
import { namesCheck } from "./fields/field-styles.ts";
import { flagsCheck } from "./ids/active-ids.ts";
import type { MixinOptions } from "./mixin-options.ts";
import type { RequestLineOptions } from "./request-line-options.ts";

const { boolean, callable, check, count, durationMs, either, text } = checks;
/** One of some words. */
export const wordCheck: typeof checks.oneOf = checks.oneOf;

type Check = ReturnType<typeof check>;

const unheard: ReadonlySet<string> = new Set(["SIGKILL", "SIGSTOP"]);
const signal = check(
  "string",
  'a signal that a process can listen to, such as "SIGUSR2"',
  (value): value is string =>
    typeof value === "string" && Object.hasOwn(constants.signals, value) && !unheard.has(value),
);
const object = check(
  "object",
  "an object",
  (value): value is object => typeof value === "object" && value !== null && !Array.isArray(value),
);
/** What is checked where the levels are known. */
const level = text;

function members(expectation: string, table: Readonly<Record<string, Check>>): Check {
  return {
    type: "object",
    expectation,
    validate: (value, name) => readMembers(value, name, expectation, table),
  };
}

/** The options that are not pino's. */
const own = {
  level,
  fields: namesCheck,
  traceFlags: flagsCheck,
  mixin: callable(),
  destination: either(
    either(
      text,
      check("number", "a file descriptor", (value): value is number => Number.isInteger(value) && Number(value) >= 0),
    ),
    check("object", "a stream that has write()", (value): value is object => typeof Object(value).write === "function"),
  ),
  transport: object,
  bufferBytes: count(0),
  maxBufferBytes: count(1),
  routeLevels: object,
  libraryLevels: object,
  libraryLevel: level,
  levelSignal: members("an object with signal, level, forMs", { signal, level, forMs: durationMs(1) }),
  requestLine: { ...either(boolean, object), validate: requestLine },
  otlp: boolean,
  crashLine: boolean,
};

const isPaths = (value: unknown): boolean =>
  Array.isArray(value) && value.every((path: unknown) => typeof path === "string");
const redact = check("object", "a list of paths, or an object with paths", (value): value is object =>
  isPaths(Array.isArray(value) ? value : (Object(value) as { paths?: unknown }).paths),
);

const requestLineMembers = members("true, false or an object with path", { path: boolean });

function requestLine(value: unknown, name: string): unknown {
  return typeof value === "boolean" ? value : requestLineMembers.validate(value, name);
}

/** pino's, for a name that is nearly one of them. A name that nobody knows is left to pino, which may be a newer one. */
const pinos: ReadonlySet<string> = new Set([
  "name",
  "levelComparison",
  "customLevels",
  "useOnlyCustomLevels",
  "mixinMergeStrategy",
  "redact",
  "serializers",
  "safe",
  "timestamp",
  "enabled",
  "crlf",
  "messageKey",
  "errorKey",
  "nestedKey",
  "edgeLimit",
  "depthLimit",
  "formatters",
  "hooks",
  "msgPrefix",
  "onChild",
  "base",
  "browser",
]);

/** Throws an `OptionError` for what is no telemetry. @param taker the function that was given it */
export function checkTelemetry(telemetry: unknown, taker: string): void {
  const { logging } = Object(telemetry) as { logging?: { started?: unknown } };
  if (typeof logging?.started === "function") return;
  const message = `${taker}() takes telemetry first: what createTelemetry() or an adapter gives.`;
  throw new OptionError("telemetry", message, { code: "GSM_OPTION_TYPE" });
}

/** Throws an `OptionError` for what is no logger of pino's, and for one without pino's own levels. */
export function checkPino(logger: unknown): void {
  checkCallable(logger, "logger", "child", "trace", "debug", "info", "warn", "error");
}

/** A checked copy. Throws an `OptionError`. */
export function readMixinOptions(options: MixinOptions): MixinOptions {
  const { fields, traceFlags, mixin } = own;
  return readOptions<MixinOptions>(options, "mixin", { fields, traceFlags, mixin });
}

/** A checked copy. Throws an `OptionError`. */
export function readRequestLineOptions(options: RequestLineOptions): RequestLineOptions {
  return readOptions<RequestLineOptions>(options, "requestLines", { fields: namesCheck, path: boolean });
}

/** Throws an `OptionError` for what a logger cannot be made of. */
export function checkLogger(telemetry: unknown, options: unknown): void {
  checkTelemetry(telemetry, "createLogger");
  object.validate(options, "options");
  for (const [name, value] of Object.entries(options as object)) {
    if (Object.hasOwn(own, name)) {
      if (value !== undefined) (own as Readonly<Record<string, Check>>)[name]?.validate(value, name);
    } else if (name === "redact") {
      if (value !== undefined) redact.validate(value, name);
    } else if (!pinos.has(name)) refuseNear(name);
  }
}

function refuseNear(name: string): void {
  const near = suggestName(name, [...Object.keys(own), ...pinos]);
  if (near === undefined) return;
  throw new OptionError(name, `Unknown option "${name}". Did you mean "${near}"?`, { code: "GSM_OPTION_UNKNOWN" });
}
