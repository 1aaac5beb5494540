import type { Attributes as ApiAttributes } from "@opentelemetry/api";
import type { Attributes } from "./attributes.ts";

/** What produces the telemetry: service, host, process. The same on all signals. */
export interface Resource {
  readonly attributes: Attributes;
  readonly schemaUrl?: string | undefined;
}

/** A resource as `@opentelemetry/resources` 2 and 3 have it. */
export interface ProducedResource {
  readonly attributes: ApiAttributes;
  readonly schemaUrl?: string;
  /** The attributes of both; of two for the same key the other's. */
  merge(other: ProducedResource | null): ProducedResource;
  getRawAttributes(): [string, ApiAttributes[string]][];
}

/** Gives a resource the methods that OpenTelemetry's readers and exporters may call. */
export function producedResource({ attributes, schemaUrl }: Resource): ProducedResource {
  const own = { ...attributes } as ApiAttributes;
  return {
    attributes: own,
    ...(schemaUrl === undefined ? {} : { schemaUrl }),
    merge(other) {
      const schema = other?.schemaUrl ?? schemaUrl;
      return producedResource({
        attributes: { ...own, ...other?.attributes } as Resource["attributes"],
        schemaUrl: schema,
      });
    },
    getRawAttributes: () => Object.entries(own),
  };
}
