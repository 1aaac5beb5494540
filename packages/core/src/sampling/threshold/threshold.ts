import { isHex } from "../../model/ids.ts";

/** A number from 0 to 2^56 - 1 in two parts, to be compared with R without wide arithmetic. */
export interface Threshold {
  /** The upper 24 bits. */
  readonly high: number;
  /** The lower 32 bits, from 0 to 2^32 - 1. */
  readonly low: number;
  /** As `th` of the tracestate: hex digits without the trailing zeros, `0` for zero. */
  readonly text: string;
}

const digits = 14;
const range = 2n ** 56n;
/** Significant digits of a threshold, counted behind leading `f`s: what the OpenTelemetry specification recommends. */
const precision = 4;

/**
 * The threshold that R reaches in the given share of cases; undefined when that share is below 2^-56, so that no R does.
 *
 * T = (1 - ratio) * 2^56, rounded to four hex digits behind leading `f`s. The rounded value is the one that decides and the one that is told, so
 * that counts which are estimated from it are exact. Above 1 - 2^-17 it rounds to always.
 *
 * @param ratio from 0 to 1
 */
export function thresholdOf(ratio: number): Threshold | undefined {
  if (ratio < 2 ** -56) return undefined;
  // Scaling by a power of two is exact, and the rounded product is an integer a double holds.
  return fromInteger(round(range - BigInt(Math.round(ratio * 2 ** 56))));
}

/** The threshold that a `th` value spells; undefined unless it is 1 to 14 lower-case hex digits. */
export function parseThreshold(text: string): Threshold | undefined {
  if (text.length < 1 || text.length > digits || !isHex(text, 0, text.length)) return undefined;
  const padded = text.padEnd(digits, "0");
  return { high: Number.parseInt(padded.slice(0, 6), 16), low: Number.parseInt(padded.slice(6), 16), text };
}

/** The share of all R that reach the threshold of a `th` value; 0 where it is none. */
export function shareOf(text: string): number {
  const threshold = parseThreshold(text);
  return threshold === undefined ? 0 : 1 - (threshold.high * 2 ** 32 + threshold.low) / 2 ** 56;
}

/** Whether R, in two parts, is at or above the threshold: sampled. */
export function reaches(randomHigh: number, randomLow: number, threshold: Threshold): boolean {
  return randomHigh > threshold.high || (randomHigh === threshold.high && randomLow >>> 0 >= threshold.low);
}

function round(threshold: bigint): bigint {
  const hex = threshold.toString(16).padStart(digits, "0");
  const leading = hex.length - hex.replace(/^f+/, "").length;
  const shift = BigInt(4 * Math.max(0, digits - leading - precision));
  return shift === 0n ? threshold : ((threshold + (1n << (shift - 1n))) >> shift) << shift;
}

function fromInteger(threshold: bigint): Threshold {
  const hex = threshold.toString(16).padStart(digits, "0");
  return Object.freeze({
    high: Number(threshold >> 32n),
    low: Number(threshold & 0xffff_ffffn),
    text: hex.replace(/0+$/, "") || "0",
  });
}
