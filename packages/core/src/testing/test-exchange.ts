import { Exchange } from "../exchange/exchange.ts";
import type { ExchangeHost } from "../exchange/host/exchange-host.ts";
import { IncomingContext, type IncomingContextSettings } from "../exchange/incoming/incoming-context.ts";
import { noteLimits } from "../exchange/span/server-span.ts";
import { sharedAttributes } from "../exchange/span/shared-attributes.ts";
import { SpanNames } from "../exchange/host/span-names.ts";
import { sensitiveNames } from "../limits/redact-query.ts";
import { RequestLog } from "../logging/request-log.ts";
import { type TestMetrics, testMetrics, methods } from "../metrics/testing/test-metrics.ts";
import type { RequestReader } from "../model/request/request-reader.ts";
import type { Route } from "../model/route.ts";
import { allAttributes, type SpanData } from "../model/span-data.ts";
import type { SamplerLike } from "../model/sampling/sampler.ts";
import { createDecide } from "../sampling/decide.ts";
import { DecisionCounts } from "../sampling/decision-counts.ts";
import { KeepPolicy, type KeepSettings } from "../sampling/keep/keep.ts";
import { toSampler } from "../sampling/samplers/to-sampler.ts";
import { Tally } from "../tally/tally.ts";
import { errorTypeOf } from "../model/foreign/exception-attributes.ts";
import type { Tracer } from "@opentelemetry/api";
import { testLimits, testTracing, type TestTracing, type TestTracingSettings } from "./test-tracing.ts";

/** A request as the tests write it down. */
export interface FakeRequest {
  method?: string;
  target?: string;
  scheme?: "http" | "https";
  headers?: Record<string, string>;
  route?: Route | undefined;
  peer?: string | undefined;
}

export const fakeReader: RequestReader<FakeRequest> = {
  method: ({ method }) => method ?? "GET",
  target: ({ target }) => target ?? "/users/7?page=2",
  scheme: ({ scheme }) => scheme ?? "http",
  header: ({ headers }, name) => headers?.[name],
  clientAddress: () => "192.0.2.1",
  peerAddress: ({ peer }) => peer ?? "192.0.2.9",
  peerPort: () => 4711,
  httpVersion: () => "1.1",
  route: ({ route }) => route,
  routeOptionsInUse: { sampling: false, stream: false },
};

export interface TestHostSettings {
  /** @default nothing is sampled */
  readonly sampler?: SamplerLike;
  readonly keep?: Partial<KeepSettings>;
  readonly incoming?: Partial<IncomingContextSettings>;
  readonly tracing?: TestTracingSettings;
  readonly change?: Partial<ExchangeHost>;
}

export interface TestHost extends TestTracing {
  readonly host: ExchangeHost;
  readonly metrics: TestMetrics["metrics"];
  readonly routes: TestMetrics["routes"];
  readonly tracer: Tracer;
  readonly faults: Tally;
  readonly counts: DecisionCounts;
  begin(request?: FakeRequest, reader?: Partial<RequestReader<FakeRequest>>): Exchange;
}

/** What exchanges need, with nothing sampled and everything that fails, is aborted or takes a second kept. */
export function testHost({
  sampler = () => false,
  keep,
  incoming,
  tracing: settings,
  change,
}: TestHostSettings = {}): TestHost {
  const traced = testTracing(settings);
  const { clock, tracing, storage, random, written, lanes, drops } = traced;
  const { metrics, routes } = testMetrics({ clock });
  const faults = new Tally();
  const counts = new DecisionCounts();
  const policy = new KeepPolicy(
    { errors: 1, aborted: 1, slowerThanMs: 1_000, slow: 1, maxPerSecond: 100, ...keep },
    new Tally(),
  );
  const made = toSampler(sampler);
  const decide = createDecide({
    traces: true,
    sampler: made,
    traceProbes: true,
    keep: policy,
    routeMatters: () => true,
    now: () => clock.now(),
    counts,
    faults,
  });
  const own = {
    limits: testLimits,
    attributeSet: "full" as const,
    requestHeaders: [],
    responseHeaders: [],
    ...change,
  };
  const host: ExchangeHost = {
    clock,
    random,
    storage,
    tracing,
    metrics: metrics.http,
    exemplars: "traced",
    sink: {
      write(span, lane) {
        written.push(span);
        lanes.push(lane);
      },
    },
    decide,
    decisionWaitsForRoute: made.usesRoute === true,
    keep: policy,
    incoming: new IncomingContext({
      traceContext: true,
      propagator: undefined,
      trust: true,
      failed: (place) => faults.add(place),
      ...incoming,
    }),
    methods,
    names: new SpanNames(methods),
    noteLimits: noteLimits(testLimits),
    sensitive: sensitiveNames(),
    shared: sharedAttributes({
      ...own,
      maxAttributes: own.limits.attributes,
      maxValueLength: own.limits.valueLength,
      names: own.limits.names,
    }),
    bodies: undefined,
    errorTypeOf,
    requestLog: new RequestLog("sampled", faults),
    tap: { ended: undefined },
    drops,
    faults,
    ...own,
  };
  return {
    ...traced,
    host,
    metrics,
    routes,
    faults,
    counts,
    begin: (request = {}, reader = {}) => new Exchange(host, request, overlay(reader)),
  };
}

/** Keeps getters, unlike a spread. */
function overlay(reader: Partial<RequestReader<FakeRequest>>): RequestReader<FakeRequest> {
  return Object.create(fakeReader, Object.getOwnPropertyDescriptors(reader)) as RequestReader<FakeRequest>;
}

/** The attributes of a span as a record; a key that is there twice is an error. */
export function attributesOf(
  span: Pick<SpanData, "routeBlock" | "attributes" | "peerBlock"> | undefined,
): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  const attributes = span === undefined ? [] : allAttributes(span);
  for (let i = 0; i < attributes.length; i += 2) {
    const key = String(attributes[i]);
    if (key in record) throw new Error(`${key} is there twice.`);
    record[key] = attributes[i + 1];
  }
  return record;
}
