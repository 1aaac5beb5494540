import type { MetricsReader } from "../../metrics/readers/metrics-reader.ts";
import { builtin } from "../../model/builtin.ts";
import { isCollectMessage, type MetricsMessage } from "./cluster-messages.ts";

/** In a worker of `node:cluster`: tells the primary the metrics whenever it asks. Answers what ends it. Elsewhere nothing happens. */
export function answerPrimary(
  openReader: () => Pick<MetricsReader, "prepare" | "collect">,
  failed: () => void,
): () => void {
  // Only what has a channel can be a worker; the module is not loaded for others.
  if (process.send === undefined || !builtin("node:cluster").isWorker) return () => {};
  let reader: ReturnType<typeof openReader> | undefined;
  const answer = async (round: number): Promise<void> => {
    try {
      // Not before somebody asks: who reads cumulative numbers keeps series that are idle.
      reader ??= openReader();
      await reader.prepare();
      const message: MetricsMessage = { type: "gossamer:metrics", round, snapshot: reader.collect() };
      // The primary may be gone by now; then nobody misses the answer.
      if (process.connected) process.send?.(message, undefined, undefined, () => {});
    } catch {
      failed();
    }
  };
  const listener = (message: unknown): void => {
    if (isCollectMessage(message)) void answer(message.round);
  };
  process.on("message", listener);
  return () => void process.off("message", listener);
}
