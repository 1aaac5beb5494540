import { AssertionError } from "node:assert";
import { type Check, checks, readOptions } from "@gossamer/core/adapter";
import { type CalledSpan, type RepeatedCallsOptions, repeatedCalls } from "@gossamer/devpage/findings";

const spansCheck = checks.check("object", "a list of spans", (value): value is readonly CalledSpan[] =>
  Array.isArray(value),
);

const names: Check<readonly string[]> = checks.check(
  "array",
  "a list of span names",
  (value): value is readonly string[] => Array.isArray(value) && value.every((name) => typeof name === "string"),
);

/**
 * Fails where one call was made again and again under one span, as a loop around a query does (N+1): five calls of one kind, unless `min` says
 * otherwise. Calls that differ in the values of a query or the ids of a path alone are of one kind.
 *
 * A span of your own, `telemetry.span("load user", …)`, is a call like one to a database, however short it is: what stands behind it in a test is quick.
 * Name those that are meant to be repeated in `ignore`.
 *
 * Takes what `createTestTelemetry` recorded, or spans of a receiver with the same members.
 *
 * @throws AssertionError that names each such call, how often it was made, and under which span
 */
export function expectNoRepeatedCalls(spans: readonly CalledSpan[], options: RepeatedCallsOptions = {}): void {
  spansCheck.validate(spans, "spans");
  const found = repeatedCalls(
    spans,
    readOptions<RepeatedCallsOptions>(options, "expectNoRepeatedCalls", { min: checks.count(2), ignore: names }),
  );
  if (found.length === 0) return;
  const nameOf = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  const lines = found.map(({ call, parentSpanId, spans: calls }) => {
    const parent = parentSpanId === undefined ? "no span" : `"${nameOf.get(parentSpanId) ?? parentSpanId}"`;
    return `  ${calls.length} times under ${parent}: ${call}`;
  });
  throw new AssertionError({
    message: `The same call was made again and again; one call for all would do:\n${lines.join("\n")}`,
    stackStartFn: expectNoRepeatedCalls,
  });
}
