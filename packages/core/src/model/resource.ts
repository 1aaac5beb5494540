import type { Attributes } from "./attributes.ts";

/** What produces the telemetry: service, host, process. The same on all signals. */
export interface Resource {
  readonly attributes: Attributes;
  readonly schemaUrl?: string | undefined;
}
