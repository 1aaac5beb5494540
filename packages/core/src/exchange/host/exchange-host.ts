import type { AsyncLocalStorage } from "node:async_hooks";
import type { Context, SpanContext } from "@opentelemetry/api";
import type { CapturedHeader } from "../../limits/captured-headers.ts";
import type { LimitSettings } from "../../limits/span-limits.ts";
import type { MethodTable } from "../../limits/methods.ts";
import type { SensitiveNames } from "../../limits/redact-query.ts";
import type { HttpServerMetrics } from "../../metrics/http/http-server-metrics.ts";
import type { AttributeSet } from "../../model/choices.ts";
import type { RequestLog } from "../../logging/request-log.ts";
import type { Clock } from "../../model/clock.ts";
import type { ExemplarFilter } from "../../model/exemplar-span.ts";
import type { TraceWords } from "../../model/ids.ts";
import type { Decision } from "../../model/sampling/decision.ts";
import type { RequestReader } from "../../model/request/request-reader.ts";
import type { RandomPool } from "../../model/random.ts";
import type { Route } from "../../model/route.ts";
import type { KeepPolicy } from "../../sampling/keep/keep.ts";
import type { RuleSet } from "../../sampling/rules/rule-set.ts";
import type { SamplingFacts } from "../../model/sampling/sampler.ts";
import type { Tally } from "../../tally/tally.ts";
import type { ErrorTypeOf } from "../../tracing/span/error-categories.ts";
import type { SpanStarts, SpanSink } from "../../tracing/span/span-sink.ts";
import type { Tracing } from "../../tracing/span/tracing.ts";
import type { BlockCache } from "./block-cache.ts";
import type { BodyMeters } from "./body-meter.ts";
import type { IncomingContext } from "../incoming/incoming-context.ts";
import type { SpanNames } from "./span-names.ts";
import type { Surroundings } from "../incoming/surroundings.ts";

/** What a request that came with a ticket shows to the services it calls; undefined where it was not traced for it. */
export type OnwardTicketOf = (
  request: TraceWords & { readonly decision: Decision },
) => { readonly traceId: string; readonly text: string } | undefined;

/** A request that is over, with what became of it. */
interface TappedEnd {
  readonly request: unknown;
  readonly reader: RequestReader<unknown>;
  readonly route: Route | undefined;
  readonly statusCode: number | undefined;
  readonly completed: boolean;
  readonly headMs: number | undefined;
  readonly endMs: number;
  readonly errorType: string | undefined;
  /** Of what kept it, where that is why it is traced. */
  readonly decision: Decision;
  readonly traced: boolean;
}

/** Who looks on while requests end. */
export interface RequestTap {
  /** Undefined when nobody does. Never throws. `joined` is of somebody else's span that stands for the request. */
  ended:
    | ((
        request: TraceWords & { readonly startMs: number; readonly method: string; readonly hasIds: boolean },
        end: TappedEnd,
        joined: SpanContext | undefined,
      ) => void)
    | undefined;
}

/** What every exchange of a process shares. Plain fields, of which some are set again, when sampling changes or somebody looks on: accessors cost a request dearly. */
export interface ExchangeHost {
  readonly clock: Clock;
  readonly random: RandomPool;
  readonly storage: AsyncLocalStorage<Context>;
  readonly tracing: Tracing;
  readonly metrics: HttpServerMetrics;
  /** Which requests are examples of their durations. */
  readonly exemplars: ExemplarFilter;
  sink: SpanSink;
  /** Told of sampled requests as they are decided; undefined when nobody listens. */
  readonly starts?: SpanStarts | undefined;
  /** Decides on a request. Never throws. */
  decide: (facts: SamplingFacts) => Decision;
  /** The rules that are in force, for what they say when a request is over. */
  rules?: RuleSet | undefined;
  /** Whether the sampler may look at the route, so that a decision waits for it where it can. */
  decisionWaitsForRoute: boolean;
  /** Whether a request to such a route will say what it does, and some rule asks for that; undefined where none does. */
  awaitsOperation?: ((route: Route | undefined) => boolean) | undefined;
  /** Undefined for requests without a ticket. */
  readonly onward?: OnwardTicketOf | undefined;
  /** Looks for what else of OpenTelemetry lives in the process. */
  readonly surroundings?: Surroundings | undefined;
  readonly keep: KeepPolicy;
  readonly incoming: IncomingContext;
  readonly methods: MethodTable;
  readonly names: SpanNames;
  readonly limits: LimitSettings;
  /** What an unsampled request may remember in case it is kept. */
  readonly noteLimits: LimitSettings;
  readonly sensitive: SensitiveNames;
  /** How much of what the conventions ask goes on server spans. */
  readonly attributeSet: AttributeSet;
  /** What server spans have in common; undefined where each is put together by itself. */
  readonly shared?: BlockCache | undefined;
  /** Headers that go on spans. */
  readonly requestHeaders: readonly CapturedHeader[];
  readonly responseHeaders: readonly CapturedHeader[];
  /** Measures bodies; undefined when nobody asked for their sizes. */
  readonly bodies: BodyMeters | undefined;
  /** The `error.type` of what was thrown. */
  readonly errorTypeOf: ErrorTypeOf;
  readonly requestLog: RequestLog;
  /** One object for all hosts of a process. */
  readonly tap: RequestTap;
  /** Takes the drops: `held-overflow`. */
  readonly drops: Tally;
  /** Counts what went wrong inside the engine, by place. */
  readonly faults: Tally;
}
