import { OptionError } from "@gossamer/core";
import { defaultSeed } from "./statistics/bootstrap.ts";

/** How a measurement goes. Everything is optional; a wrong value or an unknown name throws an `OptionError` before anything starts. */
export interface MeasureOptions {
  /** Starts of each configuration, from 1 to 1000; each is one paired observation. With fewer than 6 no verdict is given. @default 10 */
  readonly rounds?: number;
  /** Turns of each start, from 1 to 1000. @default 5, and 10 where configurations are compared */
  readonly slices?: number;
  /** Requests a slice, from 1 to 1000000: so many at once for the CPU, then as many one at a time for the latencies. @default 1000 */
  readonly requests?: number;
  /** A slice ends after so long, with fewer requests, in ms, from 1 to 600000: what bounds the time with slow handlers. @default 500 */
  readonly maxSliceMs?: number;
  /** Requests before the first slice, at least, from 0 to 1000000, unless they take longer than ten seconds. @default 1000 */
  readonly warmUpRequests?: number;
  /** Time before the first slice, at least, in ms, from 0 to 600000. Code that V8 still compiles costs several times as much: it takes some ten thousand requests. @default 2000 */
  readonly warmUpMs?: number;
  /** Requests under way at once while CPU is counted, from 1 to 10000. @default 16 */
  readonly concurrency?: number;
  /** The longest a request may take before the measurement is given up, in ms, from 1 to 600000. @default 30000 */
  readonly timeoutMs?: number;
  /** Whether processes are held on one core where `taskset` can. @default true */
  readonly pin?: boolean;
  /** Begins the random draws of the bootstrap, a whole number from 0 to 4294967295: the same rounds and seed give the same intervals. @default 20090114 */
  readonly seed?: number;
  /** Variables of the measured processes, beside those of this one. `NODE_ENV` is `production` unless one of the two says otherwise. @default {} */
  readonly env?: Readonly<Record<string, string>>;
  /** Takes a line for each step. @default none */
  readonly onProgress?: (line: string) => void;
}

/** The options with their defaults. */
export interface MeasureSettings extends Required<Omit<MeasureOptions, "onProgress">> {
  readonly onProgress: (line: string) => void;
}

interface Rule<T> {
  readonly default: T;
  readonly expectation: string;
  readonly accepts: (value: unknown) => boolean;
}

function whole(min: number, max: number, standard: number): Rule<number> {
  return {
    default: standard,
    expectation: `a whole number from ${min} to ${max}`,
    accepts: (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
  };
}

const rules: { readonly [Name in keyof MeasureSettings]: Rule<MeasureSettings[Name]> } = {
  rounds: whole(1, 1_000, 10),
  slices: whole(1, 1_000, 5),
  requests: whole(1, 1_000_000, 1_000),
  maxSliceMs: whole(1, 600_000, 500),
  warmUpRequests: whole(0, 1_000_000, 1_000),
  warmUpMs: whole(0, 600_000, 2_000),
  concurrency: whole(1, 10_000, 16),
  timeoutMs: whole(1, 600_000, 30_000),
  pin: { default: true, expectation: "true or false", accepts: (value) => typeof value === "boolean" },
  seed: whole(0, 4_294_967_295, defaultSeed),
  env: {
    default: {},
    expectation: "an object of strings",
    accepts: (value) =>
      typeof value === "object" &&
      value !== null &&
      Object.values(value).every((variable) => typeof variable === "string"),
  },
  onProgress: { default: () => {}, expectation: "a function", accepts: (value) => typeof value === "function" },
};

/** The options with their defaults. `others` are names that the caller reads itself. */
export function measureSettings(
  options: MeasureOptions,
  others: readonly string[],
  defaults: Partial<MeasureSettings> = {},
): MeasureSettings {
  if (typeof options !== "object" || options === null) throw wrongOption("options", "an object", options);
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(rules, name) || others.includes(name)) continue;
    throw new OptionError(
      name,
      `Unknown option "${name}". Options: ${[...others, ...Object.keys(rules)].join(", ")}.`,
      {
        code: "GSM_OPTION_UNKNOWN",
      },
    );
  }
  const settings: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(rules) as [keyof MeasureSettings, Rule<unknown>][]) {
    const given: unknown = options[name];
    if (given !== undefined && !rule.accepts(given)) throw wrongOption(name, rule.expectation, given);
    settings[name] = given ?? defaults[name] ?? rule.default;
  }
  return settings as unknown as MeasureSettings;
}

/** The error of a value that breaks a rule. */
export function wrongOption(name: string, expectation: string, got: unknown): OptionError {
  return new OptionError(name, `Option "${name}" must be ${expectation}, got ${shown(got)}.`, {
    code: typeof got === "number" ? "GSM_OPTION_RANGE" : "GSM_OPTION_TYPE",
    expectation,
  });
}

/** A value as a message shows it: what is short, else what kind it is. */
export function shown(value: unknown): string {
  if (typeof value === "string") return `'${value}'`;
  if (value === null || typeof value !== "object") return typeof value === "function" ? "a function" : String(value);
  if (!Array.isArray(value)) return "an object";
  return value.every((one) => typeof one === "number") ? `[${value.join(", ")}]` : "an array";
}
