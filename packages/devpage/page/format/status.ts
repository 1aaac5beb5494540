import type { RequestEntry } from "../../src/protocol.ts";

/** The class of style of a status: `s2` to `s5`, `s0` for none. */
export function statusClass(statusCode: number | undefined): string {
  const group = Math.floor((statusCode ?? 0) / 100);
  return group >= 2 && group <= 5 ? `s${group}` : "s0";
}

export type Tone = "" | "dew" | "amber" | "bad";

/** Why a request has a trace or none, in a few words. */
export function fateText({ fate, reason, rule, ratio }: RequestEntry): string {
  const share = ratio === undefined ? "" : ` ${Number((ratio * 100).toPrecision(3))} %`;
  const by = rule === undefined ? reasonText(reason) : `rule ${rule}`;
  if (fate === "kept") return `kept: ${rule === undefined ? reasonText(reason) : `${reasonText(reason)}, ${rule}`}`;
  // Of what others send it is known that it was sampled, and no more.
  if (fate === "sampled") return reason === "ratio" || by === fate ? `sampled${share}` : `sampled: ${by}${share}`;
  return reason === "ratio"
    ? `not sampled${share}`
    : `${isHeldBack(reason) ? "dropped" : "not sampled"}: ${by}${rule === undefined ? "" : share}`;
}

export function fateTone({ fate, reason }: RequestEntry): Tone {
  if (fate === "kept") return reason === "error" ? "bad" : "amber";
  if (fate === "sampled") return "dew";
  return isHeldBack(reason) ? "amber" : "";
}

/** What somebody else took from it: a bound, or the governor. */
function isHeldBack(reason: string): boolean {
  return heldBack.has(reason);
}

const heldBack = new Set(["valve", "cap", "span-limit", "restrained", "trial", "rate-limit"]);

const words: Readonly<Record<string, string>> = {
  "always-on": "always on",
  "always-off": "always off",
  parent: "its caller",
  "route-options": "its route",
  probe: "health check",
  hint: "announced",
  floor: "floor a minute",
  cap: "cap a second",
  "before-route": "before its route",
  "span-limit": "span limit",
  restrained: "held back",
  trial: "trial window",
  disabled: "switched off",
  error: "failed",
  "rate-limit": "rate limit",
};

/** In our words, or as it is called. */
export function reasonText(reason: string): string {
  return words[reason] ?? reason;
}

/** `orders: sampled`, as decisions are counted: `orders:sampled`. */
export function decisionText(counted: string): string {
  return counted.replace(/:(sampled|unsampled)$/, ": $1");
}
