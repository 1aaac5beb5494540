import type * as Api from "@opentelemetry/api";

/** What is needed of a copy of `@opentelemetry/api`. */
export type ApiCopy = Pick<typeof Api, "context" | "metrics" | "propagation" | "trace" | "ProxyTracerProvider">;

/**
 * The copy of `@opentelemetry/api` that `import` gives in this process, if somebody has loaded it; `late` is told of one that is found later.
 *
 * Here it is the one that this package imports itself, so there is no other. In the build for Node `imported-copy-in-node.ts` stands in its place.
 */
export function importedCopy(_late: (copy: ApiCopy) => void): ApiCopy | undefined {
  return undefined;
}
