import type { CheckedRule } from "../model/sampling/sampling-rule.ts";
import { ruleSet } from "../sampling/testing/rule-set.ts";
import { testHost, type TestHost, type TestHostSettings } from "./test-exchange.ts";

export const done = { statusCode: 200, completed: true };
export const failed = { statusCode: 500, completed: true };

/** A service that samples nothing unless told, with rules. */
export function ruledHost(rules: CheckedRule[], settings: TestHostSettings = {}): TestHost {
  const set = ruleSet(...rules);
  return testHost({
    ...settings,
    change: { rules: set, decisionWaitsForRoute: set.usesRoute, ...settings.change },
  });
}

/** One request for a route, with so many child spans in a row. */
export function serveOne(
  { begin, tracer, routes }: TestHost,
  template: string,
  outcome: typeof done,
  children = 3,
): void {
  const exchange = begin({ route: routes.get(template) });
  exchange.run(() => {
    for (let i = 0; i < children; i++) tracer.startSpan(`child ${i}`).end();
  });
  exchange.end(outcome);
}
