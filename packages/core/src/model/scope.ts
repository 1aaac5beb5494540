/** Which library made a span or metric (OpenTelemetry instrumentation scope). One object a scope: rooms compare by identity. */
export interface Scope {
  readonly name: string;
  readonly version: string;
  readonly schemaUrl?: string | undefined;
}

/** The version of this package, as scopes and the resource name it. A test holds it equal to the one in `package.json`. */
export const version: string = "0.1.0";

/** The scope of the engine's own spans and metrics. */
export const ownScopeName = "@gossamer/core";

/** The semantic conventions that resources, spans and metrics of ours follow. */
export const schemaUrl = "https://opentelemetry.io/schemas/1.44.0";
