import type { Server } from "node:http";
import { requestsOf, type Workload } from "./orders-service.ts";
import { answersOf, drive } from "../harness/in-process-client.ts";
import { listenOn } from "../harness/listen-on.ts";
import type { RunningSubject, Subject, Surroundings } from "../harness/subject.ts";

/** What must have arrived at the sink for every request the service answered, or the run fails. */
export interface Delivery {
  /** Whether the sink must have a `http.server.request.duration` that counts every request. */
  readonly metrics: boolean;
  /** The share of requests with a server span: exact at 0 and 1, within six standard deviations between; `some` is any number but none. */
  readonly ratio: number | "some";
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
  /** Sends the spans of the requests so far, and resolves when they have left. Its cost belongs to the requests and is measured with them. */
  flush?(): Promise<void>;
  /** Sends everything that is still held, metrics too. Not measured. */
  drain?(): Promise<void>;
  /** Requests it counted, where it counts in the process. */
  counted?(): number | undefined;
}

export interface ContestantDefinition {
  readonly name: string;
  /** What the service is written on. @default "express" */
  readonly framework?: "express" | "fastify";
  readonly workload?: Workload;
  readonly packages: readonly string[];
  readonly delivers?: Delivery;
  setup(surroundings: Surroundings, workload: Workload): Promise<Service>;
}

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
      const requests = requestsOf(workload);
      const running: RunningSubject = {
        async run(times) {
          await drive(service.server, requests, times);
          await service.flush?.();
        },
        answers: () => answersOf(service.server, requests.slice(0, 20)),
        drain: async () => service.drain?.(),
        counted: () => service.counted?.(),
        listen: () => listenOn(service.server, requests),
        flush: async () => service.flush?.(),
      };
      return running;
    },
  };
}
