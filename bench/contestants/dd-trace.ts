import { createRequire } from "node:module";
import { contestant, type Contestant } from "./contestant.ts";
import { createOrdersService } from "./orders-service.ts";
import { neighbourOf, prepareWork } from "./work.ts";
import type { Workload } from "./workload.ts";

export interface DdTraceVariant {
  readonly name: string;
  readonly workload?: Workload;
  readonly ratio: number;
  /** Whether traces that are not sampled stay in the process. As installed they are sent, for the agent to count. @default false */
  readonly discard?: boolean;
}

/** What is not telemetry of requests, and what would look for a Datadog that is not there. */
const switchedOff: readonly string[] = [
  "DD_APPSEC_ENABLED",
  "DD_IAST_ENABLED",
  "DD_PROFILING_ENABLED",
  "DD_REMOTE_CONFIGURATION_ENABLED",
  "DD_INSTRUMENTATION_TELEMETRY_ENABLED",
  "DD_RUNTIME_METRICS_ENABLED",
  "DD_DATA_STREAMS_ENABLED",
  "DD_DYNAMIC_INSTRUMENTATION_ENABLED",
  "DD_CRASHTRACKING_ENABLED",
  "DD_TRACE_STARTUP_LOGS",
];

/** Of dd-trace's own, what its public API has no way to wait for: that what was written has left. */
interface Tracer {
  init(): { readonly _tracer: { readonly _exporter: { flush(done: () => void): void } } };
}

/**
 * dd-trace 6 as installed, with a span for each middleware and handler, its agent being the sink.
 *
 * It is loaded by `require`, which its patches need, before Express is. Its limit of 100 sampled traces a second is lifted, so that 100 % is that.
 */
export function ddTrace({ name, workload = "answers", ratio, discard = false }: DdTraceVariant): Contestant {
  return contestant({
    name,
    workload,
    packages: ["dd-trace", ...(workload === "log" ? ["pino"] : [])],
    delivers: { metrics: !discard, ratio, calls: workload === "call" },
    sends: discard ? ratio : 1,
    async setup(surroundings) {
      const neighbour = await neighbourOf(surroundings, workload);
      for (const variable of switchedOff) process.env[variable] = "false";
      process.env["DD_SERVICE"] = surroundings.serviceName;
      process.env["DD_TRACE_AGENT_URL"] = surroundings.sinkUrl;
      process.env["DD_TRACE_RATE_LIMIT"] = "1000000";
      if (discard) process.env["DD_TRACE_SAMPLING_RULES"] = JSON.stringify([{ sample_rate: ratio, discard: true }]);
      else process.env["DD_TRACE_SAMPLE_RATE"] = String(ratio);
      const { _tracer: tracer } = (createRequire(import.meta.url)("dd-trace") as Tracer).init();
      const flush = (): Promise<void> => new Promise((resolve) => tracer._exporter.flush(() => resolve()));
      const { work, verify } = prepareWork(workload, neighbour, { ids: true });
      return { server: createOrdersService(undefined, work), flush, drain: flush, verify };
    },
  });
}
