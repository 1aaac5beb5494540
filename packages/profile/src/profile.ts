import type { Telemetry } from "@gossamer/core";
import { checkCallable, checks, type MemberChecks, readOptions } from "@gossamer/core/adapter";
import { sampleCpu, sampleHeap } from "./sample-process.ts";
import { toPprof } from "./to-pprof.ts";

/** What to look at, and how long. */
export interface ProfileOptions {
  readonly kind: "cpu" | "heap";
  /** From 1 to 60. @default 30 */
  readonly seconds?: number;
  /** Between two looks at the CPU, from 1 to 100. @default 10 */
  readonly intervalMs?: number;
  /** Who asked, for the line in the log. @default "the service itself" */
  readonly who?: string;
  /** Ends it early: what was seen so far is the profile. */
  readonly signal?: AbortSignal;
}

export interface TakenProfile {
  /** For `go tool pprof` and what else reads it: compressed. */
  readonly pprof: Buffer;
  /** For the developer tools of browsers and editors: a `.cpuprofile` or `.heapprofile`. */
  readonly json: string;
}

/** Why there is no profile. */
export class ProfileRefused extends Error {
  override readonly name = "ProfileRefused";
  readonly reason: "running" | "too-soon" | "busy" | "too-large";

  constructor(reason: ProfileRefused["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** What a profile is taken beside: the telemetry of the process, which knows how busy that is. */
export type ProfiledEngine = Pick<Telemetry, "overhead">;

/** What is read and told besides; for tests. */
export interface ProfileSurroundings {
  readonly now?: () => number;
  readonly epochMs?: () => number;
  readonly log?: (line: string) => void;
}

const profileChecks: MemberChecks<ProfileOptions> = {
  kind: checks.oneOf("cpu", "heap"),
  seconds: checks.number(1, 60),
  intervalMs: checks.number(1, 100),
  who: checks.check("string", "a string", (value): value is string => typeof value === "string"),
  signal: checks.having<AbortSignal>("addEventListener", "removeEventListener"),
};

const restMs = 60_000;
const maxBytes = 33_554_432;
/** Two steps down and more: the process has no CPU to spare. */
const busySteps: ReadonlySet<string> = new Set(["ratio", "roots", "metrics", "off"]);
/** A process has one profiler, whatever copies of this there are. */
const stateKey = Symbol.for("gossamer.profile");
const place = globalThis as { [stateKey]?: { isRunning: boolean; endedAt: number | undefined } };
const state = (place[stateKey] ??= { isRunning: false, endedAt: undefined });

/** Lets the next profile begin at once. For tests. */
export function forgetProfiles(): void {
  state.isRunning = false;
  state.endedAt = undefined;
}

/**
 * Takes a profile of this process: of its CPU, or of what it allocates and keeps.
 *
 * One at a time, a minute apart, and none while the governor is two steps down. Rejects with {@link ProfileRefused} then, and with an `OptionError` for
 * options that are wrong.
 */
export async function profile(
  engine: ProfiledEngine,
  options: ProfileOptions,
  { now = () => performance.now(), epochMs = () => Date.now(), log = sayLine }: ProfileSurroundings = {},
): Promise<TakenProfile> {
  checkCallable(engine, "telemetry", "overhead");
  const given = readOptions(options, "profile", profileChecks, ["kind"]);
  const { kind, seconds = 30, intervalMs = 10, who = "the service itself", signal } = given;
  refuse(engine, now());
  state.isRunning = true;
  log(`gossamer: a ${kind} profile of ${seconds} s is taken for ${shownWho(who)}`);
  const startedAt = now();
  const startedEpochMs = epochMs();
  try {
    const ended = signal ?? new AbortController().signal;
    const { json, pprof } =
      kind === "cpu" ? await sampleCpu(seconds * 1_000, intervalMs, ended) : await sampleHeap(seconds * 1_000, ended);
    const taken = {
      json: JSON.stringify(json),
      pprof: toPprof({ ...pprof, startedEpochMs, durationMs: now() - startedAt }),
    };
    if (taken.json.length > maxBytes || taken.pprof.length > maxBytes)
      throw new ProfileRefused("too-large", "the profile is larger than 32 MiB: take a shorter one");
    return taken;
  } finally {
    state.isRunning = false;
    state.endedAt = now();
  }
}

function refuse(engine: ProfiledEngine, nowMs: number): void {
  if (state.isRunning) throw new ProfileRefused("running", "a profile is being taken: there is one at a time");
  const { endedAt } = state;
  if (endedAt !== undefined && nowMs - endedAt < restMs) {
    const waitS = Math.ceil((restMs - (nowMs - endedAt)) / 1_000);
    throw new ProfileRefused("too-soon", `profiles are a minute apart: ask again in ${waitS} s`);
  }
  const step = engine.overhead()?.step;
  if (step !== undefined && busySteps.has(step))
    throw new ProfileRefused("busy", `the process is too busy: its telemetry is at the step "${step}"`);
}

/** It may be what a client said: one line, and no control characters. */
function shownWho(who: string): string {
  return who.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 100);
}

function sayLine(line: string): void {
  process.stderr.write(`${line}\n`);
}
