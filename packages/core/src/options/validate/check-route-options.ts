import { logLevels } from "../../model/log-level.ts";
import type { RouteOptions } from "../../model/route.ts";
import { OptionError } from "../option-error.ts";
import { membersOf } from "./plain-object.ts";
import { plainText } from "./quote-value.ts";
import { attributeRecord } from "./record-rules.ts";
import { boolean, durationMs, either, number, oneOf, type Rule, rule, text } from "./rules.ts";
import { suggestName } from "./suggest-name.ts";

const literallyFalse = rule("false", "false", (value): value is false => value === false);

const routeRules: { readonly [Name in keyof Required<RouteOptions>]: Rule<Required<RouteOptions>[Name]> } = {
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
  const checked: Record<string, unknown> = {};
  for (const [name, value] of membersOf(options, "route", "an object")) {
    if (!Object.hasOwn(routeRules, name)) throw unknown(name);
    checked[name] = routeRules[name as keyof RouteOptions].validate(value, `route.${name}`);
  }
  return Object.freeze(checked);
}

function unknown(name: string): OptionError {
  const near = suggestName(name, Object.keys(routeRules));
  const shown = plainText(`route.${name}`);
  return new OptionError(
    shown,
    `Unknown option "${shown}".${near === undefined ? "" : ` Did you mean "route.${near}"?`}`,
  );
}
