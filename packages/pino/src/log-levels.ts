import type { LogLevel } from "@gossamer/core";
import type { Logger } from "pino";
import { pinnedChild } from "./follow-levels.ts";
import { levelNumbers } from "./level-numbers.ts";
import { optionError } from "./option-error.ts";

export type Level = LogLevel | "silent";

/** Where a level holds; without either for the whole service. */
export interface LevelScope {
  /** Lines of requests to one route, by its template: `/orders/:id`. */
  readonly route?: string;
  /** Lines of one library, of the logger that `library` gave it. */
  readonly library?: string;
}

export interface LevelChange extends LevelScope {
  /** For how long, in ms; then the level before comes back. @default for good */
  readonly forMs?: number;
}

/** The levels of a logger, changed while it runs. */
export interface LogLevels {
  /** The level that holds now. */
  get(scope?: LevelScope): Level;
  /**
   * Changes a level, at once and for every child logger that has none of its own: `set("debug", { forMs: 600_000 })` is debug for ten minutes.
   * False, and nothing changes, for a level, route or time that is none, and for a member that is unknown.
   */
  set(level: Level, change?: LevelChange): boolean;
  /** Takes a change back: the service and its libraries get the levels they were made with, a route the service's. */
  reset(scope?: LevelScope): void;
  /** The logger of a library, by its name: a child with the field `library` and a level of its own, `warn` unless told otherwise. */
  library(name: string): Logger;
}

export interface LevelSettings {
  readonly level: Level;
  readonly routes: Readonly<Record<string, Level>>;
  readonly libraries: Readonly<Record<string, Level>>;
  readonly libraryLevel: Level;
  /** The number of each level there is. @default pino's own */
  readonly values?: Readonly<Record<string, number>>;
  /** The template of the route of the active request. */
  readonly activeRoute: () => string | undefined;
}

const ownValues: Readonly<Record<Level, number>> = { ...levelNumbers, silent: Number.POSITIVE_INFINITY };
const maxTimerMs = 2_147_483_647;
const maxLibraries = 1_000;
const maxRoutes = 1_000;

/** The level of one service, route or library: a base, and what holds for a while. */
class Dial {
  #made: Level | undefined;
  readonly #turned: () => void;
  #base: Level | undefined;
  #passing: Level | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(made: Level | undefined, turned: () => void) {
    this.#made = made;
    this.#base = made;
    this.#turned = turned;
  }

  get level(): Level | undefined {
    return this.#passing ?? this.#base;
  }

  set(level: Level, forMs: number | undefined): void {
    this.#endPassing();
    if (forMs === undefined) {
      this.#base = level;
    } else {
      this.#passing = level;
      this.#timer = setTimeout(() => {
        this.#endPassing();
        this.#turned();
      }, forMs);
      this.#timer.unref();
    }
    this.#turned();
  }

  /** Changes what it was made with, and with that what nobody has changed since. */
  remake(level: Level): void {
    if (this.#base === this.#made) this.#base = level;
    this.#made = level;
    this.#turned();
  }

  reset(): void {
    this.#endPassing();
    this.#base = this.#made;
    this.#turned();
  }

  #endPassing(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#passing = undefined;
  }
}

/** Holds the levels of one logger. pino filters by the lowest of them; what a route does not let through is stopped by {@link admits}. */
export class LevelSwitch implements LogLevels {
  readonly #settings: LevelSettings;
  readonly #service: Dial;
  readonly #routes = new Map<string, Dial>();
  readonly #libraries = new Map<string, { readonly logger: Logger; readonly dial: Dial }>();
  /** By template, of those routes alone that have one now. */
  #routeValues = new Map<string, number>();
  readonly #values: Readonly<Record<string, number>>;
  #serviceValue: number;
  #logger: Logger | undefined;

  constructor(settings: LevelSettings) {
    this.#settings = settings;
    this.#service = new Dial(settings.level, () => this.#apply());
    this.#values = settings.values ?? ownValues;
    this.#serviceValue = this.#valueOf(settings.level);
    for (const [route, level] of Object.entries(settings.routes)) this.#routes.set(route, this.#routeDial(level));
  }

  /** Takes the logger whose levels these are. Called once. */
  attach(logger: Logger): void {
    this.#logger = logger;
    this.#apply();
  }

  /** The service's level is another by default, as the engine says when there is one. */
  remake(level: Level): void {
    if (isLevel(level, this.#values)) this.#service.remake(level);
  }

  /** Whether a line may be written that pino's own level lets through. */
  admits(logger: Logger, value: number): boolean {
    if (this.#routeValues.size === 0) return true;
    // A child with a level of its own is not the service's.
    if (logger.levelVal !== this.#logger?.levelVal || this.#isLibrary(logger)) return true;
    const route = this.#settings.activeRoute();
    const own = route === undefined ? undefined : this.#routeValues.get(route);
    return value >= (own ?? this.#serviceValue);
  }

  get(scope?: LevelScope | null): Level {
    const { route, library } = scope ?? {};
    const service = this.#service.level ?? this.#settings.level;
    if (library !== undefined) return this.#libraries.get(library)?.dial.level ?? this.#libraryLevel(library);
    return route === undefined ? service : (this.#routes.get(route)?.level ?? service);
  }

  set(level: Level, change: LevelChange = {}): boolean {
    if (!isLevel(level, this.#values) || !isChange(change)) return false;
    const { forMs, route, library } = change;
    if (forMs !== undefined && !(typeof forMs === "number" && forMs > 0 && forMs <= maxTimerMs)) return false;
    const dial = this.#dialOf(route, library);
    dial?.set(level, forMs);
    return dial !== undefined;
  }

  reset(scope?: LevelScope | null): void {
    const { route, library } = scope ?? {};
    if (library !== undefined) this.#libraries.get(library)?.dial.reset();
    else if (route !== undefined) this.#routes.get(route)?.reset();
    else this.#service.reset();
  }

  library(name: string): Logger {
    const known = this.#libraries.get(name);
    if (known !== undefined) return known.logger;
    if (this.#logger === undefined) throw new TypeError("The logger is not made yet.");
    const level = this.#libraryLevel(name);
    const logger = pinnedChild(this.#logger, { library: name }, level);
    const dial = new Dial(level, () => {
      logger.level = dial.level ?? level;
    });
    // What exceeds keeps its level: a service has tens of libraries.
    if (this.#libraries.size < maxLibraries) this.#libraries.set(name, { logger, dial });
    return logger;
  }

  #dialOf(route: string | undefined, library: string | undefined): Dial | undefined {
    if (route !== undefined && library !== undefined) return undefined;
    if (library !== undefined) {
      if (typeof library !== "string" || library === "") return undefined;
      this.library(library);
      return this.#libraries.get(library)?.dial;
    }
    if (route === undefined) return this.#service;
    if (typeof route !== "string" || route === "") return undefined;
    const known = this.#routes.get(route);
    if (known !== undefined || this.#routes.size >= maxRoutes) return known;
    const made = this.#routeDial(undefined);
    this.#routes.set(route, made);
    return made;
  }

  #valueOf(level: Level): number {
    return this.#values[level] ?? Infinity;
  }

  #routeDial(level: Level | undefined): Dial {
    return new Dial(level, () => this.#apply());
  }

  #libraryLevel(name: string): Level {
    const { libraries, libraryLevel } = this.#settings;
    return (Object.hasOwn(libraries, name) ? libraries[name] : undefined) ?? libraryLevel;
  }

  #isLibrary(logger: Logger): boolean {
    for (const { logger: library } of this.#libraries.values()) {
      if (library === logger || Object.prototype.isPrototypeOf.call(library, logger)) return true;
    }
    return false;
  }

  #apply(): void {
    const service = this.#service.level ?? this.#settings.level;
    this.#serviceValue = this.#valueOf(service);
    this.#routeValues = new Map();
    let lowest: Level = service;
    for (const [route, { level }] of this.#routes) {
      if (level === undefined) continue;
      this.#routeValues.set(route, this.#valueOf(level));
      if (this.#valueOf(level) < this.#valueOf(lowest)) lowest = level;
    }
    if (this.#logger !== undefined) this.#logger.level = lowest;
  }
}

const changeMembers: ReadonlySet<string> = new Set(["forMs", "route", "library"]);

/** A misspelt `forMs` would change a level for good. */
function isChange(change: unknown): change is LevelChange {
  return typeof change === "object" && change !== null && Object.keys(change).every((one) => changeMembers.has(one));
}

const switches = new WeakMap<object, LevelSwitch>();

/** Makes the levels of a logger known to {@link logLevels}. */
export function keepLevels(logger: Logger, levels: LevelSwitch): void {
  switches.set(logger, levels);
}

/** The levels of a logger that `createLogger` made. Throws an `OptionError` for any other: its hooks are not ours. */
export function logLevels<CustomLevels extends string, OnlyCustom extends boolean>(
  logger: Logger<CustomLevels, OnlyCustom>,
): LogLevels {
  const levels = switches.get(logger);
  if (levels === undefined)
    throw optionError("logger", "logLevels() takes a logger that createLogger() made.", "GSM_OPTION_TYPE");
  return levels;
}

/** The numbers of a logger's levels: pino's own and those that its user adds, or those alone. */
export function levelValues(
  custom: Readonly<Record<string, number>> | undefined,
  isOnlyCustom: boolean,
): Readonly<Record<string, number>> {
  const { silent, ...own } = ownValues;
  return isOnlyCustom ? { ...custom, silent } : { ...own, ...custom, silent };
}

export function isLevel(value: unknown, among: Readonly<Record<string, number>> = ownValues): value is Level {
  return typeof value === "string" && Object.hasOwn(among, value);
}
