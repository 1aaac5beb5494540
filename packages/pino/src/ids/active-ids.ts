import type { SpanIdentity, Telemetry } from "@gossamer/core";
import { type Check, checks } from "@gossamer/core/adapter";
import { type Span, trace } from "@opentelemetry/api";

export type TraceFlagsOption = "known" | "always" | "never";

/** Whether flags are read. */
export const flagsCheck: Check<TraceFlagsOption> = checks.oneOf("known", "always", "never");

/**
 * Reads the ids and flags of the span that is active; undefined where there is none. The same object as long as nothing changes. Never throws.
 */
export function activeIds(
  telemetry: Telemetry,
  traceFlags: TraceFlagsOption = "known",
): () => SpanIdentity | undefined {
  // One request logs several lines in a row, and what is known of a span stays so.
  let lastSpan: Span | undefined;
  let last: SpanIdentity | undefined;

  return () => {
    // Asked each time: a logger may be made before there is an engine.
    if (!telemetry.enabled) return undefined;
    try {
      const span = trace.getActiveSpan();
      if (span === undefined) return undefined;
      if (span !== lastSpan || last?.traceFlags === undefined) {
        last = telemetry.logging.identify(span, traceFlags);
        lastSpan = span;
      }
      return last;
    } catch {
      // A span of another provider's may do anything; the line is written all the same.
      telemetry.logging.failed("log-mixin");
      return undefined;
    }
  };
}
