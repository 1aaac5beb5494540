import { type Attributes, type Histogram, type Span, SpanStatusCode } from "@opentelemetry/api";
import { checkCallable } from "@gossamer/core/adapter";
import { checkTelemetry, ofProcess, type OperationTelemetry } from "./operation-telemetry.ts";

/** What a middleware of tRPC is given, as much of it as this one reads. */
export interface TrpcCall<Result> {
  /** The procedure, as the router names it. */
  readonly path: string;
  readonly type: string;
  next(): Promise<Result>;
}

/** What `next` answers: errors are results. */
export interface TrpcResult {
  readonly ok: boolean;
  readonly error?: { readonly code: string };
}

const system = "trpc";

/**
 * A middleware of tRPC: `t.procedure.use(trpcOperations())`.
 *
 * A request that calls one procedure is named after it. A batch stays one request, and each of its procedures is a span in it; so is what a handler calls
 * in the process, which names no request. Each call of any kind is measured: `rpc.server.call.duration`, by procedure and code of its error. Only procedures of the router have a name here.
 */
export function trpcOperations(
  telemetry: OperationTelemetry = ofProcess,
  now: () => number = () => performance.now(),
): <Result extends TrpcResult>(call: TrpcCall<Result>) => Promise<Result> {
  checkTelemetry(telemetry);
  checkCallable(now, "now");
  let histogram: Histogram | undefined;
  const measure = (attributes: Attributes, startMs: number): void => {
    histogram ??= telemetry.meterProvider.getMeter("@gossamer/operations").createHistogram("rpc.server.call.duration", {
      unit: "s",
      description: "Duration of calls of procedures.",
      advice: {
        explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
      },
    });
    histogram.record((now() - startMs) / 1_000, attributes);
  };
  return async (call) => {
    const { path, type } = call;
    const called = { "rpc.system.name": system, "rpc.method": path };
    const startMs = now();
    const asked = askedBy(telemetry.current()?.path);
    if (asked === undefined || asked === path) {
      telemetry.operation({ kind: "rpc", name: path, type: system });
      const result = await call.next();
      // Of a subscription this is the time until it is open.
      if (type !== "subscription") measure(withError(called, result), startMs);
      return result;
    }
    return telemetry.span(path, { attributes: called }, async (span) => {
      const result = await call.next();
      tellError(span, result);
      measure(withError(called, result), startMs);
      return result;
    });
  };
}

/** What a request asks of tRPC: the procedure is the end of its path, and several of a batch stand there with commas. Undefined outside a request. */
function askedBy(path: string | undefined): string | undefined {
  const last = path?.slice(path.lastIndexOf("/") + 1);
  try {
    return last === undefined ? undefined : decodeURIComponent(last);
  } catch {
    return "";
  }
}

function withError(attributes: Attributes, { ok, error }: TrpcResult): Attributes {
  return ok || error === undefined ? attributes : { ...attributes, "error.type": error.code };
}

function tellError(span: Span, { ok, error }: TrpcResult): void {
  if (ok || error === undefined) return;
  span.setAttribute("error.type", error.code);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
