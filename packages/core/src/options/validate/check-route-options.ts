import { logLevels } from "../../model/choices.ts";
import type { RouteOptions } from "../../model/route.ts";
import { OptionError } from "./option-error.ts";
import { membersOf } from "./plain-object.ts";
import { plainText } from "./quote-value.ts";
import { attributeRecord } from "./record-checks.ts";
import { boolean, durationMs, either, number, oneOf, type Check, check, text } from "./checks.ts";
import { suggestName } from "./suggest-name.ts";

const literallyFalse = check("false", "false", (value): value is false => value === false);

const routeChecks: { readonly [Name in keyof Required<RouteOptions>]: Check<Required<RouteOptions>[Name]> } = {
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
    if (!Object.hasOwn(routeChecks, name)) throw unknown(name);
    checked[name] = routeChecks[name as keyof RouteOptions].validate(value, `route.${name}`);
  }
  return Object.freeze(checked);
}

function unknown(name: string): OptionError {
  const near = suggestName(name, Object.keys(routeChecks));
  const shown = plainText(`route.${name}`);
  return new OptionError(
    shown,
    `Unknown option "${shown}".${near === undefined ? "" : ` Did you mean "route.${near}"?`}`,
    { code: "GSM_OPTION_UNKNOWN" },
  );
}
