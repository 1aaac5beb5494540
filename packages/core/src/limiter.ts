// Attributes within bounds. Stands alone.
export {
  createAttributeLimiter,
  type AttributeLimiter,
  type AttributeLimiterOptions,
  type LimitedAttributes,
} from "./telemetry/create-attribute-limiter.ts";
export type { AttributeFilter } from "./model/filters/attribute-filter.ts";
