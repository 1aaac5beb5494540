import type { Exporter } from "./exporter.ts";

/**
 * Who carries the next batch. `wait`: nobody before `untilMs`, and it stays where it is; Infinity is the end of a batch under way. `none`: every
 * exporter's breaker holds it back until then; Infinity is the end of a trial call.
 */
export type Choice =
  | { readonly choice: "exporter"; readonly exporter: Exporter; readonly untilMs: number }
  | { readonly choice: "wait" | "none"; readonly untilMs: number };

export interface ExporterLoad {
  /** How many batches are on their way to an exporter. */
  readonly underWay: () => number;
  readonly maxUnderWay: number;
}

/** Exporters in their order: the next is used while the breakers of those before it are not closed and let nothing through. */
export class ExporterList {
  readonly all: readonly Exporter[];
  /** The one whose collector is meant where a pipeline speaks of its collector. */
  readonly first: Exporter;
  readonly #load: ExporterLoad;
  /** In the order in which they are tried. */
  #order: readonly Exporter[];
  #maxUnderWay: number;
  #closed = false;

  /** @param exporters one at least. */
  constructor(exporters: readonly Exporter[], load: ExporterLoad) {
    this.all = exporters;
    this.first = exporters[0]!;
    this.#load = load;
    this.#order = exporters;
    this.#maxUnderWay = load.maxUnderWay;
  }

  /** Tries the one in this place of the list first, the others in their order behind it, with so many batches under way. */
  tune(place: number, maxUnderWay: number): void {
    this.#order = [...this.all.slice(place), ...this.all.slice(0, place)];
    this.#maxUnderWay = maxUnderWay;
  }

  /** Whether the endpoint is the default one and nothing ever answered there: then nobody waits for telemetry. */
  get isAbsent(): boolean {
    return this.first.log.absent;
  }

  /** Why what is lost there is lost, if no line has said it. */
  get untoldLoss(): string | undefined {
    return this.first.log.untoldLoss;
  }

  /** Whether each was tried and none ever answered: then a flush is one more try, and no waiting. */
  get isUnreached(): boolean {
    return this.all.every(({ log }) => log.unreached);
  }

  /** Changes nothing: before a delivery the chosen one's breaker is asked, which then lets it through. After `close` it is nobody. */
  choose(nowMs: number): Choice {
    let untilMs = Infinity;
    if (this.#closed) return { choice: "wait", untilMs };
    const maxUnderWay = this.#maxUnderWay;
    const underWay = this.#load.underWay();
    for (const exporter of this.#order) {
      const { breaker, reachability } = exporter;
      const readyAtMs = Math.max(breaker.readyAtMs, reachability.readyAtMs);
      untilMs = Math.min(untilMs, readyAtMs);
      if (readyAtMs > nowMs) {
        if (breaker.state === "closed") return { choice: "wait", untilMs };
        continue;
      }
      // One batch at a time finds out whether it can be reached again.
      if (underWay >= (reachability.unreachable ? 1 : maxUnderWay)) return { choice: "wait", untilMs: Infinity };
      return { choice: "exporter", exporter, untilMs: readyAtMs };
    }
    return { choice: "none", untilMs };
  }

  hurry(): void {
    for (const { breaker, reachability } of this.all) {
      breaker.hurry();
      reachability.hurry();
    }
  }

  close(): void {
    this.#closed = true;
    for (const exporter of this.all) exporter.close();
  }
}
