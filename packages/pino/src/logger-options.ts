import { constants } from "node:os";
import { checks, OptionError, readMembers, suggestName } from "@gossamer/core/adapter";
import { namesCheck } from "./fields/field-styles.ts";
import { flagsCheck } from "./ids/active-ids.ts";

const { boolean, callable, check, count, durationMs, either, text } = checks;

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
const own: Readonly<Record<string, Check>> = {
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
const pinos = {
  name: true,
  levelComparison: true,
  customLevels: true,
  useOnlyCustomLevels: true,
  mixinMergeStrategy: true,
  redact: true,
  serializers: true,
  safe: true,
  timestamp: true,
  enabled: true,
  crlf: true,
  messageKey: true,
  errorKey: true,
  nestedKey: true,
  edgeLimit: true,
  depthLimit: true,
  formatters: true,
  hooks: true,
  msgPrefix: true,
  onChild: true,
  base: true,
  browser: true,
};

/** Throws an `OptionError` for what a logger cannot be made of. */
export function checkLogger(telemetry: unknown, options: unknown): void {
  const { logging } = Object(telemetry) as { logging?: { started?: unknown } };
  if (typeof logging?.started !== "function") {
    throw new OptionError(
      "telemetry",
      "createLogger() takes telemetry first: what createTelemetry() or an adapter gives.",
      {
        code: "GSM_OPTION_TYPE",
      },
    );
  }
  object.validate(options, "options");
  for (const [name, value] of Object.entries(options as object)) {
    if (Object.hasOwn(own, name)) {
      if (value !== undefined) own[name]?.validate(value, name);
    } else if (name === "redact") {
      if (value !== undefined) redact.validate(value, name);
    } else if (!Object.hasOwn(pinos, name)) refuseNear(name);
  }
}

function refuseNear(name: string): void {
  const near = suggestName(name, [...Object.keys(own), ...Object.keys(pinos)]);
  if (near === undefined) return;
  throw new OptionError(name, `Unknown option "${name}". Did you mean "${near}"?`, { code: "GSM_OPTION_UNKNOWN" });
}
