import type { IncomingMessage, ServerResponse } from "node:http";
import { otlpSchema } from "./otlp-schema.ts";

/** What the receiver answers. What comes with `accept`, `partial` and `drip` counts as delivered; the rest does not. */
export type Answer =
  /** 200 with an empty response message. */
  | { readonly kind: "accept" }
  /** 200 that says how many of the items were rejected. */
  | { readonly kind: "partial"; readonly rejected: number; readonly message?: string }
  /** Any status, for instance 503, or 429 with `Retry-After`. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
    }
  /** Takes the request and never says anything. */
  | { readonly kind: "silence" }
  /** Cuts the connection. */
  | { readonly kind: "reset" }
  /** 200, then a byte each `everyMs` without an end: what an idle timeout never notices. */
  | { readonly kind: "drip"; readonly everyMs: number };

export type OtlpPath = (typeof otlpPaths)[number];

const otlpPaths = ["/v1/traces", "/v1/metrics", "/v1/logs"] as const;

export function isOtlpPath(path: string): path is OtlpPath {
  return (otlpPaths as readonly string[]).includes(path);
}

/** Whether a client that gets this answer may forget what it sent. */
export function isDelivered(answer: Answer): boolean {
  if (answer.kind === "status") return answer.status >= 200 && answer.status < 300;
  return answer.kind === "accept" || answer.kind === "partial" || answer.kind === "drip";
}

/** Sends the answer. Holds a timer only for a drip, and only until the connection is gone. */
export function sendAnswer(answer: Answer, path: OtlpPath, request: IncomingMessage, response: ServerResponse): void {
  switch (answer.kind) {
    case "accept":
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
      return;
    case "partial":
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end(partialSuccess(answer, path));
      return;
    case "status":
      response.writeHead(answer.status, answer.headers).end(answer.body);
      return;
    case "silence":
      return;
    case "reset":
      request.socket.resetAndDestroy();
      return;
    case "drip": {
      response.writeHead(200, { "content-type": "application/x-protobuf" });
      const timer = setInterval(() => response.write("\0"), answer.everyMs);
      response.once("close", () => clearInterval(timer));
    }
  }
}

function partialSuccess({ rejected, message = "" }: Answer & { kind: "partial" }, path: OtlpPath): Uint8Array {
  const { trace, metrics, logs } = otlpSchema;
  const partial = {
    "/v1/traces": () =>
      trace.v1.ExportTraceServiceResponse.encode({
        partialSuccess: { rejectedSpans: rejected, errorMessage: message },
      }),
    "/v1/metrics": () =>
      metrics.v1.ExportMetricsServiceResponse.encode({
        partialSuccess: { rejectedDataPoints: rejected, errorMessage: message },
      }),
    "/v1/logs": () =>
      logs.v1.ExportLogsServiceResponse.encode({
        partialSuccess: { rejectedLogRecords: rejected, errorMessage: message },
      }),
  };
  return partial[path]().finish();
}
