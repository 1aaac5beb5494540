import { SpanKind, type SpanOptions } from "@opentelemetry/api";
import type { Scope } from "../model/scope.ts";
import { RecordedSpan } from "./recorded-span.ts";
import type { TraceRoot } from "./trace-root.ts";
import type { Tracing } from "./tracing.ts";

/** Where a span hangs: the span id of its parent, zeros for a root. */
export interface SpanParent {
  readonly s0: number;
  readonly s1: number;
  readonly remote?: boolean;
}

/** A recorded span of a trace, in the list of open ones, with what its options set. */
export function openSpan(
  tracing: Tracing,
  trace: TraceRoot,
  scope: Scope,
  name: string,
  options: SpanOptions,
  parent: SpanParent,
  held: boolean,
): RecordedSpan {
  const span = new RecordedSpan(tracing, trace, {
    name,
    kind: options.kind ?? SpanKind.INTERNAL,
    scope,
    startTime: options.startTime,
    held,
    p0: parent.s0,
    p1: parent.s1,
    parentIsRemote: parent.remote === true,
  });
  if (options.attributes !== undefined) span.setAttributes(options.attributes);
  if (options.links !== undefined) span.addLinks(options.links);
  tracing.started++;
  tracing.live.add(span);
  return span;
}
