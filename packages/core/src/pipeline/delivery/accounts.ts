import { Tally } from "../../tally/tally.ts";
import type { Exporter } from "./exporter.ts";

/** What became of the items of a pipeline that are no longer in it, and of those that its fallback holds. */
export class Accounts {
  /** What an earlier process had left in the spool. */
  recovered = 0;
  exported = 0;
  spooled = 0;
  uncertain = 0;
  bodyBytes = 0;
  readonly drops: Tally = new Tally();

  /** Answers how many of the items an exporter threw away though it accepted the batch. */
  delivered(exporter: Exporter, items: number, rejected: number): number {
    const lost = Math.min(items, rejected);
    this.exported += items - lost;
    exporter.exported += items - lost;
    return lost;
  }
}
