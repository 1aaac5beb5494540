import type { Accounts } from "../delivery/accounts.ts";
import type { Fallback } from "../fallback/fallback.ts";
import type { InFlightBatch, InFlightBatches } from "../delivery/in-flight-batches.ts";
import type { LaneSet } from "../queue/lane-set.ts";
import type { PipelineLane } from "../queue/pipeline-lane.ts";

/** What is left of a pipeline whose process ends now. */
export interface Remains {
  /** Written to the spool in this call. */
  readonly spooled: number;
  /** In memory, and lost with it. 0 where there is no collector and nobody asked for one: then nobody waits for it, once that was said. */
  readonly lost: number;
  /** Why it is lost, where no line has said it before. */
  readonly why?: string | undefined;
}

export interface LeavingParts<Payload> {
  readonly lanes: LaneSet<Payload>;
  readonly inFlight: InFlightBatches<Payload>;
  readonly accounts: Accounts;
  readonly fallback: Fallback<Payload> | undefined;
}

/**
 * Writes what is in memory to the spool before it returns, as far as it takes it. What it does not take stays where it is, and so does all
 * without a spool. `forGood`: nothing runs after this call, so batches on their way are written too.
 */
export function leaveNow<Payload>(parts: LeavingParts<Payload>, forGood: boolean): Remains {
  const { lanes, inFlight, accounts } = parts;
  lanes.seal();
  // A ring ends with the process.
  const spool = parts.fallback?.store.kind === "file" ? parts.fallback : undefined;
  if (spool === undefined) return { spooled: 0, lost: lanes.items + inFlight.items };
  let spooled = 0;
  const left: InFlightBatch<Payload>[] = [];
  for (const batch of forGood ? inFlight.endAll() : []) {
    // A body of the spool is there already, and marked as under way.
    if (batch.kind === "replay") accounts.spooled += batch.items;
    else if (spool.putNow(batch)) spooled += batch.items;
    else left.push(batch);
  }
  for (const lane of lanes.all) spooled += leaveLane(lane, inFlight, spool);
  for (const { lane, chunks } of left) lane.putBack(chunks);
  return { spooled, lost: lanes.items + inFlight.items };
}

/** Answers how many items were written. */
function leaveLane<Payload>(
  lane: PipelineLane<Payload>,
  inFlight: InFlightBatches<Payload>,
  spool: Fallback<Payload>,
): number {
  let spooled = 0;
  for (let chunks = lane.takeBatch(); chunks.length > 0; chunks = lane.takeBatch()) {
    const batch = inFlight.begin({ kind: "storing", chunks, lane });
    const isPut = spool.putNow(batch);
    inFlight.end(batch);
    if (!isPut) {
      lane.putBack(chunks);
      return spooled;
    }
    spooled += batch.items;
  }
  return spooled;
}
