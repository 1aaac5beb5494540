import type { ExchangeHost, RequestTap } from "../../exchange/host/exchange-host.ts";
import { splitTarget } from "../../limits/split-target.ts";
import type { Metrics } from "../../metrics/metrics.ts";
import type { Clock } from "../../model/clock.ts";
import { traceIdText } from "../../model/ids.ts";
import type { EndedRequest } from "../../model/request/ended-request.ts";
import { producedResource, type Resource } from "../../model/resource.ts";
import type { Tally } from "../../tally/tally.ts";
import type { SpanSink } from "../../tracing/span/span-sink.ts";
import type { Tracing } from "../../tracing/span/tracing.ts";
import type { EngineListener, EngineWatch } from "./engine-watch.ts";
import type { LiveSampling } from "../sampling/live-sampling.ts";
import { changeByPage, tryOut } from "../sampling/page-changes.ts";
import type { WatchedLines } from "../../logging/watched-lines.ts";
import { watchSpans } from "../optional/span-plugins.part.ts";

export interface WatchParts {
  readonly rooms: {
    readonly resource: Resource;
    readonly sink: SpanSink;
    readonly tracing: Tracing;
    readonly metrics: Metrics;
    readonly sampling: LiveSampling;
    readonly logging: { readonly lines: readonly WatchedLines[] };
    readonly faults: Tally;
  };
  readonly host: ExchangeHost;
  readonly clock: Clock;
}

const maxPathLength = 1_024;
const keepReasons: ReadonlySet<string> = new Set(["error", "aborted", "slow"]);
/** Those who look on, by what they look at. */
const listening = new WeakMap<RequestTap, Set<EngineListener>>();

/** Tells a listener what happens from now on, until it stops. With the last of them everything is as it was. */
export function watchEngine(listener: EngineListener, parts: WatchParts): EngineWatch {
  const { rooms, host } = parts;
  const listeners = listening.get(host.tap) ?? new Set();
  listening.set(host.tap, listeners);
  listeners.add(listener);
  if (listeners.size === 1) open(listeners, parts);
  return {
    durations() {
      const data = rooms.metrics.durations();
      return data?.kind === "histogram" ? data : undefined;
    },
    lines: () => rooms.logging.lines,
    tryOut: (change) => tryOut(rooms.sampling, change),
    change: (change) => changeByPage(rooms.sampling, change),
    stop() {
      if (listeners.delete(listener) && listeners.size === 0) close(parts);
    },
  };
}

function open(listeners: ReadonlySet<EngineListener>, { rooms, host, clock }: WatchParts): void {
  const { faults } = rooms;
  const tell = (act: (listener: EngineListener) => void): void => {
    for (const listener of listeners) {
      try {
        act(listener);
      } catch {
        faults.add("watch");
      }
    }
  };
  host.tap.ended = (request, end, joined) => {
    let told: EndedRequest;
    try {
      const { decision, route } = end;
      told = {
        endedAt: clock.epochMs(end.endMs),
        method: request.method,
        route: route?.template === "" ? undefined : route?.template,
        operation: route?.operation?.spanName,
        path: splitTarget(end.reader.target(end.request)).path.slice(0, maxPathLength),
        statusCode: end.statusCode,
        aborted: !end.completed,
        durationMs: (end.headMs ?? end.endMs) - request.startMs,
        errorType: end.errorType,
        traceId: joined?.traceId ?? (end.traced || request.hasIds ? traceIdText(request) : undefined),
        traced: end.traced ? (keepReasons.has(decision.reason) ? "kept" : "sampled") : undefined,
        reason: decision.reason,
        rule: decision.rule,
        ratio: decision.ratio,
      };
    } catch {
      // Its reader threw.
      faults.add("watch");
      return;
    }
    tell((listener) => listener.requestEnded(told));
  };
  const next = rooms.sink;
  const sink = watchSpans({ next, clock, resource: producedResource(rooms.resource) }, (read, span) =>
    tell((listener) => listener.spanEnded(read, () => traceIdText(span))),
  );
  host.sink = sink;
  rooms.tracing.sink = sink;
  rooms.tracing.dropped = (trace) => {
    const traceId = traceIdText(trace);
    tell((listener) => listener.spanDropped?.(traceId));
  };
}

function close({ rooms, host }: WatchParts): void {
  host.tap.ended = undefined;
  host.sink = rooms.sink;
  rooms.tracing.sink = rooms.sink;
  rooms.tracing.dropped = undefined;
}
