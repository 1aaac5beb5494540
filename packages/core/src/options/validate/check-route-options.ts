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

/** A checked copy of a route's own options. Throws an `OptionError` for an unknown name or a wrong value. */
export function checkRouteOptions(options: unknown): RouteOptions {
  return Object.freeze(readOptions<RouteOptions>(options, "route", routeChecks));
}
