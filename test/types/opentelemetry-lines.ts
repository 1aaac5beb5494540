// Never run: it holds when it compiles. What core gives and takes fits both lines of OpenTelemetry without depending on either.
import type {
  InstrumentationOptions,
  ReadableSpan,
  Sampler,
  SamplerLike,
  SpanExporter,
  SpanProcessor,
  Telemetry,
} from "@gossamer/core";
import type * as api110 from "@opentelemetry/api";
import type { HttpInstrumentationConfig } from "@opentelemetry/instrumentation-http";
import type { UndiciInstrumentationConfig } from "@opentelemetry/instrumentation-undici";
import type { MetricProducer as MetricProducer3 } from "@opentelemetry/sdk-metrics";
import type * as sdk3 from "@opentelemetry/sdk-trace";
import type * as api19 from "api19";
import type { MetricProducer as MetricProducer2 } from "sdk-metrics2";
import type * as sdk2 from "sdk-trace2";

type Metrics = ReturnType<Telemetry["metricProducer"]>;

/** Compiles when a value of the first type can stand where the second is asked for. */
type Fits<Given extends Asked, Asked> = Given;

export type GivesTracers = [Fits<Telemetry["tracer"], api110.Tracer>, Fits<Telemetry["tracer"], api19.Tracer>];
export type GivesProviders = [
  Fits<Telemetry["tracerProvider"], api110.TracerProvider>,
  Fits<Telemetry["tracerProvider"], api19.TracerProvider>,
];
export type GivesPropagators = [
  Fits<Telemetry["propagator"], api110.TextMapPropagator>,
  Fits<Telemetry["propagator"], api19.TextMapPropagator>,
];
export type GivesMetrics = [Fits<Metrics, MetricProducer3>, Fits<Metrics, MetricProducer2>];

export type TakesProcessors = [
  Fits<sdk3.SpanProcessor, SpanProcessor>,
  Fits<sdk2.SpanProcessor, SpanProcessor>,
  Fits<sdk3.BatchSpanProcessor, SpanProcessor>,
  Fits<sdk2.BatchSpanProcessor, SpanProcessor>,
];
export type TakesExporters = [
  Fits<sdk3.SpanExporter, SpanExporter>,
  Fits<sdk2.SpanExporter, SpanExporter>,
  Fits<sdk3.ConsoleSpanExporter, SpanExporter>,
  Fits<sdk2.InMemorySpanExporter, SpanExporter>,
];
export type GivesSpans = [Fits<ReadableSpan, sdk3.ReadableSpan>, Fits<ReadableSpan, sdk2.ReadableSpan>];
export type GivesInstrumentationOptions = [
  Fits<InstrumentationOptions["http"], HttpInstrumentationConfig>,
  Fits<InstrumentationOptions["undici"], UndiciInstrumentationConfig>,
];

export type TakesSamplers = Fits<Sampler, SamplerLike>;
