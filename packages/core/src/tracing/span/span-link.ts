import { isSpanContextValid, type Link } from "@opentelemetry/api";
import { type LimitSettings, putLimitedAll } from "../../limits/span-limits.ts";
import type { AttributeList } from "../../model/attributes.ts";
import type { SpanLink } from "../../model/span-data.ts";

const remoteKnown = 256;
const remote = 512;

/** A link as the writers read it, or undefined when it points nowhere: invalid ids without attributes or tracestate. */
export function spanLink(link: Link, limits: LimitSettings): SpanLink | undefined {
  const target = link?.context;
  if (target === undefined || target === null || !isSpanContextValid(target)) return undefined;
  const attributes: AttributeList = [];
  const dropped =
    putLimitedAll(attributes, link.attributes, limits, limits.linkAttributes) + countOf(link.droppedAttributesCount);
  return {
    traceId: target.traceId,
    spanId: target.spanId,
    traceState: serialized(target.traceState),
    flags: (target.traceFlags & 255) | remoteKnown | (target.isRemote === true ? remote : 0),
    attributes,
    droppedAttributesCount: dropped,
  };
}

function countOf(given: unknown): number {
  return typeof given === "number" && Number.isSafeInteger(given) && given > 0 ? given : 0;
}

/** A tracestate of somebody else's making may be anything. */
function serialized(traceState: unknown): string {
  try {
    const text: unknown = (traceState as { serialize?(): unknown } | undefined)?.serialize?.();
    return typeof text === "string" ? text : "";
  } catch {
    return "";
  }
}
