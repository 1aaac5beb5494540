import type { SpanIdentity, Telemetry } from "@gossamer/core";
import { type Span, trace } from "@opentelemetry/api";
import type { LoggerOptions } from "pino";
import type { FieldNames, Fields } from "./fields/field-style.ts";
import { fieldStyle } from "./fields/field-styles.ts";
import { isRequestLine } from "./request-line-fields.ts";
import { optionError } from "./option-error.ts";

export interface MixinOptions {
  /** Whose names the fields have. @default "opentelemetry" */
  readonly fields?: FieldNames;
  /**
   * Whether lines carry the trace flags. Reading them decides whether the request is sampled. `known`: on every line but those that a request
   * logs before its route is known, in a service whose sampling looks at routes; `always`: on those too, which are then decided without their
   * route; `never`: no line decides anything. @default "known"
   */
  readonly traceFlags?: "known" | "always" | "never";
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
  const { fields = "opentelemetry", traceFlags = "known", mixin: own } = options;
  if (!["known", "always", "never"].includes(traceFlags)) {
    throw optionError(
      `Option "traceFlags" must be "known", "always" or "never", got '${String(traceFlags)}'.`,
      "GSM_OPTION_RANGE",
    );
  }
  const { logging } = telemetry;
  const style = fieldStyle(fields, logging.service);
  // One request logs several lines in a row, and what is known of a span stays so.
  let lastSpan: Span | undefined;
  let last: SpanIdentity | undefined;

  function traceFields(): Fields {
    const span = trace.getActiveSpan();
    if (span === undefined) return {};
    if (span !== lastSpan || last?.traceFlags === undefined) {
      last = logging.identify(span, traceFlags);
      lastSpan = span;
    }
    return last === undefined ? {} : style.trace(last.traceId, last.spanId, last.traceFlags);
  }

  function ownFields(): Fields {
    // Asked each time: a logger may be made before there is an engine.
    if (!telemetry.enabled) return {};
    try {
      return traceFields();
    } catch {
      // A span of another provider's may do anything; the line is written all the same.
      logging.failed("log-mixin");
      return {};
    }
  }

  // A request's line brings its own ids: the context that happens to be active then may be another request's.
  if (own === undefined) {
    const plain: PinoMixin = (line) => (isRequestLine(line) ? line : ownFields());
    plainMixins.add(plain);
    return plain;
  }
  return (line, level, logger) => {
    const given = isRequestLine(line) ? {} : ownFields();
    try {
      return Object.assign(given, own(line, level, logger));
    } catch {
      logging.failed("log-mixin");
      return given;
    }
  };
}
