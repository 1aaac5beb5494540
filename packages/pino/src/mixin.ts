import type { Telemetry } from "@gossamer/core";
import type { LoggerOptions } from "pino";
import type { FieldNames, Fields } from "./fields/field-style.ts";
import { fieldStyle } from "./fields/field-styles.ts";
import { activeIds, type TraceFlagsOption } from "./ids/active-ids.ts";
import { isRequestLine } from "./request-line-fields.ts";

export interface MixinOptions {
  /** Whose names the fields have. @default "opentelemetry" */
  readonly fields?: FieldNames;
  /**
   * Whether lines carry the trace flags. Reading them decides whether the request is sampled. `known`: on every line but those that a request
   * logs before its route is known, in a service whose sampling looks at routes; `always`: on those too, which are then decided without their
   * route; `never`: no line decides anything. @default "known"
   */
  readonly traceFlags?: TraceFlagsOption;
  /** The service's own mixin. What it answers wins, name by name. */
  readonly mixin?: PinoMixin;
}

const plainMixins = new WeakSet<object>();

/** Whether a mixin is ours and adds nothing to a request's line. */
export function isPlainMixin(candidate: unknown): boolean {
  return typeof candidate === "function" && plainMixins.has(candidate);
}

export type PinoMixin = NonNullable<LoggerOptions["mixin"]>;

/**
 * The `mixin` for a pino logger of your own: `pino({ mixin: mixin(telemetry) })`. Every line carries the ids of the span that is active when it
 * is written, sampled or not; asking for them decides nothing.
 *
 * It costs one look at the active context and one small object a line. It never throws.
 */
export function mixin(telemetry: Telemetry, options: MixinOptions = {}): PinoMixin {
  const { fields = "opentelemetry", traceFlags, mixin: own } = options;
  const active = activeIds(telemetry, traceFlags);
  const style = fieldStyle(fields, () => telemetry.logging.service);

  function ownFields(): Fields {
    const ids = active();
    return ids === undefined ? {} : style.trace(ids.traceId, ids.spanId, ids.traceFlags);
  }

  // A request's line brings its own ids: the context that happens to be active then may be another request's.
  if (own === undefined) {
    const plain: PinoMixin = (line) => (isRequestLine(line) ? line : ownFields());
    plainMixins.add(plain);
    return plain;
  }
  const safe = safeMixin(telemetry, own);
  return (line, level, logger) => Object.assign(isRequestLine(line) ? {} : ownFields(), safe(line, level, logger));
}

/** The service's own mixin; one that throws adds nothing, and is counted. */
export function safeMixin({ logging }: Telemetry, own: PinoMixin): PinoMixin {
  return (line, level, logger) => {
    try {
      // What it answers may be the same each time, and pino puts the line's fields on it.
      return { ...own(line, level, logger) };
    } catch {
      logging.failed("log-mixin");
      return {};
    }
  };
}
