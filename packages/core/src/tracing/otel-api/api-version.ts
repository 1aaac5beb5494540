import { apiPackage } from "./api-package.ts";

/** Under it the API's first major version keeps what is registered. */
export const globalKey: unique symbol = Symbol.for("opentelemetry.js.api.1");

/** The version of `@opentelemetry/api` that registered something first in this process; undefined for none. */
export function registeredApiVersion(): string | undefined {
  const registered = (globalThis as Record<symbol, unknown>)[globalKey] as { readonly version?: unknown } | undefined;
  return typeof registered?.version === "string" ? registered.version : undefined;
}

/** The version of the copy of `@opentelemetry/api` that is installed for this module; undefined in a bundle. */
export function ownApiVersion(): string | undefined {
  return apiPackage()?.version;
}
