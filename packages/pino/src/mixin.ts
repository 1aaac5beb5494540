import type { Telemetry } from "@gossamer/core";
import type { Fields } from "./fields/field-style.ts";
import { fieldStyle } from "./fields/field-styles.ts";
import { activeIds } from "./ids/active-ids.ts";
import { checkTelemetry, readMixinOptions } from "./logger-options.ts";
import type { MixinOptions, PinoMixin } from "./mixin-options.ts";
import { isRequestLine } from "./request-line-fields.ts";

const plainMixins = new WeakSet<object>();

/** Whether a mixin is ours and adds nothing to a request's line. */
export function isPlainMixin(candidate: unknown): boolean {
  return typeof candidate === "function" && plainMixins.has(candidate);
}

/**
 * The `mixin` for a pino logger of your own: `pino({ mixin: mixin(telemetry) })`. Every line carries the ids of the span that is active when it
 * is written, sampled or not; asking for them decides nothing.
 *
 * It costs one look at the active context and one small object a line. Throws an `OptionError` where it is made wrong, and never with a line.
 */
export function mixin(telemetry: Telemetry, options: MixinOptions = {}): PinoMixin {
  checkTelemetry(telemetry, "mixin");
  const { fields = "opentelemetry", traceFlags, mixin: own } = readMixinOptions(options);
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
