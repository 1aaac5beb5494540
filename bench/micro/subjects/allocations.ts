import { nodeReader, type RequestReader, type Route } from "@gossamer/core/adapter";
import type { Subject } from "../../harness/subject.ts";

/** Unsampled requests of the engine from begin to end, their flags read on the way, with so many rules. */
export function allocationsSubject(rules: number): Subject {
  return {
    name: `${rules.toLocaleString("en")} rules`,
    packages: ["@gossamer/core"],
    async setup({ serviceName, sinkUrl }) {
      const { createTelemetry } = await import("@gossamer/core");
      const engine = createTelemetry({
        serviceName,
        sampleRatio: 0,
        rules: Array.from({ length: rules }, (_, i) => ({ match: `GET /orders/${i}/*`, ratio: 0 })),
        metricIntervalMs: 3_600_000,
        otlp: { endpoint: sinkUrl },
        shutdown: { signals: false },
        diagnostics: "none",
      });
      const reader = readerOf(engine.routes.get(`/orders/${Math.max(0, rules - 1)}/:id`));
      const request = {};
      const outcome = { statusCode: 200, completed: true };
      const run = async (times: number): Promise<void> => {
        for (let i = 0; i < times; i++) {
          const exchange = engine.begin(request, reader);
          if ((flagsOf(exchange) & 1) === 1) throw new Error("A request was sampled.");
          exchange.end(outcome);
        }
      };
      return {
        run,
        async allocations(times) {
          return (await countAllocations(() => run(times))) / times;
        },
      };
    },
  };
}

/** Every object that is made while `work` runs, those that are collected meanwhile too. */
async function countAllocations(work: () => Promise<void>): Promise<number> {
  const { Session } = await import("node:inspector/promises");
  const session = new Session();
  session.connect();
  await session.post("HeapProfiler.startSampling", {
    // One byte: no allocation is between two samples.
    samplingInterval: 1,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  await work();
  const { profile } = await session.post("HeapProfiler.stopSampling");
  session.disconnect();
  // Node gives one entry an allocation; its types do not say so.
  return (profile as unknown as { samples: readonly unknown[] }).samples.length;
}

/** What an outgoing call reads of the request's span. An adapter has no use for it, so that it is not in the type of what it gets. */
function flagsOf(exchange: object): number {
  return (exchange as { readonly flags: number }).flags;
}

function readerOf(route: Route): RequestReader<object> {
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
