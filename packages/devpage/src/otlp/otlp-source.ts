import type { PageData, PageSource } from "../data/page-data.ts";
import type { StoredSpan } from "../traces/span-tree.ts";
import { methodOf, OtlpCounts, otlpBoundsMs, routeOf, statusCodeOf } from "./otlp-counts.ts";
import type { OtlpSignal } from "./otlp-protobuf.ts";
import { readDurations, readLogs, readSpans } from "./read-otlp.ts";

const keepReasons: ReadonlySet<unknown> = new Set(["error", "aborted", "slow"]);

/** What other processes send by OTLP. */
export class OtlpSource implements PageSource {
  readonly kind = "otlp";
  readonly service: PageSource["service"] = { name: "OTLP" };
  /** Known once its listener is there. */
  otlpUrl = "";
  readonly #counts = new OtlpCounts();
  #data: PageData | undefined;

  start(data: PageData): () => void {
    this.#data = data;
    return () => (this.#data = undefined);
  }

  counts(): ReturnType<PageSource["counts"]> {
    return { boundsMs: otlpBoundsMs, routes: this.#counts.routes() };
  }

  services(): readonly string[] {
    return this.#counts.services;
  }

  /** Takes a request of OTLP, in the form that it has as JSON. */
  take(signal: OtlpSignal, request: unknown): void {
    const data = this.#data;
    if (data === undefined) return;
    switch (signal) {
      case "traces":
        for (const span of readSpans(request)) this.#takeSpan(data, span);
        return;
      case "logs":
        for (const entry of readLogs(request, data.now())) {
          const text = `${entry.message} ${JSON.stringify(entry.attributes)}`;
          data.logs.add({ traceId: entry.traceId, text, read: () => entry });
        }
        return;
      case "metrics":
        for (const point of readDurations(request)) this.#counts.take(point);
    }
  }

  #takeSpan(data: PageData, span: StoredSpan): void {
    data.addSpan(span);
    const { attributes, service, durationMs, traceId, kind } = span;
    const method = methodOf(attributes);
    if (kind !== "server" || method === "_OTHER") return;
    this.#counts.see(service, durationMs, attributes);
    const reason = attributes["sampling.reason"];
    const [rule, ratio] = [attributes["sampling.rule"], attributes["sampling.ratio"]];
    const errorType = attributes["error.type"];
    const path = attributes["url.path"] ?? attributes["http.target"];
    data.addRequest({
      at: span.startMs + durationMs,
      service,
      method,
      route: routeOf(attributes),
      path: typeof path === "string" ? path.replace(/\?.*$/, "") : undefined,
      statusCode: statusCodeOf(attributes),
      durationMs,
      aborted: errorType === "aborted",
      errorType: typeof errorType === "string" ? errorType : undefined,
      traceId,
      fate: keepReasons.has(reason) ? "kept" : "sampled",
      reason: typeof reason === "string" ? reason : "sampled",
      rule: typeof rule === "string" ? rule : undefined,
      ratio: typeof ratio === "number" ? ratio : undefined,
    });
  }
}
