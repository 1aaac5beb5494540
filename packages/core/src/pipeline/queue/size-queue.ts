import { withCode } from "../../model/codes.ts";

/** What the size of a queue depends on. */
export interface QueueNeed {
  /** At the peak, after sampling. */
  readonly spansPerSecond: number;
  /** The longest that spans wait before they leave: the batch's delay, or the outage that is to be bridged, in ms. */
  readonly delayMs: number;
  /** @default 1.5 */
  readonly safety?: number | undefined;
}

const smallest = 100;
const largest = 50_000;

/** How many spans a queue must hold so that none is dropped: rate × delay × safety, from 100 to 50,000. Throws a RangeError for what is no such number. */
export function sizeQueue({ spansPerSecond, delayMs, safety = 1.5 }: QueueNeed): number {
  for (const [name, value] of Object.entries({ spansPerSecond, delayMs, safety })) {
    if (!(value >= 0)) throw withCode(new RangeError(`${name} must be at least 0, got ${value}`), "GSM_OPTION_RANGE");
  }
  return Math.min(largest, Math.max(smallest, Math.ceil(((spansPerSecond * delayMs) / 1000) * safety)));
}
