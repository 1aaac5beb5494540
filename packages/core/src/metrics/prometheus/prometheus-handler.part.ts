import { type Allow, callerGate, type GatedRequest } from "../../limits/caller-gate.ts";
import type { UntoldMetric } from "../../model/metric-data.ts";
import { prometheusContentType, prometheusText } from "./prometheus.ts";
import { openMetricsContentType, openMetricsText } from "./open-metrics.ts";
import { wantsOpenMetrics } from "./wants-open-metrics.ts";
import type { MetricsReader } from "../readers/metrics-reader.ts";

/** What the handler needs of a request: that of `node:http`, and so also that of Express. */
export interface PrometheusRequest extends GatedRequest {
  readonly method?: string | undefined;
}

export interface PrometheusResponse {
  statusCode: number;
  readonly headersSent: boolean;
  setHeader(name: string, value: string): unknown;
  end(body?: string): unknown;
}

/** Fastify's reply: the same under other names. */
export interface PrometheusReply {
  readonly sent: boolean;
  code(statusCode: number): unknown;
  header(name: string, value: string): unknown;
  send(body: string): unknown;
}

/** Fastify's request, with that of `node:http` in it. */
export interface WrappedRequest<Request> {
  readonly raw: Request;
}

/** A handler for every framework: it is called with a request and a response, of `node:http` or of Fastify. */
export type PrometheusHandler<Request> = (
  request: Request | WrappedRequest<Request>,
  response: PrometheusResponse | PrometheusReply,
) => void;

export interface PrometheusHandlerSettings<Request extends PrometheusRequest> {
  /** Of cumulative numbers. */
  readonly reader: Pick<MetricsReader, "prepare" | "collect">;
  /** Who may read. @default "loopback" */
  readonly allow?: Allow<Request> | undefined;
  /** Told when the text could not be made. */
  readonly failed?: (() => void) | undefined;
  /** Told at each answer of every metric that is not in it. */
  readonly untold?: ((metric: UntoldMetric) => void) | undefined;
}

/**
 * Answers with the Prometheus text: a handler for `node:http`, Express and Fastify, at whatever path it is mounted.
 *
 * In the OpenMetrics text, with exemplars, to whoever asks for it. GET and HEAD only. Never throws, and never looks at the request's target.
 */
export function createPrometheusHandler<Request extends PrometheusRequest = PrometheusRequest>(
  settings: PrometheusHandlerSettings<Request>,
): PrometheusHandler<Request> {
  const allows = callerGate(settings.allow ?? "loopback");
  const { reader, failed = () => {}, untold } = settings;

  return (given, answer) => {
    const request = "raw" in given ? given.raw : given;
    const response = "setHeader" in answer ? answer : new ReplyResponse(answer);
    try {
      if (response.headersSent) return;
      if (!allows(request)) return refuse(response, 403, "Forbidden\n");
      if (request.method !== "GET" && request.method !== "HEAD") {
        response.setHeader("allow", "GET, HEAD");
        return refuse(response, 405, "Method Not Allowed\n");
      }
      const answerNow = (): void => tell(request, response);
      const prepared = reader.prepare();
      if (prepared === undefined) answerNow();
      else void prepared.then(answerNow).catch(() => fail(response));
    } catch {
      fail(response);
    }
  };

  function tell(request: Request, response: PrometheusResponse): void {
    if (response.headersSent) return;
    const isOpenMetrics = wantsOpenMetrics(request.headers?.["accept"]);
    const write = isOpenMetrics ? openMetricsText : prometheusText;
    const text = write(reader.collect(), untold);
    response.statusCode = 200;
    response.setHeader("content-type", isOpenMetrics ? openMetricsContentType : prometheusContentType);
    response.setHeader("vary", "accept");
    response.setHeader("content-length", String(Buffer.byteLength(text)));
    response.setHeader("cache-control", "no-store");
    if (request.method === "HEAD") response.end();
    else response.end(text);
  }

  function fail(response: PrometheusResponse): void {
    failed();
    giveUp(response);
  }
}

/** A reply of Fastify's as a response of `node:http`. */
class ReplyResponse implements PrometheusResponse {
  readonly #reply: PrometheusReply;
  #statusCode = 200;

  constructor(reply: PrometheusReply) {
    this.#reply = reply;
  }

  get headersSent(): boolean {
    return this.#reply.sent;
  }

  get statusCode(): number {
    return this.#statusCode;
  }

  set statusCode(statusCode: number) {
    this.#statusCode = statusCode;
    this.#reply.code(statusCode);
  }

  setHeader(name: string, value: string): void {
    this.#reply.header(name, value);
  }

  end(body = ""): void {
    this.#reply.send(body);
  }
}

function refuse(response: PrometheusResponse, statusCode: number, text: string): void {
  response.statusCode = statusCode;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.end(text);
}

function giveUp(response: PrometheusResponse): void {
  try {
    if (response.headersSent) response.end();
    else refuse(response, 500, "Internal Server Error\n");
  } catch {
    // The response is gone; `failed` has counted it.
  }
}
