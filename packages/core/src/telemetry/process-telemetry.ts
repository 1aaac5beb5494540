import type { IncomingMessage } from "node:http";
import type { PrometheusHandler } from "../metrics/prometheus/prometheus-handler.part.ts";
import type { Span, Tracer } from "@opentelemetry/api";
import { existingTelemetry, onceRegistered } from "./engine-registry.ts";
import { followMeterProvider } from "./follow-meter.ts";
import { idleTelemetry } from "./idle-telemetry.ts";
import { checkHanded } from "./wiring/telemetry-logging.ts";
import type { SpanHelperOptions, Telemetry, TelemetryEngine } from "./telemetry.ts";

type StartActiveSpan = (...args: unknown[]) => unknown;

/** The engine that the process has now, or what stands in for it. */
function now(): Telemetry {
  return existingTelemetry() ?? idleTelemetry;
}

/** A tracer that may be asked for before there is an engine, and held. */
function followTracer(find: () => Tracer): Tracer {
  return {
    startSpan: (name, options, context) => find().startSpan(name, options, context),
    startActiveSpan<F extends (span: Span) => unknown>(...args: unknown[]): ReturnType<F> {
      const tracer = find();
      return (tracer.startActiveSpan as StartActiveSpan).apply(tracer, args) as ReturnType<F>;
    },
  };
}

/** Does what must not be missed once there is an engine: at once where there is one. Answers what takes it back. */
function onEngine(act: (engine: TelemetryEngine) => () => void): () => void {
  const engine = existingTelemetry();
  if (engine !== undefined) return act(engine);
  let undo: () => void = () => {};
  const stopWaiting = onceRegistered((made) => (undo = act(made)));
  return () => {
    stopWaiting();
    undo();
  };
}

const logging: Telemetry["logging"] = {
  get level() {
    return now().logging.level;
  },
  get service() {
    return now().logging.service;
  },
  identify: (span, flags) => now().logging.identify(span, flags),
  started(act) {
    checkHanded.started(act);
    return onEngine((engine) => {
      act(engine.logging);
      return () => {};
    });
  },
  logRequests(sink) {
    checkHanded.logRequests(sink);
    return onEngine((engine) => engine.logging.logRequests(sink));
  },
  flushes(destination) {
    checkHanded.flushes(destination);
    return onEngine((engine) => engine.logging.flushes(destination));
  },
  records: (library) => now().logging.records(library),
  watchRecords(listener) {
    checkHanded.watchRecords(listener);
    return onEngine((engine) => engine.logging.watchRecords(listener));
  },
  dropped: (reason) => now().logging.dropped(reason),
  failed: (place) => now().logging.failed(place),
};

const tracer = followTracer(() => now().tracer);

const tracerProvider: Telemetry["tracerProvider"] = {
  getTracer: (...args) =>
    existingTelemetry()?.tracerProvider.getTracer(...args) ??
    followTracer(() => now().tracerProvider.getTracer(...args)),
  forceFlush: () => now().tracerProvider.forceFlush?.() ?? Promise.resolve(),
};

const meterProvider = followMeterProvider({ existing: existingTelemetry, onEngine });

const loggerProvider: Telemetry["loggerProvider"] = {
  getLogger: (...args) =>
    existingTelemetry()?.loggerProvider.getLogger(...args) ?? {
      emit: (record) =>
        now()
          .loggerProvider.getLogger(...args)
          .emit(record),
      enabled: (options) =>
        now()
          .loggerProvider.getLogger(...args)
          .enabled(options),
    },
};

const propagator: Telemetry["propagator"] = {
  inject: (context, carrier, setter) => now().propagator.inject(context, carrier, setter),
  extract: (context, carrier, getter) => now().propagator.extract(context, carrier, getter),
  fields: () => now().propagator.fields(),
};

const sampling: Telemetry["sampling"] = {
  current: () => now().sampling.current(),
  update: (change) => now().sampling.update(change),
  ticket: (request) => now().sampling.ticket(request),
};

const governor: Telemetry["governor"] = { set: (step, options) => now().governor.set(step, options) };

/**
 * The telemetry of whatever engine the process has at the time of a call, so that a module can import it before there is one. Until then each
 * function does the harmless thing: `span` runs its function, `status()` says `not-started`, and nothing throws.
 *
 * No function needs its `this`: each may be taken out and handed on.
 */
export const processTelemetry: Telemetry = Object.freeze({
  get enabled() {
    return now().enabled;
  },
  tracer,
  tracerProvider,
  meterProvider,
  loggerProvider,
  propagator,
  span<T>(name: string, ...rest: [(span: Span) => T] | [SpanHelperOptions, (span: Span) => T]): T {
    return rest.length === 1 ? now().span(name, rest[0]) : now().span(name, rest[0], rest[1]);
  },
  annotate: (attributes) => now().annotate(attributes),
  operation: (operation) => now().operation(operation),
  traceId: () => now().traceId(),
  current: () => now().current(),
  bind: (target) => now().bind(target),
  sampling,
  overhead: () => now().overhead(),
  governor,
  explain: (request) => now().explain(request),
  logging,
  status: () => now().status(),
  check: () => now().check(),
  prometheus(options) {
    // Made at once: what it is made of is loaded here, not in a request.
    let source: Telemetry = idleTelemetry;
    let answer: PrometheusHandler<IncomingMessage> = source.prometheus(options);
    return (request, response) => {
      const current = now();
      if (current !== source) {
        source = current;
        answer = current.prometheus(options);
      }
      answer(request, response);
    };
  },
  instrumentationOptions: () => ({
    http: {
      disableIncomingRequestInstrumentation: true,
      ignoreOutgoingRequestHook: (request) => now().instrumentationOptions().http.ignoreOutgoingRequestHook(request),
    },
    undici: { ignoreRequestHook: (request) => now().instrumentationOptions().undici.ignoreRequestHook(request) },
  }),
  metricProducer: () => ({ collect: (options) => now().metricProducer().collect(options) }),
  flush: (deadlineMs) => now().flush(deadlineMs),
  shutdown: (deadlineMs) => now().shutdown(deadlineMs),
  emergencyFlush: (deadlineMs) => now().emergencyFlush(deadlineMs),
} satisfies Telemetry);

/**
 * For adapters: gives what they export as `telemetry`, a middleware or a plugin, the functions of the process's engine. Members that it has
 * already under those names are covered; its name and its arity stay.
 */
export function carryTelemetry<T extends object>(target: T): T & Telemetry {
  return Object.defineProperties(target, Object.getOwnPropertyDescriptors(processTelemetry)) as T & Telemetry;
}
