import { number } from "../../model/checks/checks.ts";
import { readOptions } from "../../model/checks/read-members.ts";

/** What the size of a queue depends on. */
export interface QueueNeed {
  /** At the peak, after sampling. */
  readonly spansPerSecond: number;
  /** The longest that spans wait before they leave: the batch's delay, or the outage that is to be bridged, in ms. */
  readonly delayMs: number;
  /** @default 1.5 */
  readonly safety?: number | undefined;
}

const atLeastZero = number(0);
const smallest = 100;
const largest = 50_000;

/** How many spans a queue must hold so that none is dropped: rate × delay × safety, from 100 to 50,000. Throws an `OptionError` for what is no such number. */
export function sizeQueue(need: QueueNeed): number {
  const table = { spansPerSecond: atLeastZero, delayMs: atLeastZero, safety: atLeastZero };
  const {
    spansPerSecond,
    delayMs,
    safety = 1.5,
  } = readOptions<QueueNeed, "spansPerSecond" | "delayMs">(need, "sizeQueue", table, ["spansPerSecond", "delayMs"]);
  return Math.min(largest, Math.max(smallest, Math.ceil(((spansPerSecond * delayMs) / 1000) * safety)));
}
