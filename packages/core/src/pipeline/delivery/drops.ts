import type { Tally } from "../../tally/tally.ts";
import type { Accounts } from "./accounts.ts";
import type { CollectorLog } from "../log/collector-log.ts";
import type { LossLog } from "../log/loss-log.ts";
import { textOf } from "../../model/foreign/text-of.ts";

export interface DropsParts {
  /** What an item is, in the plural. */
  readonly unit: string;
  readonly accounts: Accounts;
  readonly lossLog: LossLog;
  /** Of the collector that the pipeline is for. */
  readonly collectorLog: CollectorLog;
  readonly now: () => number;
}

/** What counts drops of its own: a lane. */
export interface DropPlace {
  readonly drops: Tally;
}

/** Losses that have no line of their own. What the collector turns away and what a shutdown leaves have one. */
const quietReasons: ReadonlySet<string> = new Set([
  "queue-full",
  "retries-exhausted",
  "memory",
  "spool-full",
  "spool-expired",
  "spool-corrupt",
  "ring-full",
]);

/** Counts what a pipeline drops, by reason, in all and for each lane, and has a line said of it where nobody else says one. */
export class Drops {
  readonly #parts: DropsParts;

  constructor(parts: DropsParts) {
    this.#parts = parts;
  }

  of(lane: DropPlace, items: number, reason: string): void {
    lane.drops.add(reason, items);
    this.#drop(items, reason);
  }

  /** Items that were put away: they are of no lane any more. */
  ofStore(items: number, reason: string): void {
    this.#parts.accounts.spooled -= items;
    this.#drop(items, reason);
  }

  /** A batch of which no body could be made. */
  unsendable({ lane, items }: { readonly lane: DropPlace; readonly items: number }, error: unknown): void {
    const { collectorLog, unit } = this.#parts;
    collectorLog.unsendable({ items, unit, reason: textOf(error) });
    this.of(lane, items, "encoding");
  }

  #drop(items: number, reason: string): void {
    const { accounts, collectorLog, lossLog, now } = this.#parts;
    accounts.drops.add(reason, items);
    // Where there is no collector, nobody waits for a line.
    if (quietReasons.has(reason) && !collectorLog.absent) lossLog.lost(items, reason, now());
  }
}
