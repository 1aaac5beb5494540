import { EngineMeterProvider, type EngineMeterProviderParts } from "./engine-meter-provider.ts";

/** What the meters of a service and its libraries are made of. */
export function createMeters(parts: EngineMeterProviderParts): EngineMeterProvider {
  return new EngineMeterProvider(parts);
}
