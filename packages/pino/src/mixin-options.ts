import type { LoggerOptions } from "pino";
import type { FieldNames } from "./fields/field-style.ts";
import type { TraceFlagsOption } from "./ids/active-ids.ts";

export type PinoMixin = NonNullable<LoggerOptions["mixin"]>;

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
