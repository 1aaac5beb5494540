/**
 * The context keys of `@opentelemetry/api`: the API makes them with `Symbol.for`, so every copy of it agrees on them.
 */
export const spanKey: symbol = Symbol.for("OpenTelemetry Context Key SPAN");
/** Where instrumentation-http keeps the server span of a request and the route it is told, in both lines of the SDK. */
export const rpcMetadataKey: symbol = Symbol.for("OpenTelemetry SDK Context Key RPC_METADATA");
/** Under it a request that is traced for a ticket has what it shows to the services it calls. */
export const onwardTicketKey: symbol = Symbol.for("gossamer onward ticket");
/** Set by exporters and by us around export traffic, in both lines of the SDK. */
export const suppressTracingKey: symbol = Symbol.for("OpenTelemetry SDK Context Key SUPPRESS_TRACING");
