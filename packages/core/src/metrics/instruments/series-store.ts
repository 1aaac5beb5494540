import type { Attributes } from "../../model/attributes.ts";
import type { CollectionWindow } from "../cells/instrument.ts";
import type { OfferedExemplar } from "../cells/exemplar-slots.ts";
import { overflowAttributes, seriesKey } from "../cells/series-key.ts";

/** The numbers of one series. */
export interface SeriesCell<Point> {
  readonly attributes: Attributes;
  record(value: number): void;
  offer(exemplar: OfferedExemplar): void;
  /** What there is to tell to the reader in that slot, or to one of cumulative numbers; undefined for nothing. */
  collect(slot: number | undefined): Point | undefined;
}

export interface SeriesStoreSettings<Point> {
  readonly maxSeries: number;
  readonly createCell: (attributes: Attributes) => SeriesCell<Point>;
  /** What of some attributes is kept, within the limits: a copy of its own. May throw what a getter of the user's throws. */
  readonly limit: (attributes: Attributes) => Attributes;
  /** Whether an attribute tells series apart; undefined where all do. */
  readonly keeps: ((key: string) => boolean) | undefined;
}

interface Series<Point> {
  readonly cell: SeriesCell<Point>;
  readonly key: string;
  /** Somebody holds the cell itself. */
  isBound: boolean;
  /** How many collections in a row had nothing to tell, by the reader's slot. */
  readonly idle: number[];
}

/** A step on the way through keys and values to a cell. */
class Place<Point> {
  /** Keys come in the same order nearly always: one is known by itself, others are looked up. */
  key: string | undefined;
  byValue: Map<unknown, Place<Point>> | undefined;
  others: Map<string, Place<Point>> | undefined;
  lastValue: unknown;
  last: Place<Point> | undefined;
  series: Series<Point> | undefined;
}

/** After so many collections without a value a series is let go, where nobody reads cumulative numbers. */
const idleCollections = 10;
/** A text that is longer is compared by its beginning, which is what is kept of it. */
const maxValueLength = 1_024;
/** Ways to a series that are remembered, by the series that there may be: attributes come in some orders. */
const placesPerSeries = 8;

/**
 * Finds the cell of a set of attributes, and makes it the first time.
 *
 * An object that is frozen is known by itself. Others are followed key by key and value by value through a tree whose leaves are cells, in which the
 * values of the last time are found by a comparison; nothing is sorted or joined but for a set in an order that is new. Holds at most `maxSeries`
 * cells: what has none by then shares one more that says `otel.metric.overflow`.
 */
export class SeriesStore<Point> {
  readonly #settings: SeriesStoreSettings<Point>;
  readonly #series = new Map<string, Series<Point>>();
  #root = new Place<Point>();
  #places = 0;
  #lastFrozen: Attributes | undefined;
  #lastFrozenCell: SeriesCell<Point> | undefined;
  #frozen: WeakMap<Attributes, SeriesCell<Point>> | undefined;
  #overflow: SeriesCell<Point> | undefined;
  #overflowed = 0;

  constructor(settings: SeriesStoreSettings<Point>) {
    this.#settings = settings;
  }

  get size(): number {
    return this.#series.size;
  }

  /** Records that went to the series for the rest. */
  get overflowed(): number {
    return this.#overflowed;
  }

  *attributes(): Iterable<Attributes> {
    for (const { cell } of this.#series.values()) yield cell.attributes;
  }

  /** May throw what a getter of the user's throws. */
  cell(attributes: Attributes | undefined): SeriesCell<Point> {
    if (attributes !== undefined) {
      if (attributes === this.#lastFrozen) return this.#lastFrozenCell!;
      const frozen = this.#frozen?.get(attributes);
      if (frozen !== undefined) {
        this.#lastFrozen = attributes;
        this.#lastFrozenCell = frozen;
        return frozen;
      }
    }
    return this.#follow(attributes)?.cell ?? this.#find(attributes ?? {})?.cell ?? this.#rest();
  }

  /** The cell for somebody who holds it: it is not let go. May throw what a getter of the user's throws. */
  bind(attributes: Attributes | undefined): SeriesCell<Point> {
    const series = this.#find(attributes ?? {});
    if (series === undefined) return this.#rest();
    series.isBound = true;
    return series.cell;
  }

  /** What there is to tell, of each series. */
  collect(window: CollectionWindow, isLevel: boolean): Point[] {
    const { deltaReaders } = window;
    const slot = isLevel ? undefined : window.slot;
    const points: Point[] = [];
    let isForgotten = false;
    for (const series of this.#series.values()) {
      const point = series.cell.collect(slot);
      if (point !== undefined) points.push(point);
      if (slot === undefined) continue;
      series.idle[slot] = point === undefined ? (series.idle[slot] ?? 0) + 1 : 0;
      if (deltaReaders !== undefined && isIdle(series, deltaReaders)) {
        this.#series.delete(series.key);
        isForgotten = true;
      }
    }
    if (isForgotten) this.#forgetPlaces();
    const rest = this.#overflow?.collect(slot);
    if (rest !== undefined) points.push(rest);
    return points;
  }

  /** The way that is known; undefined where it is not. */
  #follow(attributes: Attributes | undefined): Series<Point> | undefined {
    const { keeps } = this.#settings;
    let place: Place<Point> | undefined = this.#root;
    for (const key in attributes) {
      if (keeps !== undefined && !keeps(key)) continue;
      const value: unknown = attributes[key];
      if (place.key !== key) {
        place = place.others?.get(key);
        if (place === undefined) return undefined;
      }
      if (place.lastValue === value && place.last !== undefined) {
        place = place.last;
        continue;
      }
      const next: Place<Point> | undefined = place.byValue?.get(value);
      if (next === undefined) return undefined;
      place.lastValue = value;
      place.last = next;
      place = next;
    }
    return place.series;
  }

  /** The series, made if there is room for it; undefined if there is none. Its way is known then. */
  #find(attributes: Attributes): Series<Point> | undefined {
    const { keeps, limit } = this.#settings;
    const kept = limit(keeps === undefined ? attributes : keptOf(attributes, keeps));
    const key = seriesKey(kept);
    let series = this.#series.get(key);
    if (series === undefined) {
      if (this.#series.size >= this.#settings.maxSeries) return undefined;
      series = { cell: this.#settings.createCell(Object.freeze(kept)), key, isBound: false, idle: [] };
      this.#series.set(key, series);
    }
    this.#remember(attributes, series);
    return series;
  }

  #remember(attributes: Attributes, series: Series<Point>): void {
    const { keeps, maxSeries } = this.#settings;
    const values = Object.values(attributes);
    if (!values.every(isComparable) || this.#places + values.length > maxSeries * placesPerSeries) return;
    if (Object.isFrozen(attributes)) {
      this.#frozen ??= new WeakMap();
      this.#frozen.set(attributes, series.cell);
    }
    let place = this.#root;
    for (const key in attributes) {
      if (keeps !== undefined && !keeps(key)) continue;
      place.key ??= key;
      if (place.key !== key) place = childOf((place.others ??= new Map()), key, () => this.#newPlace(key));
      place = childOf((place.byValue ??= new Map()), attributes[key], () => this.#newPlace());
    }
    place.series = series;
  }

  #newPlace(key?: string): Place<Point> {
    this.#places++;
    const place = new Place<Point>();
    place.key = key;
    return place;
  }

  /** Ways to series that are gone must not be followed. */
  #forgetPlaces(): void {
    this.#root = new Place();
    this.#places = 0;
    this.#frozen = undefined;
    this.#lastFrozen = undefined;
    this.#lastFrozenCell = undefined;
  }

  #rest(): SeriesCell<Point> {
    this.#overflowed++;
    return (this.#overflow ??= this.#settings.createCell(overflowAttributes));
  }
}

function keptOf(attributes: Attributes, keeps: (key: string) => boolean): Attributes {
  const kept: Record<string, Attributes[string]> = {};
  for (const key in attributes) if (keeps(key)) kept[key] = attributes[key];
  return kept;
}

function childOf<Key, Value>(children: Map<Key, Value>, key: Key, create: () => Value): Value {
  let child = children.get(key);
  if (child === undefined) {
    child = create();
    children.set(key, child);
  }
  return child;
}

/** Whether a value is the same when it is equal. Arrays may change, and of long texts only the beginning counts. */
function isComparable(value: unknown): boolean {
  return typeof value === "string" ? value.length <= maxValueLength : typeof value !== "object" || value === null;
}

function isIdle({ isBound, idle }: Series<unknown>, deltaReaders: number): boolean {
  if (isBound) return false;
  for (let slot = 0; slot < deltaReaders; slot++) if ((idle[slot] ?? 0) < idleCollections) return false;
  return true;
}
