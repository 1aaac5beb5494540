import { logLevels } from "../../model/choices.ts";
import type { RouteOptions } from "../../model/route.ts";
import { type MemberChecks, readOptions } from "../../model/checks/read-members.ts";
import { attributeRecord } from "./record-checks.ts";
import { boolean, durationMs, either, number, oneOf, check, text } from "../../model/checks/checks.ts";

const literallyFalse = check("false", "false", (value): value is false => value === false);

const routeChecks: MemberChecks<RouteOptions> = {
  name: text,
  attributes: attributeRecord,
  trace: boolean,
  ratio: number(0, 1),
  priority: text,
  stream: boolean,
  lane: oneOf("http", "jobs"),
  log: either(oneOf(...logLevels), literallyFalse),
  slowerThanMs: durationMs(0),
};

/** More of them than a service writes into its code. */
const maxKnown = 1_000;
const known = new Map<string, RouteOptions>();

/**
 * A checked copy of a route's own options. Throws an `OptionError` for an unknown name or a wrong value.
 *
 * Equal options are one object: routes are told apart by theirs, and a service may make its routes anew for each request.
 */
export function checkRouteOptions(options: unknown): RouteOptions {
  const checked = Object.freeze(readOptions<RouteOptions>(options, "route", routeChecks));
  const key = JSON.stringify(checked, tellNumbersApart);
  const same = known.get(key);
  if (same !== undefined) return same;
  if (known.size < maxKnown) known.set(key, checked);
  return checked;
}

/** JSON has one word for all numbers that are not finite. */
function tellNumbersApart(_name: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? { number: String(value) } : value;
}
