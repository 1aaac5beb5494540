import type { Context, TimeInput } from "@opentelemetry/api";
import { scopeKey, scopeOf } from "../model/scope-of.ts";
import type { Scope } from "../model/scope.ts";
import { textOf } from "../model/foreign/text-of.ts";
import type { LogContent, LogLine } from "./log-line.ts";
import type { ActiveSpan, LogRecords } from "./log-records.ts";

/** A record as `logs` of the API 1.10 and `@opentelemetry/api-logs` have it. */
export interface ApiLogRecord {
  readonly eventName?: string;
  readonly timestamp?: TimeInput;
  readonly observedTimestamp?: TimeInput;
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly body?: unknown;
  readonly attributes?: object;
  readonly exception?: unknown;
  readonly context?: Context;
}

export interface ApiLogger {
  emit(record: ApiLogRecord): void;
  /** Whether such a record would leave, or could. */
  enabled(options?: {
    readonly context?: Context;
    readonly severityNumber?: number;
    readonly eventName?: string;
  }): boolean;
}

/** For both lines of the API. */
export interface ApiLoggerProvider {
  getLogger(name: string, version?: string, options?: { readonly schemaUrl?: string }): ApiLogger;
}

export interface LoggerProviderParts {
  /** Undefined where records go nowhere. */
  readonly records: () => LogRecords | undefined;
  readonly spanOf: (context: Context | undefined) => ActiveSpan;
  /** In milliseconds since 1970. */
  readonly epochMs: (time: TimeInput) => number;
  readonly failed: () => void;
}

const maxLoggers = 1_000;

/**
 * Gives loggers whose records leave by OTLP. One logger a name, version and schema, as long as there are not more than 1,000.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/logs/api/
 */
export class EngineLoggerProvider implements ApiLoggerProvider {
  readonly #parts: LoggerProviderParts;
  readonly #loggers = new Map<string, ApiLogger>();

  constructor(parts: LoggerProviderParts) {
    this.#parts = parts;
  }

  getLogger(name: string, version?: string, options?: { readonly schemaUrl?: string }): ApiLogger {
    const scope = scopeOf(name, version, options);
    const key = scopeKey(scope);
    const known = this.#loggers.get(key);
    if (known !== undefined) return known;
    const logger = new EngineLogger(this.#parts, scope);
    if (this.#loggers.size < maxLoggers) this.#loggers.set(key, logger);
    return logger;
  }
}

class EngineLogger implements ApiLogger {
  readonly #parts: LoggerProviderParts;
  readonly #scope: Scope;

  constructor(parts: LoggerProviderParts, scope: Scope) {
    this.#parts = parts;
    this.#scope = scope;
  }

  emit(record: ApiLogRecord): void {
    const { records, spanOf, epochMs, failed } = this.#parts;
    try {
      const { context, timestamp } = record;
      const line = new ApiLine(record, timestamp === undefined ? undefined : epochMs(timestamp));
      records()?.write(line, this.#scope, spanOf(context));
    } catch {
      failed();
    }
  }

  enabled(options: { readonly context?: Context; readonly severityNumber?: number } = {}): boolean {
    const { records, spanOf, failed } = this.#parts;
    try {
      return records()?.wants(options.severityNumber ?? 0, spanOf(options.context)) === true;
    } catch {
      failed();
      return false;
    }
  }
}

/** What is read of a record later is what it is then. */
const lineBytes = 512;

class ApiLine implements LogLine {
  readonly severityNumber: number;
  readonly severityText: string;
  readonly bytes = lineBytes;
  readonly epochMs: number | undefined;
  readonly #record: ApiLogRecord;

  constructor(record: ApiLogRecord, epochMs: number | undefined) {
    this.#record = record;
    const { severityNumber = 0, severityText } = record;
    this.severityNumber =
      Number.isInteger(severityNumber) && severityNumber > 0 && severityNumber < 25 ? severityNumber : 0;
    this.severityText = word(severityText);
    this.epochMs = epochMs;
  }

  read(): LogContent {
    const { body, attributes, exception, eventName } = this.#record;
    const own = typeof attributes === "object" ? attributes : undefined;
    return { body, attributes: own, exception, eventName: word(eventName) };
  }
}

/** JavaScript may give anything where a text belongs. */
function word(given: unknown): string {
  return given === undefined || given === null ? "" : textOf(given).slice(0, 1_024);
}
