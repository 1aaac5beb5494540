import type { IncomingMessage, ServerResponse } from "node:http";
import type { RouteOptions, TelemetryEngine } from "@gossamer/core";

/** How the app is served. `tls` is HTTP/1.1 over TLS, `http2` is HTTP/2 over TLS. */
export type Protocol = "http1" | "tls" | "http2";

/** The bytes of a head that the server of an HTTP/1 app takes, so that what Node refuses by default reaches the app. */
export const maxHeaderSize = 131_072;

/** A framework with its adapter, as the contract suite drives it. */
export interface AdapterHarness {
  /** Heads the suite: `express 5.3`. */
  readonly name: string;
  /**
   * Serves a new app on a free port of 127.0.0.1, with {@link maxHeaderSize}: the adapter first, then `fixture.beforeRouting` for every request, then `fixture.routes`, and
   * nothing else that shows in an answer. Without telemetry it is the same app without the adapter.
   */
  start(telemetry: TelemetryEngine | undefined, fixture: FixtureApp): Promise<RunningApp>;
  /** Cases that this framework cannot pass, by title, each with the reason. They run, and fail the suite once they pass. */
  readonly knownGaps?: Readonly<Record<string, string>>;
}

export interface RunningApp {
  readonly port: number;
  /** Stops listening and cuts what is open. */
  close(): Promise<void>;
}

/** The app every framework builds, in words that all of them have. */
export interface FixtureApp {
  readonly protocol: Protocol;
  /** Only where the protocol asks for it. */
  readonly tls: { readonly key: Buffer; readonly cert: Buffer };
  /** Middleware between the adapter and routing. It may wait, and never answers or fails. */
  readonly beforeRouting: (request: IncomingMessage) => Promise<void>;
  readonly routes: readonly FixtureRoute[];
}

export interface FixtureRoute {
  readonly method: "GET" | "POST" | "PUT";
  /** Segments of text and `:name`. A `GET` route answers `HEAD` too, as its framework does. */
  readonly path: string;
  /** What the adapter lets a route say of itself. */
  readonly options?: RouteOptions;
  /** How the framework parses the body before the handler runs; without it the body is left alone. */
  readonly body?: "json" | "multipart";
  /**
   * Answers, or throws what the framework's own error handling is to answer. A handler that returns nothing has answered through `response`
   * itself, or never will.
   */
  readonly handle: (call: FixtureCall) => FixtureAnswer | void | Promise<FixtureAnswer | void>;
}

export interface FixtureCall {
  readonly params: Readonly<Record<string, string | undefined>>;
  /** The parsed JSON, or the text fields of a multipart body by name. */
  readonly body: unknown;
  /** Node's, or the framework's own where that extends Node's. */
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export interface FixtureAnswer {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** An object is sent as JSON, a string as it is, nothing as an empty body. */
  readonly body?: string | object;
}
