/** Which library made a span or metric (OpenTelemetry instrumentation scope). One object a scope: rooms compare by identity. */
export interface Scope {
  readonly name: string;
  readonly version: string;
  readonly schemaUrl?: string | undefined;
}
