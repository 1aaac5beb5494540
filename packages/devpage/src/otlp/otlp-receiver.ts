import type { IncomingMessage, ServerResponse } from "node:http";
import { callerGate } from "@gossamer/core/adapter";
import type { ReceivedView } from "../protocol.ts";
import { ByteBudget } from "./byte-budget.ts";
import { inSlices, Turns, type Work } from "./in-slices.ts";
import { type OtlpType, refusedAnswer, type Rejected, takenAnswer } from "./otlp-answer.ts";
import { readOtlpJson } from "./otlp-json.ts";
import { type OtlpSignal, readOtlpProtobuf } from "./otlp-protobuf.ts";
import { withBody } from "./read-body.ts";
import { malformed, RefusedRequest } from "./refused-request.ts";

export interface OtlpReceiverSettings {
  /** Takes what a request holds. What it throws is a request that is malformed as a whole. */
  readonly take: (signal: OtlpSignal, request: unknown) => Work<Rejected>;
  /** Whether it is for this machine alone. */
  readonly isLocal: boolean;
  /** In which a body must arrive. @default 10000 */
  readonly bodyMs?: number;
}

const paths: Readonly<Record<string, OtlpSignal>> = {
  "/v1/traces": "traces",
  "/v1/logs": "logs",
  "/v1/metrics": "metrics",
};
const maxBodyBytes = 16 * 1024 * 1024;
/** Of all requests together, while they are read. */
const maxHeldBytes = 32 * 1024 * 1024;
const maxRequests = 16;
const defaultBodyMs = 10_000;
const retryAfterSeconds = 1;
/** How long the rest of what is refused is still taken from its sender, who would not see the answer otherwise. */
const drainMs = 2_000;

/** Takes OTLP over HTTP, as protobuf and as JSON, compressed or not. What is too large, too much at once or nothing of it is refused and counted; never throws. */
export class OtlpReceiver {
  readonly #settings: OtlpReceiverSettings;
  readonly #allows: (request: IncomingMessage) => boolean;
  readonly #budget = new ByteBudget(maxHeldBytes);
  /** What came first is read first: a newer count of a series is not to come before an older one. */
  readonly #turns = new Turns();
  readonly #refused: Record<keyof ReceivedView["refused"], number> = {
    foreign: 0,
    "not-otlp": 0,
    malformed: 0,
    "too-large": 0,
    "too-slow": 0,
    busy: 0,
  };
  readonly #rejected: Record<OtlpSignal, number> = { traces: 0, logs: 0, metrics: 0 };
  #open = 0;
  #taken = 0;

  constructor(settings: OtlpReceiverSettings) {
    this.#settings = settings;
    this.#allows = callerGate<IncomingMessage>(settings.isLocal ? "loopback" : "any");
  }

  view(): Omit<ReceivedView, "evictedSeries"> {
    return {
      requests: this.#taken,
      refused: { ...this.#refused },
      rejected: { ...this.#rejected },
      reading: { bytes: this.#budget.held, maxBytes: maxHeldBytes },
    };
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#open++;
    this.#take(request, response)
      .catch((error: unknown) => this.#refuse(request, response, error))
      .finally(() => this.#open--);
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").replace(/\?.*$/, "");
    const signal = Object.hasOwn(paths, path) ? paths[path] : undefined;
    if (signal === undefined)
      throw new RefusedRequest(404, "not-otlp", "There are /v1/traces, /v1/metrics and /v1/logs.");
    if (request.method !== "POST") throw new RefusedRequest(405, "not-otlp", "OTLP is sent with POST.");
    if (!this.#allows(request)) throw new RefusedRequest(403, "foreign", "Only this machine may send.");
    if (this.#open > maxRequests)
      throw new RefusedRequest(503, "busy", "Too many requests are being read at once: send it again.");
    const type = typeOf(request);
    if (type === undefined)
      throw new RefusedRequest(415, "not-otlp", "OTLP is application/x-protobuf or application/json.");
    const bounds = {
      maxBytes: maxBodyBytes,
      maxMs: this.#settings.bodyMs ?? defaultBodyMs,
      budget: this.#budget,
    };
    const rejected = await withBody(request, bounds, (body) =>
      this.#turns.take(() => inSlices(this.#read(signal, type, body))),
    );
    this.#taken++;
    this.#rejected[signal] += rejected.count;
    response.writeHead(200, { "content-type": type });
    response.end(takenAnswer(type, signal, rejected));
  }

  *#read(signal: OtlpSignal, type: OtlpType, body: Buffer): Work<Rejected> {
    const request = yield* type === "application/json" ? readOtlpJson(body) : readOtlpProtobuf(signal, body);
    return yield* this.#settings.take(signal, request);
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const { status, reason, message } =
      error instanceof RefusedRequest
        ? error
        : malformed(error instanceof Error ? `This is not OTLP: ${error.message}.` : "This is not OTLP.");
    this.#refused[reason]++;
    if (response.headersSent || response.destroyed) return void response.destroy();
    const type = typeOf(request) ?? "application/json";
    const answer = refusedAnswer(type, message);
    if (reason === "busy") response.setHeader("retry-after", retryAfterSeconds);
    if (status === 405) response.setHeader("allow", "POST");
    response.writeHead(status, { "content-type": type, "content-length": answer.length, connection: "close" });
    response.write(answer);
    endOnceRead(request, response);
  }
}

/** What is still on its way is let go of, for a while: to a sender that is cut off in the middle there is no answer. */
function endOnceRead(request: IncomingMessage, response: ServerResponse): void {
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, drainMs);
  timer.unref();
  if (request.readableEnded) return end();
  request.once("end", end).once("close", end).once("error", end).resume();
}

function typeOf(request: IncomingMessage): OtlpType | undefined {
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  return type === "application/json" || type === "application/x-protobuf" ? type : undefined;
}
