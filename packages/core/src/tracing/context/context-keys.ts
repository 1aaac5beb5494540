/**
 * The context keys of `@opentelemetry/api`: the API makes them with `Symbol.for`, so every copy of it agrees on them.
 */
export const spanKey: symbol = Symbol.for("OpenTelemetry Context Key SPAN");
/** Where instrumentation-http keeps the server span of a request and the route it is told, in both lines of the SDK. */
export const rpcMetadataKey: symbol = Symbol.for("OpenTelemetry SDK Context Key RPC_METADATA");
/** Set by exporters and by us around export traffic, in both lines of the SDK. */
export const suppressTracingKey: symbol = Symbol.for("OpenTelemetry SDK Context Key SUPPRESS_TRACING");
