import type { TextMapPropagator } from "@opentelemetry/api";

/** How context travels between services: a built-in format by its `OTEL_PROPAGATORS` name, or a propagator of the user's. */
export type Propagator = "tracecontext" | "baggage" | "none" | TextMapPropagator;
