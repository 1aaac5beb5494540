import { countEach, type CountedRequests, countPlan } from "../../cache/count-requests.ts";
import type { Contestant } from "../../contestants/contestant.ts";
import { ContestantCheck } from "../../harness/contestant-check.ts";
import { loadSubject } from "../../harness/load-subject.ts";
import { Sink } from "../../sink/sink.ts";
import { guardSubjectUrl } from "../guard-names.ts";
import { type CountVerdict, decideCounts, mostProcesses } from "./cache-decision.ts";
import { type CacheRecording, type CountedRow, countedRows } from "./cache-recording.ts";

type Counted = ReadonlyMap<CountedRow, readonly CountedRequests[]>;
type Say = (text: string) => void;

/** That many processes of each row. */
export async function countRows(rows: readonly CountedRow[], processes: number, progress: Say): Promise<Counted> {
  const sink = await Sink.start();
  try {
    const names = Array.from({ length: processes }, () => rows).flat();
    const subjects = await Promise.all(names.map((name) => loadSubject<Contestant>(guardSubjectUrl(name, 0))));
    const check = new ContestantCheck(sink);
    const costs = await countEach(subjects, { plan: countPlan, sink, check, progress });
    return new Map(rows.map((row) => [row, costs.filter((_, i) => names[i] === row)]));
  } finally {
    sink.stop();
  }
}

/** Counts one process of each row, and more of those that seem to have grown: V8 does not make the same code each time. */
export async function runCacheGuard(
  recording: CacheRecording,
  isElsewhere: boolean,
  progress: Say,
): Promise<readonly CountVerdict[]> {
  let counted = await countRows(countedRows, 1, progress);
  const grown = (): CountedRow[] => {
    const verdicts = decideCounts(counted, recording, isElsewhere).filter(({ outcome }) => outcome !== "holds");
    return [...new Set(verdicts.map(({ row }) => row))];
  };
  const again = grown();
  if (again.length > 0) {
    const more = await countRows(again, mostProcesses - 1, progress);
    counted = new Map([...counted].map(([row, processes]) => [row, [...processes, ...(more.get(row) ?? [])]]));
  }
  return decideCounts(counted, recording, isElsewhere);
}
