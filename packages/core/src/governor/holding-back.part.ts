import { Ladder, type LadderSettings } from "./ladder.ts";

export { changeLine, idleLine, memoryLine } from "./governor-lines.ts";

/** What a process needs once telemetry is to be held back for the first time. */
export function createLadder(settings: LadderSettings): Ladder {
  return new Ladder(settings);
}
