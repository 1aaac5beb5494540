import type { Attributes as ApiAttributes, Context, Counter, Gauge, Histogram } from "@opentelemetry/api";
import type { Attributes } from "../../model/attributes.ts";
import { BindableInstrument, type BoundCounter, type BoundHistogram } from "./bind-instrument.ts";
import type { ExemplarSource, SpanOfValue } from "./exemplar-source.ts";
import type { InstrumentDescriptor } from "./instrument-descriptor.ts";
import type { MetricComplaints } from "./metric-complaints.ts";
import type { SeriesCell } from "./series-store.ts";
import type { Stream } from "./stream.ts";

export interface RecordingInstrumentParts {
  readonly descriptor: InstrumentDescriptor;
  /** None where its values are dropped. */
  readonly streams: readonly Stream[];
  readonly complaints: MetricComplaints;
  /** Undefined where there are no exemplars. */
  readonly exemplars: ExemplarSource | undefined;
}

/**
 * An instrument that is told each value: counter, up-down counter, histogram or gauge by its descriptor. What is no number, or one that the kind
 * cannot have, is dropped and counted, and said once. Nothing here throws.
 */
export class RecordingInstrument extends BindableInstrument implements Counter, Histogram, Gauge {
  readonly descriptor: InstrumentDescriptor;
  readonly #lowest: number;
  readonly #isInt: boolean;
  readonly #first: Stream | undefined;
  readonly #others: readonly Stream[];
  readonly #complaints: MetricComplaints;
  readonly #exemplars: ExemplarSource | undefined;

  constructor({ descriptor, streams, complaints, exemplars }: RecordingInstrumentParts) {
    super();
    const { kind, valueType } = descriptor;
    this.descriptor = descriptor;
    this.#lowest = kind === "counter" || kind === "histogram" ? 0 : -Number.MAX_VALUE;
    this.#isInt = valueType === "int";
    [this.#first, ...this.#others] = streams;
    this.#complaints = complaints;
    // A gauge's last value is its own example.
    this.#exemplars = kind === "gauge" ? undefined : exemplars;
  }

  add(value: number, attributes?: ApiAttributes, context?: Context): void {
    this.record(value, attributes, context);
  }

  record(value: number, attributes?: ApiAttributes, context?: Context): void {
    const first = this.#first;
    if (first === undefined) return;
    const taken = this.accepted(value);
    if (taken !== undefined) this.#recordAll(first, taken, attributes, context);
  }

  bind(attributes?: ApiAttributes): BoundCounter & BoundHistogram {
    const given = setOf(attributes);
    const cells = this.#attempt(() =>
      (this.#first === undefined ? [] : [this.#first, ...this.#others]).map((stream) => stream.bind(given)),
    );
    const [cell, ...others] = cells ?? [];
    if (cell === undefined) return { add() {}, record() {} };
    return others.length === 0 ? new BoundSeries(this, cell) : new BoundSeriesOfAll(this, [cell, ...others]);
  }

  /** The value as it is counted; undefined for one that is dropped. */
  accepted(value: number): number | undefined {
    if (typeof value !== "number" || !(value >= this.#lowest && value < Infinity)) return this.#refuse(value);
    return this.#isInt && !Number.isInteger(value) ? this.#truncated(value) : value;
  }

  #recordAll(first: Stream, value: number, attributes: unknown, context: Context | undefined): void {
    try {
      const given = setOf(attributes);
      const span = this.#exemplars?.spanOf(context);
      this.#record(first, value, given, span);
      if (this.#others.length > 0) for (const stream of this.#others) this.#record(stream, value, given, span);
    } catch {
      this.#unreadable();
    }
  }

  #record(stream: Stream, value: number, given: Attributes | undefined, span: SpanOfValue | undefined): void {
    const cell = stream.record(value, given);
    if (span !== undefined) this.#exemplars?.offer(cell, value, span);
  }

  #attempt<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch {
      this.#unreadable();
      return undefined;
    }
  }

  #unreadable(): void {
    const { name } = this.descriptor;
    this.#complaints.drop(
      "attributes",
      name,
      () => `attributes of the metric ${name} cannot be read: the value is dropped and counted in status()`,
      "GSM_METRIC_VALUE",
    );
  }

  #refuse(value: unknown): undefined {
    const { name, kind } = this.descriptor;
    const reason = typeof value === "number" ? (value < 0 ? "negative" : "not-finite") : "no-number";
    const what = typeof value === "number" ? String(value) : `a value of the type ${typeof value}`;
    this.#complaints.drop(
      reason,
      name,
      () => `the ${kind} ${name} was given ${what}: such values are dropped and counted in status()`,
      "GSM_METRIC_VALUE",
    );
  }

  #truncated(value: number): number {
    const { name } = this.descriptor;
    this.#complaints.say(
      `fraction ${name}`,
      () => `the metric ${name} counts whole numbers and was given ${value}: the fraction is left out`,
      "GSM_METRIC_VALUE",
    );
    return Math.trunc(value);
  }
}

class BoundSeries implements BoundCounter, BoundHistogram {
  readonly #instrument: RecordingInstrument;
  readonly #cell: SeriesCell<unknown>;

  constructor(instrument: RecordingInstrument, cell: SeriesCell<unknown>) {
    this.#instrument = instrument;
    this.#cell = cell;
  }

  add(value: number): void {
    const taken = this.#instrument.accepted(value);
    if (taken !== undefined) this.#cell.record(taken);
  }

  record(value: number): void {
    const taken = this.#instrument.accepted(value);
    if (taken !== undefined) this.#cell.record(taken);
  }
}

/** Where several views make a stream each. */
class BoundSeriesOfAll implements BoundCounter, BoundHistogram {
  readonly #instrument: RecordingInstrument;
  readonly #cells: readonly SeriesCell<unknown>[];

  constructor(instrument: RecordingInstrument, cells: readonly SeriesCell<unknown>[]) {
    this.#instrument = instrument;
    this.#cells = cells;
  }

  add(value: number): void {
    this.record(value);
  }

  record(value: number): void {
    const taken = this.#instrument.accepted(value);
    if (taken !== undefined) for (const cell of this.#cells) cell.record(taken);
  }
}

/** JavaScript may give anything as attributes; what is no object is none. */
function setOf(attributes: unknown): Attributes | undefined {
  return typeof attributes === "object" && attributes !== null ? (attributes as Attributes) : undefined;
}
