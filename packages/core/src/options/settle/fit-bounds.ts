import type { Origin, Origins } from "./merge-layers.ts";
import type { Notice } from "../validate/notice.ts";
import { exceedingError, type NamedValue } from "../../model/checks/option-error.ts";

/** Two options of which the first may not exceed the second. */
export interface Bound {
  readonly lower: NamedValue;
  readonly upper: NamedValue;
  /** The upper value that goes with a lower one that somebody chose. */
  readonly room?: (lower: number) => number;
}

const strength = { default: 0, environment: 1, preset: 2, variable: 3, code: 4 } as const;

/**
 * The two values, so that the lower one fits.
 *
 * When both are in the code, one that does not fit throws an `OptionError`. Else the value that nobody wrote in the code gives
 * way to the other, and a notice says so.
 */
export function fitBounds(bound: Bound, origins: Origins, notices: Notice[]): [lower: number, upper: number] {
  const { lower, upper, room = (value: number) => value } = bound;
  if (lower.value <= upper.value) return [lower.value, upper.value];
  const lowerFrom = origins[lower.option]?.from ?? "default";
  const upperFrom = origins[upper.option]?.from ?? "default";
  if (lowerFrom === "code" && upperFrom === "code") throw exceedingError(lower, upper);
  const raises = strength[lowerFrom] > strength[upperFrom];
  const value = raises ? room(lower.value) : upper.value;
  const [moved, kept] = raises ? [upper, lower] : [lower, upper];
  const movedFrom = raises ? upperFrom : lowerFrom;
  notices.push({
    level: movedFrom === "variable" ? "warn" : "info",
    code: "GSM_OPTION_MOVED",
    line: `${moved.option} is ${value} instead of ${moved.value} (${originName(origins[moved.option])}), to fit ${kept.option} ${kept.value} (${originName(origins[kept.option])})`,
  });
  return raises ? [lower.value, value] : [value, upper.value];
}

function originName(origin: Origin | undefined): string {
  if (origin?.from === "variable") return origin.variable ?? "variable";
  if (origin?.from === "preset") return `preset "${origin.preset ?? ""}"`;
  return origin?.from === "code" ? "your option" : origin?.from === "environment" ? "by environment" : "default";
}
