import type { Attributes } from "../../model/attributes.ts";
import { statusGroupIndex, statusGroups } from "../../model/request/outcome.ts";
import type { Operation, Route } from "../../model/route.ts";
import { overflowAttributes } from "../cells/series-key.ts";
import { ErrorTypes } from "./error-types.ts";

export type Scheme = "http" | "https";

/** How a series says the status: by its group, by the code, or both. */
export type StatusAttribute = "group" | "code" | "both";

export interface SeriesTableSettings<Cell> {
  readonly methods: readonly string[];
  readonly statusAttribute: StatusAttribute;
  readonly maxSeries: number;
  readonly maxErrorTypes: number;
  /** Without a key for the one that stands for the rest. */
  readonly createCell: (attributes: Attributes, key: SeriesKey | undefined) => Cell;
}

/** What requests of one series have in common. */
export interface SeriesKey {
  readonly route: Route | undefined;
  readonly method: number;
  readonly scheme: Scheme;
  readonly statusCode: number | undefined;
  readonly errorType: string | undefined;
}

/** {@link statusGroupIndex} as a table, to save the division. */
const groupByStatus = Uint8Array.from({ length: 1000 }, (_, status) => statusGroupIndex(status));

const groups = statusGroups.length;

/** The cells of one route. */
interface RouteCells<Cell> {
  /** By method, scheme and status group: the way of nearly every request. */
  readonly plain: (Cell | undefined)[];
  /** By method, scheme and status code, when series tell codes. */
  readonly codes: Map<number, Cell>;
  /** By method, scheme and status, then by error type. */
  readonly errors: Map<number, Map<string, Cell>>;
}

/**
 * Finds the cell of a series, and makes it the first time.
 *
 * What is known is reached through array places alone; only error types and status codes go through a map. Holds at most `maxSeries` cells:
 * what has none by then, and every route without a number, shares one more that says `otel.metric.overflow`.
 */
export class SeriesTable<Cell> {
  readonly #settings: SeriesTableSettings<Cell>;
  readonly #groupsOnly: boolean;
  readonly #errorTypes: ErrorTypes;
  readonly #unmatched: RouteCells<Cell> = noCells();
  /** Of all routes that came when there was no room any more. */
  readonly #late: RouteCells<Cell> = noCells();
  readonly #byRoute: (RouteCells<Cell> | undefined)[] = [];
  /** Routes that differ in options only are one series. */
  readonly #byTemplate = new Map<string, RouteCells<Cell>>();
  readonly #cells: Cell[] = [];
  #overflow: Cell | undefined;

  constructor(settings: SeriesTableSettings<Cell>) {
    this.#settings = settings;
    this.#groupsOnly = settings.statusAttribute === "group";
    this.#errorTypes = new ErrorTypes(settings.maxErrorTypes);
  }

  /** Those in use, in the order they came up, without the one for the rest. */
  get cells(): readonly Cell[] {
    return this.#cells;
  }

  /** The one for the rest, once there is a rest. */
  get overflow(): Cell | undefined {
    return this.#overflow;
  }

  cell(
    route: Route | undefined,
    method: number,
    scheme: Scheme,
    statusCode: number | undefined,
    errorType: string | undefined,
  ): Cell {
    const cells = route === undefined ? this.#unmatched : this.#byRoute[route.id];
    if (cells !== undefined) {
      const group = statusCode === undefined ? 0 : groupByStatus[statusCode];
      if (group !== undefined) {
        const place = scheme === "http" ? method * 2 : method * 2 + 1;
        const known =
          errorType === undefined && this.#groupsOnly
            ? cells.plain[place * groups + group]
            : labelledCell(cells, statusKey(place, this.#groupsOnly ? group : (statusCode ?? 0)), errorType);
        if (known !== undefined) return known;
      }
    }
    return this.#find(route, method, scheme, statusCode, errorType);
  }

  /** {@link SeriesTable.cell} where it is not asked for each request. */
  cellOf({ route, method, scheme, statusCode, errorType }: SeriesKey): Cell {
    return this.cell(route, method, scheme, statusCode, errorType);
  }

  #find(
    route: Route | undefined,
    method: number,
    scheme: Scheme,
    statusCode: number | undefined,
    errorType: string | undefined,
  ): Cell {
    if (route !== undefined && route.id < 0) return this.#rest();
    const full = this.#cells.length >= this.#settings.maxSeries;
    const cells = this.#routeCells(route, full);
    const known = this.#settings.methods[method] === undefined ? 0 : method;
    const place = scheme === "http" ? known * 2 : known * 2 + 1;
    const sent =
      statusCode !== undefined && Number.isInteger(statusCode) && statusCode >= 100 && statusCode < 1000
        ? statusCode
        : undefined;
    const group = statusGroupIndex(sent);
    const key = statusKey(place, this.#groupsOnly ? group : (sent ?? 0));
    const error = errorType === undefined || errorType === "" ? undefined : this.#errorTypes.label(errorType);
    const plain = error === undefined && this.#groupsOnly;
    const existing = plain ? cells.plain[place * groups + group] : labelledCell(cells, key, error);
    if (existing !== undefined) return existing;
    if (full) {
      const rest = this.#rest();
      // No room comes back: the next such request need not ask.
      if (plain) cells.plain[place * groups + group] = rest;
      return rest;
    }

    const series: SeriesKey = { route, method: known, scheme, statusCode: sent, errorType: error };
    const cell = this.#settings.createCell(this.#attributes(series), series);
    this.#cells.push(cell);
    if (plain) cells.plain[place * groups + group] = cell;
    else if (error === undefined) cells.codes.set(key, cell);
    else errorCells(cells, key).set(error, cell);
    return cell;
  }

  /** The cells of a route; one that comes once there is no room for a series in them has those of all such routes. */
  #routeCells(route: Route | undefined, full: boolean): RouteCells<Cell> {
    if (route === undefined || (route.template === "" && route.operation === undefined)) return this.#unmatched;
    const told = route.operation === undefined ? route.template : `${route.template}\n${toldOf(route.operation)}`;
    let cells = this.#byRoute[route.id] ?? this.#byTemplate.get(told);
    if (cells === undefined && full) cells = this.#late;
    if (cells === undefined) {
      cells = noCells();
      this.#byTemplate.set(told, cells);
    }
    this.#byRoute[route.id] = cells;
    return cells;
  }

  #rest(): Cell {
    return (this.#overflow ??= this.#settings.createCell(overflowAttributes, undefined));
  }

  #attributes({ route, method, scheme, statusCode, errorType }: SeriesKey): Attributes {
    const attributes: Record<string, string | number> = {
      "http.request.method": this.#settings.methods[method] ?? "_OTHER",
      "url.scheme": scheme,
    };
    if (route !== undefined && route.template !== "") attributes["http.route"] = route.template;
    Object.assign(attributes, route?.operation?.attributes);
    const said = this.#settings.statusAttribute;
    const group = statusGroups[statusGroupIndex(statusCode)];
    if (said !== "code" && group !== undefined) attributes["http.response.status_group"] = group;
    if (said !== "group" && statusCode !== undefined) attributes["http.response.status_code"] = statusCode;
    if (errorType !== undefined) attributes["error.type"] = errorType;
    return Object.freeze(attributes);
  }
}

function toldOf({ attributes }: Operation): string {
  return Object.values(attributes).join(" ");
}

function noCells<Cell>(): RouteCells<Cell> {
  return { plain: [], codes: new Map(), errors: new Map() };
}

/** One number for method, scheme and status, as a key of maps. */
function statusKey(place: number, status: number): number {
  return place * 1000 + status;
}

function labelledCell<Cell>(cells: RouteCells<Cell>, key: number, error: string | undefined): Cell | undefined {
  return error === undefined ? cells.codes.get(key) : cells.errors.get(key)?.get(error);
}

function errorCells<Cell>(cells: RouteCells<Cell>, key: number): Map<string, Cell> {
  let byType = cells.errors.get(key);
  if (byType === undefined) {
    byType = new Map();
    cells.errors.set(key, byType);
  }
  return byType;
}

/** Every cell of a table, the one for the rest last. */
export function seriesOf<Cell>(table: SeriesTable<Cell>): readonly Cell[] {
  return table.overflow === undefined ? table.cells : [...table.cells, table.overflow];
}
