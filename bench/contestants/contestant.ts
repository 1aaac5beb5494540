import type { Server } from "node:http";
import { requestsOf, type Workload } from "./workload.ts";
import { answersOf, drive } from "../harness/in-process-client.ts";
import { listenOn } from "../harness/listen-on.ts";
import type { RunningSubject, Subject, Surroundings } from "../harness/subject.ts";

/** What must have arrived at the sink for every request the service answered, or the run fails. */
export interface Delivery {
  /** Whether the sink must have a `http.server.request.duration` that counts every request. */
  readonly metrics: boolean;
  /** The share of requests with a server span: exact at 0 and 1, within six standard deviations between; `some` is any number but none. */
  readonly ratio: number | "some";
  /** Whether each server span that arrived must come with a span of the call that the handler made. @default false */
  readonly calls?: boolean;
}

/** One row of the main bench: the orders service with some telemetry around it, or none. */
export interface Contestant extends Subject {
  readonly workload: Workload;
  /** Undefined: it tells nobody. */
  readonly delivers: Delivery | undefined;
}

/** What a contestant has to bring. */
export interface Service {
  readonly server: Server;
  /** Sends the spans of the requests so far, and resolves when they have left. Its cost belongs to the requests and is measured with them; see `worthSending`. */
  flush?(): Promise<void>;
  /** Sends everything that is still held, metrics too. Not measured. */
  drain?(): Promise<void>;
  /** Requests it counted, where it counts in the process. */
  counted?(): number | undefined;
  /** Throws unless what it does beside telemetry was done for that many requests. Called with `drain`. */
  verify?(requests: number): void;
}

export interface ContestantDefinition {
  readonly name: string;
  /** What the service is written on. @default "express" */
  readonly framework?: "express" | "fastify";
  readonly workload?: Workload;
  readonly packages: readonly string[];
  readonly delivers?: Delivery;
  /** The share of requests that it sends something of. @default the ratio of what it delivers */
  readonly sends?: number;
  setup(surroundings: Surroundings, workload: Workload): Promise<Service>;
}

/**
 * Spans that wait before a slice ends with sending them, for every contestant alike.
 *
 * At 1 % that is every 5,000 requests, which a service at 1,000 requests a second has in 5 s: exports leave once in 2 to 10 s
 * as the peers come. Sent after less they would be few spans an export, and its head would be most of what 1 % costs.
 */
const worthSending = 50;

/** Makes a contestant of a service: from here on all of them are driven alike. */
export function contestant(definition: ContestantDefinition): Contestant {
  const workload = definition.workload ?? "answers";
  return {
    name: definition.name,
    workload,
    packages: [definition.framework ?? "express", ...definition.packages],
    delivers: definition.delivers,
    async setup(surroundings): Promise<RunningSubject> {
      const service = await definition.setup(surroundings, workload);
      const { ratio = 0 } = definition.delivers ?? {};
      const sends = definition.sends ?? (ratio === "some" ? 1 : ratio);
      const requests = requestsOf(workload, ratio === "some" ? 1 : ratio);
      let served = 0;
      let waiting = 0;
      const running: RunningSubject = {
        async run(times) {
          await drive(service.server, requests, times);
          served += times;
          waiting += times * sends;
          if (waiting < worthSending) return;
          waiting = 0;
          await service.flush?.();
        },
        async answers() {
          const answers = await answersOf(service.server, requests.slice(0, 20));
          served += answers.length;
          return answers;
        },
        async drain() {
          service.verify?.(served);
          await service.drain?.();
        },
        counted: () => service.counted?.(),
        listen: () => listenOn(service.server, requests),
        flush: async () => service.flush?.(),
      };
      return running;
    },
  };
}
