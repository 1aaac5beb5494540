/** Attributes that many lines of a logger have in common, as `LogRecordSink.block` made them. */
export interface LogBlock {
  /** How many there are. */
  readonly count: number;
}

/** What a line says, once it is known that it leaves. */
export interface LogContent {
  /** Most often a text. Objects and lists are taken, within the limits. */
  readonly body?: unknown;
  /** Values may be objects and lists. Names that are filtered or redacted on spans are here too, those of inner values as `user.email`. */
  readonly attributes?: object | undefined;
  /**
   * Attributes as a list, names at even and values at odd places: the cheapest way for a logger that knows them to be texts, numbers, booleans and null
   * alone. No name comes twice, also not in `attributes` or `block`. The list is the record's own from then on.
   */
  readonly pairs?: (string | number | boolean | null)[] | undefined;
  /** Names in `attributes` that are left out. */
  readonly omit?: ReadonlySet<string> | undefined;
  /** Further attributes; none of their names may be in `attributes`. */
  readonly block?: LogBlock | undefined;
  /** What was thrown; it becomes `exception.type`, `exception.message` and `exception.stacktrace`. */
  readonly exception?: unknown;
  readonly eventName?: string | undefined;
}

/** A line of a logger on its way out by OTLP. */
export interface LogLine {
  /** From 1 to 24 as OpenTelemetry counts; 0 where nobody said. From 13 on it is a warning, from 17 on an error. */
  readonly severityNumber: number;
  /** The level's own name. */
  readonly severityText: string;
  /** About how many bytes it holds until it is read. */
  readonly bytes: number;
  /** When it was made, in milliseconds since 1970. @default now */
  readonly epochMs?: number | undefined;
  /** Called at once, later, or never: a line whose trace does not leave is not read. */
  read(): LogContent;
}

/** The span that a line is of, where that is not the active one. */
export interface LineSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** W3C trace flags: the line leaves with its trace where it is sampled. */
  readonly traceFlags: number;
}

/** Where lines of one logger leave by OTLP. */
export interface LogRecordSink {
  /** Takes a line of the active span, or of the one that is given. Never throws. */
  write(line: LogLine, span?: LineSpan): void;
  /** Makes a block of attributes, within the limits. */
  block(attributes: object): LogBlock;
}
