import type { MetricView } from "../../model/filters/metric-view.ts";

/** Metrics of HTTP, servers' and clients', by method, status, route and kind of failure alone: few series, whatever else an instrumentation tells. */
export const httpView: MetricView = Object.freeze({
  instrument: "http.*",
  keep: Object.freeze([
    "http.request.method",
    "http.response.status_code",
    "http.response.status_group",
    "http.route",
    "error.type",
    // What instrumentations before the stable conventions say.
    "http.method",
    "http.status_code",
  ]),
});

/** Metrics of databases by system, operation, database and kind of failure alone. */
export const dbView: MetricView = Object.freeze({
  instrument: "db.*",
  keep: Object.freeze([
    "db.system.name",
    "db.operation.name",
    "db.namespace",
    "error.type",
    // What instrumentations before the stable conventions say.
    "db.system",
    "db.operation",
    "db.name",
  ]),
});

/** Drops metrics with `debug` as a word in the middle of their names, such as `shop.debug.cache`. */
export const dropDebug: MetricView = Object.freeze({ instrument: "*.debug.*", aggregation: "drop" });
