import type { Attributes } from "../model/attributes.ts";
import { statusGroupIndex, statusGroups } from "../model/outcome.ts";
import type { Route } from "../model/route.ts";
import { ErrorTypes } from "./error-types.ts";

export type Scheme = "http" | "https";

/** How a series says the status: by its group, by the code, or both. */
export type StatusAttribute = "group" | "code" | "both";

export interface SeriesTableSettings<Cell> {
  readonly methods: readonly string[];
  readonly statusAttribute: StatusAttribute;
  readonly maxSeries: number;
  readonly maxErrorTypes: number;
  readonly createCell: (attributes: Attributes) => Cell;
}

/** {@link statusGroupIndex} as a table, to save the division. */
const groupByStatus = Uint8Array.from({ length: 600 }, (_, status) => statusGroupIndex(status));

/** The cells of one route, method and scheme. */
interface Branch<Cell> {
  /** By status group: the way of nearly every request. */
  readonly groups: (Cell | undefined)[];
  /** By status code, when series tell codes. */
  readonly codes: Map<number, Cell>;
  /** By status, then by error type. */
  readonly errors: Map<number, Map<string, Cell>>;
}

/** Branches by twice the method's index, plus one for https. */
type Tree<Cell> = (Branch<Cell> | undefined)[];

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
  readonly #unmatched: Tree<Cell> = [];
  readonly #byRoute: (Tree<Cell> | undefined)[] = [];
  /** Routes that differ in options only are one series. */
  readonly #byTemplate = new Map<string, Tree<Cell>>();
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
    const tree = route === undefined ? this.#unmatched : this.#byRoute[route.id];
    const branch = tree?.[scheme === "http" ? method * 2 : method * 2 + 1];
    if (branch !== undefined) {
      const group = statusCode === undefined ? 0 : groupByStatus[statusCode];
      if (group === undefined) return this.#find(route, method, scheme, statusCode, errorType);
      if (errorType !== undefined) {
        const known = branch.errors.get(this.#groupsOnly ? group : (statusCode ?? 0))?.get(errorType);
        if (known !== undefined) return known;
      } else {
        const known = this.#groupsOnly ? branch.groups[group] : branch.codes.get(statusCode ?? 0);
        if (known !== undefined) return known;
      }
    }
    return this.#find(route, method, scheme, statusCode, errorType);
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
    const tree = this.#tree(route, full);
    if (tree === undefined) return this.#rest();
    const known = this.#settings.methods[method] === undefined ? 0 : method;
    const branch = branchOf(tree, scheme === "http" ? known * 2 : known * 2 + 1, full);
    if (branch === undefined) return this.#rest();

    const error = errorType === undefined || errorType === "" ? undefined : this.#errorTypes.label(errorType);
    const group = statusGroupIndex(statusCode);
    const status = this.#groupsOnly ? group : (statusCode ?? 0);
    const existing = cellOf(branch, status, error, this.#groupsOnly);
    if (existing !== undefined) return existing;
    if (full) return this.#rest();

    const attributes = this.#attributes(route, known, scheme, statusCode, error);
    const cell = this.#settings.createCell(attributes);
    this.#cells.push(cell);
    if (error !== undefined) errorCells(branch, status).set(error, cell);
    else if (this.#groupsOnly) branch.groups[group] = cell;
    else branch.codes.set(status, cell);
    return cell;
  }

  /** The tree of a route; none is made once there is no room for a series in it. */
  #tree(route: Route | undefined, full: boolean): Tree<Cell> | undefined {
    if (route === undefined || route.template === "") return this.#unmatched;
    let tree = this.#byRoute[route.id] ?? this.#byTemplate.get(route.template);
    if (tree === undefined) {
      if (full) return undefined;
      tree = [];
      this.#byTemplate.set(route.template, tree);
    }
    this.#byRoute[route.id] = tree;
    return tree;
  }

  #rest(): Cell {
    return (this.#overflow ??= this.#settings.createCell(Object.freeze({ "otel.metric.overflow": true })));
  }

  #attributes(
    route: Route | undefined,
    method: number,
    scheme: Scheme,
    statusCode: number | undefined,
    error: string | undefined,
  ): Attributes {
    const attributes: Record<string, string | number> = {
      "http.request.method": this.#settings.methods[method] ?? "_OTHER",
      "url.scheme": scheme,
    };
    if (route !== undefined && route.template !== "") attributes["http.route"] = route.template;
    const said = this.#settings.statusAttribute;
    const group = statusGroups[statusGroupIndex(statusCode)];
    if (said !== "code" && group !== undefined) attributes["http.response.status_group"] = group;
    if (said !== "group" && statusCode !== undefined) attributes["http.response.status_code"] = statusCode;
    if (error !== undefined) attributes["error.type"] = error;
    return Object.freeze(attributes);
  }
}

function branchOf<Cell>(tree: Tree<Cell>, place: number, full: boolean): Branch<Cell> | undefined {
  let branch = tree[place];
  if (branch === undefined && !full) {
    branch = { groups: statusGroups.map(() => undefined), codes: new Map(), errors: new Map() };
    tree[place] = branch;
  }
  return branch;
}

function cellOf<Cell>(branch: Branch<Cell>, status: number, error: string | undefined, groupsOnly: boolean): Cell | undefined {
  if (error !== undefined) return branch.errors.get(status)?.get(error);
  return groupsOnly ? branch.groups[status] : branch.codes.get(status);
}

function errorCells<Cell>(branch: Branch<Cell>, status: number): Map<string, Cell> {
  let cells = branch.errors.get(status);
  if (cells === undefined) {
    cells = new Map();
    branch.errors.set(status, cells);
  }
  return cells;
}

/** Every cell of a table, the one for the rest last. */
export function seriesOf<Cell>(table: SeriesTable<Cell>): readonly Cell[] {
  return table.overflow === undefined ? table.cells : [...table.cells, table.overflow];
}
