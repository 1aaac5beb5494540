import type { Decision } from "../../model/sampling/decision.ts";
import type { Outcome } from "../../model/request/outcome.ts";
import type { RequestReader } from "../../model/request/request-reader.ts";
import type { Route } from "../../model/route.ts";
import type { TraceWords } from "../../model/ids.ts";
import type { StampedRoot } from "../../otlp/span-stamp.ts";
import type { LineEnding } from "../../logging/request-log.ts";
import type { CompiledRule } from "../../sampling/rules/compiled-rule.ts";
import type { BodySizes } from "../host/body-meter.ts";
import type { ExchangeHost } from "../host/exchange-host.ts";
import type { IncomingParent } from "../incoming/incoming-context.ts";
import type { ServerSpan } from "./server-span.ts";

/** Who is at the other end. */
export interface RequestPeer {
  /** By the framework's own rules about proxies. */
  readonly client: string | undefined;
  readonly address: string | undefined;
  readonly port: number | undefined;
}

export function readPeer(request: unknown, reader: RequestReader<unknown>): RequestPeer {
  return {
    client: reader.clientAddress(request),
    address: reader.peerAddress(request),
    port: reader.peerPort(request),
  };
}

/** What the span of a request is made from: the exchange itself. */
export interface FinishedRequest extends TraceWords, StampedRoot {
  readonly s0: number;
  readonly s1: number;
  readonly scheme: "http" | "https";
  readonly methodIndex: number;
  readonly method: string;
  readonly name: string;
  readonly route: Route | undefined;
  readonly peer: RequestPeer;
  /** The caller's span, trusted or not; null where it told none. */
  readonly incoming: IncomingParent | null;
  header(name: string): string | undefined;
  /** The tracestate that goes on from here, with the threshold of a decision in it. */
  stateWith(threshold: string | undefined): string;
}

/** The outcome of a request that has none yet. */
export const unanswered: Outcome = Object.freeze({ statusCode: undefined, completed: false });

/** How the request ended, in the words of the span. */
export interface SpanEnd {
  readonly host: ExchangeHost;
  readonly request: unknown;
  readonly reader: RequestReader<unknown>;
  readonly decision: Decision;
  /** The rule for it, of those that have a say at the end. */
  readonly rule: CompiledRule | undefined;
  readonly outcome: Outcome;
  /** Absent on success. */
  readonly errorType: string | undefined;
  /** What was thrown, when it is why the request failed. */
  readonly error: unknown;
  readonly endMs: number;
  readonly notes: ServerSpan | undefined;
  /** Undefined where bodies are not measured. */
  readonly sizes: BodySizes | undefined;
}

/** What is known of a request beside itself: of one that begins almost nothing. */
export type RequestSeen = Pick<SpanEnd, "outcome" | "errorType"> & Partial<Pick<SpanEnd, "rule" | "sizes">>;

/** How a request ended, for whoever keeps it, for its span and for its log line. Made only where one of them asks. */
export interface RequestEnd extends SpanEnd, LineEnding {
  /** When the head of a stream left, on the monotonic clock; undefined where the response was none. */
  readonly headMs: number | undefined;
  /** The request's own; once it is kept that of the rule for it. `joined` where somebody else's span stands for the request. */
  decision: Decision;
  /** Whether it is sampled, or kept by now. */
  traced: boolean;
}

/** The duration that is measured; of a stream the time to its head. */
export function durationOf({ startMs }: Pick<FinishedRequest, "startMs">, { headMs, endMs }: RequestEnd): number {
  return (headMs ?? endMs) - startMs;
}
