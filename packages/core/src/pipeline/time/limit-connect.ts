import { startTimer } from "./timers.ts";
import { giveUpAtExit } from "./give-up-at-exit.part.ts";

/** A collector that is there has answered by then. */
const watchedAfterMs = 250;

/** Gives up a connect after so long, or as nothing else keeps the process any more. Answers what ends the watch. */
export function limitConnect(connectMs: number, giveUp: (why: string) => void): () => void {
  const stopTimer = startTimer(connectMs, () => giveUp(`no connection within ${connectMs} ms`));
  let stop = startTimer(watchedAfterMs, () => {
    try {
      stop = giveUpAtExit(giveUp);
    } catch {
      // Its file is missing: the connect has its other limit.
    }
  });
  return () => {
    stopTimer();
    stop();
  };
}
