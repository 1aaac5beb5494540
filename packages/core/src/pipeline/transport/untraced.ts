import { type Context, context, createContextKey, ROOT_CONTEXT } from "@opentelemetry/api";

// The key of @opentelemetry/core: instrumentations that see it leave the request alone. createContextKey is Symbol.for.
const suppressed: Context = ROOT_CONTEXT.setValue(
  createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING"),
  true,
);

/** Runs a step whose requests no instrumentation may trace. */
export function untraced<T>(step: () => T): T {
  return context.with(suppressed, step);
}
