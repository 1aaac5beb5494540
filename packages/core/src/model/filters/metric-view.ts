/** What kind of instrument a view is for. */
export type ViewedType =
  | "counter"
  | "up-down-counter"
  | "histogram"
  | "gauge"
  | "observable-counter"
  | "observable-up-down-counter"
  | "observable-gauge";

/**
 * How some metrics are told. Every condition must hold for an instrument; each view that fits makes a metric of its own, and an instrument that
 * none fits is told as it is. Of two metrics of one name from one instrument the first is told, so views that are listed first win.
 */
export interface MetricView {
  /** Name of the instruments; `*` stands for any text. Old names such as http.server.duration mean the new ones. @default "*" */
  instrument?: string;
  /** Name of the meter that made them; `*` stands for any text. The engine's own metrics are of the meter `@gossamer/core`. @default "*" */
  meter?: string;
  /** Kind of the instruments. @default any */
  type?: ViewedType;
  /** Unit of the instruments. @default any */
  unit?: string;
  /** What the metric is called, for one instrument: then `instrument` has no `*`. @default the instrument's name */
  name?: string;
  /** @default the instrument's */
  description?: string;
  /** Attributes that tell series apart, by name or glob; all others are left out. Old names mean the new ones. @default all */
  keep?: readonly string[];
  /** Attributes that are left out, by name or glob. @default none */
  remove?: readonly string[];
  /** Upper bounds of a histogram's buckets, rising. Of the engine's own metrics only `http.server.request.duration` takes them. @default those that its owner advised */
  boundaries?: readonly number[];
  /** `drop`: not told, and not even kept. The others say what is made of the values: `exponential` is a histogram whose buckets fit the values by themselves, which leaves by OTLP alone; the engine's own metrics are told as they are or dropped. @default by the kind of instrument */
  aggregation?: "drop" | "sum" | "last-value" | "histogram" | "exponential";
  /** Series of the metric, before the one for all others. @default `maxSeries` */
  maxSeries?: number;
}
