import { cutText } from "../data/cut-text.ts";
import type { PageData, PageSource } from "../data/page-data.ts";
import { readAlready } from "../rings/log-ring.ts";
import type { StoredSpan } from "../traces/span-tree.ts";
import { methodOf, OtlpCounts, otlpBoundsMs, routeOf, statusCodeOf } from "./otlp-counts.ts";
import type { Work } from "./in-slices.ts";
import type { Rejected } from "./otlp-answer.ts";
import type { OtlpSignal } from "./otlp-protobuf.ts";
import { readDurations } from "./read-durations.ts";
import { readLogs, readSpans } from "./read-otlp.ts";
import { Rejections } from "./rejections.ts";

const itemNames: Readonly<Record<OtlpSignal, string>> = {
  traces: "spans",
  logs: "log records",
  metrics: "data points",
};
const maxName = 1_024;
const keepReasons: ReadonlySet<unknown> = new Set(["error", "aborted", "slow"]);

/** What other processes send by OTLP. */
export class OtlpSource implements PageSource {
  readonly kind = "otlp";
  readonly service: PageSource["service"] = { name: "OTLP" };
  /** Known once its listener is there. */
  otlpUrl = "";
  /** Known with its receiver. */
  received: PageSource["received"];
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

  /** Series of routes that made room for newer ones. */
  get evictedSeries(): number {
    return this.#counts.evicted;
  }

  /**
   * Takes a request of OTLP, in the form that it has as JSON, item by item. Answers what of it was passed over.
   *
   * @throws RefusedRequest for what has another shape as a whole
   */
  *take(signal: OtlpSignal, request: unknown): Work<Rejected> {
    const rejected = new Rejections(itemNames[signal]);
    for (const _ of this.#items(signal, request, rejected)) {
      // The page may be closed meanwhile.
      if (this.#data === undefined) break;
      yield;
    }
    return rejected.told;
  }

  *#items(signal: OtlpSignal, request: unknown, rejected: Rejections): Generator<undefined> {
    const data = this.#data;
    if (data === undefined) return;
    switch (signal) {
      case "traces":
        for (const span of readSpans(request, rejected)) {
          if (span !== undefined) this.#takeSpan(data, span);
          yield;
        }
        break;
      case "logs":
        for (const entry of readLogs(request, data.now(), rejected)) {
          if (entry !== undefined) data.logs.add(readAlready(entry));
          yield;
        }
        break;
      case "metrics":
        for (const point of readDurations(request, rejected)) {
          if (point !== undefined) this.#counts.take(point);
          yield;
        }
    }
  }

  #takeSpan(data: PageData, span: StoredSpan): void {
    data.addSpan(span);
    const { attributes, service, durationMs, traceId, kind } = span;
    const method = methodOf(attributes);
    if (kind !== "server" || method === "_OTHER") return;
    this.#counts.see(service, durationMs, attributes);
    const said = (name: string): string | undefined => {
      const value = attributes[name];
      return typeof value === "string" ? cutText(value, maxName) : undefined;
    };
    const [reason, errorType, ratio] = [said("sampling.reason"), said("error.type"), attributes["sampling.ratio"]];
    data.addRequest({
      at: span.startMs + durationMs,
      service,
      method,
      route: routeOf(attributes),
      path: (said("url.path") ?? said("http.target"))?.replace(/\?.*$/, ""),
      statusCode: statusCodeOf(attributes),
      durationMs,
      aborted: errorType === "aborted",
      errorType,
      traceId,
      fate: keepReasons.has(reason) ? "kept" : "sampled",
      reason: reason ?? "sampled",
      rule: said("sampling.rule"),
      ratio: typeof ratio === "number" && ratio >= 0 && ratio <= 1 ? ratio : undefined,
    });
  }
}
