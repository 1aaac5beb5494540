import type { Attributes } from "@opentelemetry/api";
import type { Resource } from "./resource.ts";

/** A resource as `@opentelemetry/resources` 2 and 3 have it. */
export interface ProducedResource {
  readonly attributes: Attributes;
  readonly schemaUrl?: string;
  /** The attributes of both; of two for the same key the other's. */
  merge(other: ProducedResource | null): ProducedResource;
  getRawAttributes(): [string, Attributes[string]][];
}

/** Gives a resource the methods that OpenTelemetry's readers and exporters may call. */
export function producedResource({ attributes, schemaUrl }: Resource): ProducedResource {
  const own = { ...attributes } as Attributes;
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
