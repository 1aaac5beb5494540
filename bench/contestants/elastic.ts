import { createRequire } from "node:module";
import { contestant, type Contestant } from "./contestant.ts";
import { createOrdersService } from "./orders-service.ts";
import { neighbourOf, prepareWork } from "./work.ts";
import type { Workload } from "./workload.ts";

export interface ElasticVariant {
  readonly name: string;
  readonly workload?: Workload;
  readonly ratio: number;
}

/**
 * elastic-apm-node 4 as installed, its APM Server being the sink, which says that it is version 8: unsampled transactions are then not sent.
 *
 * It is started by `require` before Express is loaded. Its queue is made large enough that it never drops under this load; metrics leave once a
 * minute, as those of all others; what asks the server for its settings and the cloud for its name is off. It has no way to send uncompressed.
 * Requests are counted by the server, from the sampled ones, so that no count of all of them can be checked.
 */
export function elastic({ name, workload = "answers", ratio }: ElasticVariant): Contestant {
  return contestant({
    name,
    workload,
    packages: ["elastic-apm-node", ...(workload === "log" ? ["pino"] : [])],
    delivers: { metrics: false, ratio, calls: workload === "call" },
    async setup(surroundings) {
      const { serviceName, sinkUrl } = surroundings;
      const neighbour = await neighbourOf(surroundings, workload);
      const require = createRequire(import.meta.url);
      const apm = (require("elastic-apm-node") as typeof import("elastic-apm-node")).start({
        serviceName,
        serverUrl: sinkUrl,
        transactionSampleRate: ratio,
        maxQueueSize: 100_000,
        metricsInterval: "60s",
        centralConfig: false,
        cloudProvider: "none",
        logLevel: "warning",
      });
      const flush = (): Promise<void> => apm.flush();
      // What its documentation gives for correlation without its own formatter. Copied, because pino adds to what a mixin answers.
      const { work, verify } = prepareWork(workload, neighbour, {
        ids: true,
        options: { mixin: () => ({ ...apm.currentTraceIds }) },
      });
      return { server: createOrdersService(undefined, work), flush, drain: flush, verify };
    },
  });
}
