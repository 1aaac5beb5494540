import { compileAttributeNames } from "../limits/attribute-names.ts";
import { type LimitSettings, putLimitedAll } from "../limits/span-limits.ts";
import type { AttributeFilter } from "../model/filters/attribute-filter.ts";
import type { AttributeList, Attributes, AttributeValue } from "../model/attributes.ts";
import { checkLimiterOptions } from "../options/settle/check-limiter-options.ts";

/** What attributes may be. Everything is optional. */
export interface AttributeLimiterOptions {
  /** Maximum characters per string value, marker included. @default 1024 */
  readonly valueLength?: number;
  /** Ends a text that was cut; left out where it would not fit. @default "..." */
  readonly truncateMarker?: string;
  /** Maximum elements per array. @default 100 */
  readonly arrayItems?: number;
  /** Maximum attributes; the first ones stay. @default 64 */
  readonly attributes?: number;
  /** Attributes that are kept or removed by name or glob; the first step that fits decides, and what none fits is kept. @default [] */
  readonly filters?: readonly AttributeFilter[];
  /** Names or globs of attributes whose values are replaced by REDACTED. @default [] */
  readonly redact?: readonly string[];
}

/** Attributes within their limits, and what that took. */
export interface LimitedAttributes {
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** As OTLP counts them: beyond the number, or of a kind that no attribute may have. */
  readonly droppedAttributesCount: number;
  /** Taken out by a filter. */
  readonly removedAttributesCount: number;
}

export interface AttributeLimiter {
  /** A new object with what the limits let through. The given one is not changed. Never throws, whatever its values are. */
  limit(attributes: Attributes | Readonly<Record<string, unknown>> | null | undefined): LimitedAttributes;
}

/**
 * The limits of the engine by themselves, for attributes of your own: of log lines, of messages, of spans of another tracer.
 *
 * Throws an `OptionError` for a wrong or unknown option; filters are compiled here, once.
 */
export function createAttributeLimiter(options: AttributeLimiterOptions = {}): AttributeLimiter {
  const { filters, redact, ...values } = checkLimiterOptions(options);
  let removed = 0;
  const limits: LimitSettings = {
    ...values,
    events: 0,
    links: 0,
    eventAttributes: 0,
    linkAttributes: 0,
    names: compileAttributeNames({ filters, redact, removeDebug: false }, () => {
      removed++;
    }),
  };
  return {
    limit(attributes) {
      removed = 0;
      const list: AttributeList = [];
      const droppedAttributesCount = putLimitedAll(list, attributes, limits);
      // Without a prototype, so that an attribute named `__proto__` is one like any other.
      const limited = Object.create(null) as Record<string, AttributeValue>;
      for (let i = 0; i < list.length; i += 2) limited[list[i] as string] = list[i + 1]!;
      return { attributes: limited, droppedAttributesCount, removedAttributesCount: removed };
    },
  };
}
