import type { TextMapPropagator } from "@opentelemetry/api";

/** Exporters that are built in; `none` is none. */
export type ExporterName = "otlp" | "console" | "none";

/** How context travels between services: a built-in format by its `OTEL_PROPAGATORS` name, or a propagator of the user's. */
export type Propagator = "tracecontext" | "baggage" | "none" | TextMapPropagator;

/**
 * Which attributes a server span carries: `minimal` has method, route, status and error type; `standard` what the conventions ask for
 * without peer address, host and user agent; `full` all of it and the listed headers. Each also says why the span is there.
 */
export type AttributeSet = "minimal" | "standard" | "full";

/** How much a log line matters, least first. */
export type LogLevel = (typeof logLevels)[number];

/** All levels, least first. */
export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
