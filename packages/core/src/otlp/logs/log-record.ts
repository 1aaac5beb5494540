import type { Scope } from "../../model/scope.ts";

/** A value of a log record: unlike those of spans it may have parts. */
export type LogValue =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly LogValue[]
  | { readonly [key: string]: LogValue };

/** Keys at even, values at odd places. */
export type LogAttributeList = (string | LogValue)[];

/** Attributes that many records have in common: put together once, and encoded once. */
export interface LogAttributeBlock {
  readonly list: LogAttributeList;
  /** The writer's bytes for it, once it was written. */
  encoded: Uint8Array | undefined;
}

/** The span that a record was made in. */
export interface LogSpan {
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
  readonly s0: number;
  readonly s1: number;
  /** W3C trace flags; 0 where they are not known yet. */
  readonly flags: number;
}

/** A log record within its limits, as it is written. */
export interface LogRecord {
  readonly scope: Scope;
  /** When it was made, in milliseconds since 1970. */
  readonly epochMs: number;
  /** When it was handed over. */
  readonly observedMs: number;
  /** From 1 to 24; 0 where nobody said. */
  readonly severityNumber: number;
  /** Empty for none. */
  readonly severityText: string;
  readonly body: LogValue | undefined;
  readonly block: LogAttributeBlock | undefined;
  readonly attributes: LogAttributeList;
  readonly droppedAttributesCount: number;
  /** Empty for none. */
  readonly eventName: string;
  readonly span: LogSpan | undefined;
}

/** From here on a record is a warning, an error. */
export const severity = { warn: 13, error: 17 } as const;
