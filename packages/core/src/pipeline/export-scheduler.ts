import type { ExporterList } from "./delivery/exporter-list.ts";
import type { Dispatch } from "./delivery/dispatch.ts";
import type { Fallback } from "./fallback/fallback.ts";
import type { FlushQueue } from "./delivery/flush-queue.ts";
import type { LaneSet } from "./queue/lane-set.ts";
import type { PipelineLane } from "./queue/pipeline-lane.ts";
import type { Replay } from "./fallback/replay.ts";

export interface ExportSchedulerParts<Payload> {
  readonly lanes: LaneSet<Payload>;
  readonly exporters: ExporterList;
  /** Chunks that somebody waits for leave before their batch is full. */
  readonly flushes: FlushQueue;
  readonly dispatch: Dispatch<Payload>;
  /** Both undefined where there is no store. */
  readonly fallback: Fallback<Payload> | undefined;
  readonly replay: Replay<Payload> | undefined;
}

/** Says what leaves when: batches of the lanes in their turn, to an exporter or to the fallback while none takes any, and then what was put away. */
export class ExportScheduler<Payload> {
  readonly #parts: ExportSchedulerParts<Payload>;

  constructor(parts: ExportSchedulerParts<Payload>) {
    this.#parts = parts;
  }

  /** Lets all leave that is due and can. */
  begin(nowMs: number): void {
    for (let lane = this.#due(nowMs); lane !== undefined; lane = this.#due(nowMs)) {
      if (!this.#sendNext(lane, nowMs)) break;
    }
    this.#parts.replay?.begin(nowMs);
  }

  /** When the next batch leaves or the next body is replayed, as far as is known; Infinity while that waits for the end of a batch. */
  nextMs(nowMs: number): number {
    const { lanes, exporters, flushes, fallback, replay } = this.#parts;
    const dueMs = lanes.leavesAtMs(nowMs, flushes.order);
    const wantedMs = replay?.isDue === true ? nowMs : dueMs;
    const { choice, untilMs } = exporters.choose(nowMs);
    const storeMs = fallback !== undefined && choice === "none" ? Math.max(dueMs, fallback.readyAtMs) : Infinity;
    return Math.min(Math.max(wantedMs, untilMs), storeMs);
  }

  #due(nowMs: number): PipelineLane<Payload> | undefined {
    const { lanes, flushes } = this.#parts;
    return lanes.due(nowMs, flushes.order);
  }

  /** Sends or puts away the next batch of a lane. False when neither can be done now. */
  #sendNext(lane: PipelineLane<Payload>, nowMs: number): boolean {
    const { exporters, dispatch, fallback } = this.#parts;
    if (exporters.choose(nowMs).choice === "none") {
      if (fallback === undefined || !fallback.takes(nowMs)) return false;
      const chunks = lane.takeBatch();
      if (chunks.length === 0) return false;
      if (fallback.putAway({ chunks, lane })) return true;
      // What was sealed for this batch may have spilled, into the last place.
      lane.putBack(chunks);
      return false;
    }
    // What is still being written is sealed first: a batch that turns out empty must not cost a trial call.
    if (lane.items === 0) lane.seal();
    if (lane.items === 0) return false;
    const chosen = exporters.choose(nowMs);
    if (chosen.choice !== "exporter" || !chosen.exporter.breaker.allows(nowMs)) return false;
    dispatch.send({ chunks: lane.takeBatch(), lane }, chosen.exporter);
    return true;
  }
}
