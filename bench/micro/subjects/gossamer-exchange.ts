import { nodeReader, type RequestReader, type Route, type TelemetryOptions } from "@gossamer/core/adapter";
import type { Subject } from "../../harness/subject.ts";

/**
 * A request of the engine from begin to end, with metrics and without: the difference is what its histogram costs.
 *
 * Everything else of the request is the same in both. The clock is ours and moves on by 0 to 1023 ms a request, so that all buckets are hit.
 */
export function gossamerExchange(metrics: boolean): Subject {
  return {
    name: `Gossamer exchange, metrics ${metrics ? "on" : "off"}`,
    packages: ["@gossamer/core"],
    async setup({ serviceName, sinkUrl }) {
      const { createTelemetry } = await import("@gossamer/core");
      let nowMs = 0;
      const clock: NonNullable<TelemetryOptions["clock"]> = {
        now: () => nowMs,
        epochMs: (ms) => ms + 1_700_000_000_000,
        monotonicMs: (ms) => ms - 1_700_000_000_000,
      };
      const engine = createTelemetry({
        serviceName,
        sampleRatio: 0,
        metrics,
        metricIntervalMs: 3_600_000,
        keep: { slow: false },
        otlp: { endpoint: sinkUrl },
        shutdown: { signals: false },
        diagnostics: "none",
        clock,
      });
      const reader = orderReader(engine.routes.get("/orders/:id"));
      const request = {};
      const outcome = { statusCode: 200, completed: true };
      return {
        async run(times) {
          for (let i = 0; i < times; i++) {
            const exchange = engine.begin(request, reader);
            nowMs += i & 1023;
            exchange.end(outcome);
          }
        },
        ...(metrics ? { drain: async () => void (await engine.flush(10_000)) } : {}),
      };
    },
  };
}

function orderReader(route: Route): RequestReader<object> {
  return {
    method: () => "GET",
    target: () => "/orders/1000",
    scheme: () => "http",
    header: () => undefined,
    clientAddress: () => "127.0.0.1",
    peerAddress: () => "127.0.0.1",
    peerPort: () => 40_000,
    httpVersion: () => "1.1",
    route: () => route,
    routeOptionsInUse: nodeReader.routeOptionsInUse,
  };
}
