import type { LogLevel } from "../model/choices.ts";
import type { Route } from "../model/route.ts";
import type { Tally } from "../tally/tally.ts";
import type { RequestLine, RequestLineSink } from "./request-line.ts";

/**
 * Which healthy requests have a line: those whose trace is sampled or kept, all, or none. Requests that end with a warning or an error have
 * one in each case; with `off` none has.
 */
export type RequestLineChoice = "sampled" | "all" | "failures" | "off";

/** How a request ended, as far as the level of its line depends on it. */
export interface LineEnding {
  readonly route: Route | undefined;
  readonly statusCode: number | undefined;
  /** Whether the whole answer was handed over; a stream that its client left counts as that. */
  readonly completed: boolean;
  /** Whether its trace is sampled or kept. */
  readonly traced: boolean;
}

/**
 * Decides which requests have a log line, and at which level: `error` from 500 on, `warn` from 400 on and for what was aborted, else what the
 * route says, or `info`.
 */
export class RequestLog {
  /** Whether anybody takes lines. Read at the end of every request, before anything is made for one. */
  active = false;
  /** Lines that were handed to a sink. */
  lines = 0;
  /** While there is less telemetry: whether failures alone have lines. */
  isRestrained = false;
  readonly #choice: RequestLineChoice;
  readonly #faults: Tally;
  readonly #timed: (run: () => void) => void;
  #sinks: readonly RequestLineSink[] = [];
  #wantsPath = false;

  /**
   * @param faults counts, as `request-line`, sinks that threw.
   * @param timed runs the writing of a line, and measures it
   */
  constructor(choice: RequestLineChoice, faults: Tally, timed: (run: () => void) => void = (run) => run()) {
    this.#timed = timed;
    this.#choice = choice;
    this.#faults = faults;
  }

  /** Whether some sink asks for the path. */
  get wantsPath(): boolean {
    return this.#wantsPath;
  }

  /** Adds a sink, and answers what takes it away again. */
  add(sink: RequestLineSink): () => void {
    if (this.#choice !== "off") this.#use([...this.#sinks, sink]);
    return () => this.#use(this.#sinks.filter((one) => one !== sink));
  }

  /** The level of a request's line; undefined when none is due. */
  levelOf({ route, statusCode, completed, traced }: LineEnding): LogLevel | undefined {
    if (statusCode !== undefined && statusCode >= 500) return "error";
    if (!completed || (statusCode !== undefined && statusCode >= 400)) return "warn";
    const own = route?.options.log ?? "info";
    if (own === false || this.#choice === "failures" || this.isRestrained) return undefined;
    if (own === "warn" || own === "error" || own === "fatal") return own;
    if (!traced && this.#choice !== "all") return undefined;
    return own === "info" || this.#sinks.some((sink) => this.#admits(sink, own)) ? own : undefined;
  }

  write(line: RequestLine): void {
    this.#timed(() => this.#write(line));
  }

  #write(line: RequestLine): void {
    for (const sink of this.#sinks) {
      if ((line.level === "debug" || line.level === "trace") && !this.#admits(sink, line.level)) continue;
      try {
        sink.write(line);
        this.lines++;
      } catch {
        this.#faults.add("request-line");
      }
    }
  }

  #admits(sink: RequestLineSink, level: LogLevel): boolean {
    try {
      return sink.admits?.(level) === true;
    } catch {
      this.#faults.add("request-line");
      return false;
    }
  }

  #asksForPath(sink: RequestLineSink): boolean {
    try {
      return sink.wantsPath === true;
    } catch {
      this.#faults.add("request-line");
      return false;
    }
  }

  #use(sinks: readonly RequestLineSink[]): void {
    this.#wantsPath = sinks.some((sink) => this.#asksForPath(sink));
    this.#sinks = sinks;
    this.active = sinks.length > 0;
  }
}
