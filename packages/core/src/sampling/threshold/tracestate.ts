import { isHex } from "../../model/ids.ts";
import { parseThreshold } from "./threshold.ts";

/** What OpenTelemetry's own member of a tracestate says, as far as it is valid. */
export interface OtelState {
  /** `th`: 1 to 14 lower-case hex digits. */
  readonly threshold: string | undefined;
  /** The upper 24 bits of `rv`, the random value R; undefined without one. */
  readonly randomHigh: number | undefined;
  /** The lower 32 bits of `rv`, as a signed integer. */
  readonly randomLow: number | undefined;
}

const maxMembers = 32;
const maxValueLength = 256;
const randomDigits = 14;
const thresholdKey = "th:";
const randomKey = "rv:";

/** Reads the `ot` member of a tracestate; undefined when there is none. */
export function readOtelState(tracestate: string): OtelState | undefined {
  if (!tracestate.includes("ot=")) return undefined;
  const value = membersOf(tracestate).find(isOtel)?.slice(3);
  if (value === undefined) return undefined;
  const entries = value.split(";");
  const threshold = entries.find(isThreshold)?.slice(thresholdKey.length);
  const random = entries.find((entry) => entry.startsWith(randomKey))?.slice(randomKey.length);
  const isRandom = random !== undefined && random.length === randomDigits && isHex(random, 0, randomDigits);
  return {
    threshold: threshold !== undefined && parseThreshold(threshold) !== undefined ? threshold : undefined,
    randomHigh: isRandom ? Number.parseInt(random.slice(0, 6), 16) : undefined,
    randomLow: isRandom ? Number.parseInt(random.slice(6), 16) | 0 : undefined,
  };
}

/**
 * The tracestate with `th` set, or taken away when `threshold` is undefined or not valid. The same string when that changes nothing.
 *
 * A changed `ot` moves to the front, the rest of it and all other members keep their order. With 32 others the last gives way (W3C); where
 * `ot` would get too long it goes without `th`.
 */
export function writeThreshold(tracestate: string, threshold: string | undefined): string {
  if (tracestate === "") return threshold === undefined ? "" : (alone.get(threshold) ?? writeAlone(threshold));
  const valid = threshold !== undefined && parseThreshold(threshold) !== undefined ? threshold : undefined;
  const members = membersOf(tracestate);
  const entries = members.find(isOtel)?.slice(3).split(";") ?? [];
  const present = entries.filter(isThreshold);
  const isSame =
    valid === undefined ? present.length === 0 : present.length === 1 && present[0] === thresholdKey + valid;
  if (isSame) return tracestate;

  const kept = entries.filter((entry) => entry !== "" && !isThreshold(entry));
  const value = withThreshold(kept, valid);
  const others = members.filter((member) => !isOtel(member));
  return (value === "" ? others : [`ot=${value}`, ...others]).slice(0, maxMembers).join(",");
}

/** Tracestates of nothing but a threshold: a process uses a few, for every root it samples. */
const alone = new Map<string, string>();
const maxAlone = 64;

function writeAlone(threshold: string): string {
  if (parseThreshold(threshold) === undefined) return "";
  const tracestate = `ot=${thresholdKey}${threshold}`;
  if (alone.size < maxAlone) alone.set(threshold, tracestate);
  return tracestate;
}

function withThreshold(entries: readonly string[], threshold: string | undefined): string {
  const rest = entries.join(";");
  if (threshold === undefined) return rest;
  const value = [thresholdKey + threshold, ...entries].join(";");
  return value.length <= maxValueLength ? value : rest;
}

function membersOf(tracestate: string): string[] {
  return tracestate
    .split(",")
    .map((member) => member.trim())
    .filter((member) => member !== "");
}

function isOtel(member: string): boolean {
  return member.startsWith("ot=");
}

function isThreshold(entry: string): boolean {
  return entry.startsWith(thresholdKey);
}
