import type { RequestListener, Server } from "node:http";
import type { TelemetryEngine, TelemetryOptions } from "@gossamer/core";

/** A service as frameworks make it: a function of request and response (Express, `node:http`), a server, or an application of Fastify, Nest or Koa. */
export type App =
  | RequestListener
  | Server
  | { ready(): PromiseLike<unknown>; readonly server: object }
  | { init(): Promise<unknown>; getHttpServer(): unknown }
  | { callback(): RequestListener };

/** A request that the service is sent. */
export interface WorkloadRequest {
  /** @default "GET", and "POST" with a body */
  readonly method?: string;
  /** The path with its query. */
  readonly path: string;
  /** Added to those that every request has: `Host`, `User-Agent`, `Accept`, `Connection`, and of a body its length. @default {} */
  readonly headers?: Readonly<Record<string, string>>;
  /** Text and bytes as they are; anything else as JSON, with that content type. @default none */
  readonly body?: unknown;
}

/** What every workload may say. */
export interface AnyWorkload {
  /**
   * Adds to a configuration's options what cannot be sent to another process: samplers, exporters, functions. Called where telemetry is made, with
   * the configuration's name. It wins over the configuration.
   */
  readonly configure?: (options: TelemetryOptions, configuration: string) => TelemetryOptions;
}

/** A service, and the requests it is sent in turn. */
export interface HttpWorkload extends AnyWorkload {
  /**
   * Makes the service, with the telemetry it is given around it; given none the bare service, which must not make any itself.
   *
   * Called once a start. Whatever is slow to import, or is to be patched, is imported in it.
   */
  readonly app: (given: TelemetryEngine | undefined) => App | Promise<App>;
  /** At least one: `"/orders/7"`, `"DELETE /orders/7"`, or an object. Their answers must be the same whatever is measured. */
  readonly requests: readonly (string | WorkloadRequest)[];
}

/** Work that no request begins: a job, a consumer of a queue, a function. */
export interface TaskWorkload extends AnyWorkload {
  /** Makes the function that is one piece of work, with the telemetry it is given in it; given none the bare work. Called once a start. */
  readonly task: (given: TelemetryEngine | undefined) => Task | Promise<Task>;
}

/** One piece of work, which is over when what it answers settles. It is given the number of the piece. */
export type Task = (index: number) => unknown;

/** What is measured. */
export type Workload = HttpWorkload | TaskWorkload;

/**
 * A workload, or the module whose default export is one: a path that begins where the process does, or a `file:` URL.
 *
 * As a module each configuration runs in fresh processes of its own. As an object all of them run in this one, which shares what V8
 * has learned of the code, and knows of no memory but its own: believe it less.
 */
export type WorkloadSource = Workload | string | URL;
