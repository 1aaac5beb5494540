import type { Tracer } from "@opentelemetry/api";
import { joinedTerms } from "../../exchange/end/joined-terms.ts";
import type { ExchangeHost } from "../../exchange/host/exchange-host.ts";
import { IncomingContext } from "../../exchange/incoming/incoming-context.ts";
import { SpanNames } from "../../exchange/host/span-names.ts";
import type { RouteTable } from "../../model/route.ts";
import type { Settings } from "../../options/settle/settings.ts";
import { createPropagator } from "../../tracing/propagation/propagator.ts";
import type { ApiStanding } from "./api-standing.ts";
import type { Rooms } from "./rooms.ts";

export interface ExchangeHostParts {
  readonly settings: Settings;
  readonly rooms: Rooms;
  readonly standing: ApiStanding;
  readonly tracer: Tracer;
  readonly routes: RouteTable;
}

/** Gathers what the exchanges of a process need of its rooms, and keeps it true while sampling is changed. */
export function createExchangeHost({ settings, rooms, standing, tracer, routes }: ExchangeHostParts): ExchangeHost {
  const { sampling, methods, sink, starts, spanDrops, faults } = rooms;
  const incoming = incomingContext(settings, rooms);
  const awaitsOperation = (): ExchangeHost["awaitsOperation"] =>
    sampling.rules?.usesOperation === true
      ? (route) => route?.operation === undefined && routes.hasOperations(route)
      : undefined;
  const host: ExchangeHost = {
    clock: settings.clock,
    random: rooms.random,
    storage: standing.storage,
    tracing: rooms.tracing,
    metrics: rooms.metrics.http,
    exemplars: settings.exemplars,
    sink,
    starts,
    decide: sampling.deciding,
    decisionWaitsForRoute: sampling.waitsForRoute,
    awaitsOperation: awaitsOperation(),
    rules: sampling.rules,
    onward: undefined,
    keep: sampling.keep,
    incoming,
    surroundings: standing.surroundings({
      tracer,
      incoming,
      limits: rooms.limits.limits,
      traces: settings.traces,
      errorTypeOf: rooms.errorTypeOf,
      terms: (request) => joinedTerms(host, request),
      failed: (place) => faults.add(place),
    }),
    methods,
    names: new SpanNames(methods),
    ...rooms.limits.host,
    errorTypeOf: rooms.errorTypeOf,
    requestLog: rooms.requestLog,
    tap: { ended: undefined },
    drops: spanDrops,
    faults,
  };
  sampling.changed = () => {
    host.decide = sampling.deciding;
    host.decisionWaitsForRoute = sampling.waitsForRoute;
    host.awaitsOperation = awaitsOperation();
    host.rules = sampling.rules;
  };
  return host;
}

function incomingContext(
  { propagators, trustIncoming, baggage }: Settings,
  { propagation, faults }: Rooms,
): IncomingContext {
  const traceContext = propagators.includes("tracecontext");
  const others = propagators.filter((propagator) => propagator !== "tracecontext");
  return new IncomingContext({
    traceContext,
    propagator: others.length === 0 ? undefined : createPropagator(others, propagation),
    foreignTrace: others.some((propagator) => typeof propagator !== "string"),
    untrustedBaggage: baggage.fromUntrusted,
    trust: trustIncoming,
    failed: (place) => faults.add(place),
  });
}
