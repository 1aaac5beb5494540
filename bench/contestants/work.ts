import { createRequire } from "node:module";
import type { Logger, LoggerOptions } from "pino";
import type { Surroundings } from "../harness/subject.ts";
import type { Workload } from "./workload.ts";

/** What a handler does before it answers. */
export type Work = (order: string, done: (error?: Error) => void) => void;

/** The work of a workload, and whether it was done. */
export interface PreparedWork {
  readonly work: Work | undefined;
  /** Throws unless it was done for that many requests. */
  verify(requests: number): void;
}

/** How the service's logger comes to the ids of the request. */
export interface Correlation {
  /** pino options that tell it; whatever patches pino needs none. */
  readonly options?: LoggerOptions;
  /** Whether lines must hold a trace id. */
  readonly ids: boolean;
}

/** The address of the service that the handler calls. To be asked for before telemetry is loaded. */
export async function neighbourOf({ sinkUrl }: Surroundings, workload: Workload): Promise<string> {
  if (workload !== "call") return "";
  const response = await fetch(`${sinkUrl}/neighbour`);
  return ((await response.json()) as { url: string }).url;
}

/** Prepares what a workload asks of the handler. Its modules are required now, so that telemetry which patches them has had its turn. */
export function prepareWork(workload: Workload, neighbour: string, correlation: Correlation): PreparedWork {
  const require = createRequire(import.meta.url);
  if (workload === "log") return logging(require, correlation);
  if (workload === "call") return { work: calling(require, neighbour), verify() {} };
  return { work: undefined, verify() {} };
}

/** A destination that keeps nothing but how many lines came, how long they were, and the last one. */
export class MeasuredLines {
  lines = 0;
  bytes = 0;
  last = "";

  write(line: string): void {
    this.lines++;
    // Any destination has to look at the text, which until then may be a tree of parts.
    this.bytes += Buffer.byteLength(line);
    this.last = line;
  }
}

const someTraceId = /"trace[._]id":"[0-9a-f]{16,32}"/;

function logging(require: NodeJS.Require, { options, ids }: Correlation): PreparedWork {
  const { pino } = require("pino") as typeof import("pino");
  const out = new MeasuredLines();
  const logger: Logger = pino(options ?? {}, out);
  return {
    work(order, done) {
      logger.info({ order }, "an order was read");
      done();
    },
    verify(requests) {
      if (out.lines !== requests) throw new Error(`${out.lines} lines were logged in ${requests} requests`);
      if (someTraceId.test(out.last) !== ids)
        throw new Error(`a line ${ids ? "lacks the id of its trace" : "has an id of a trace"}: ${out.last}`);
    },
  };
}

function calling(require: NodeJS.Require, neighbour: string): Work {
  const http = require("node:http") as typeof import("node:http");
  const agent = new http.Agent({ keepAlive: true });
  return (order, done) => {
    // Looked up at each call: what patches the module replaces its function.
    const call = http.request(`${neighbour}/stock/${order}`, { agent }, (response) => {
      response.resume();
      response.on("end", () => done());
    });
    call.on("error", done);
    call.end();
  };
}
