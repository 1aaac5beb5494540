/**
 * Starts a one-shot timer and returns the function that stops it.
 *
 * Only a timer with `holdsProcess` keeps the process alive; the pipeline uses one while a caller waits for a flush, and none else.
 */
export type StartTimer = (afterMs: number, run: () => void, holdsProcess?: boolean) => () => void;

// Node takes a longer delay for 1 ms.
const longestMs = 2_147_483_647;

export const startTimer: StartTimer = (afterMs, run, holdsProcess = false) => {
  const timer = setTimeout(run, Math.min(longestMs, Math.max(0, Math.ceil(afterMs))));
  if (!holdsProcess) timer.unref();
  return () => clearTimeout(timer);
};

/** How long the last try may take at a collector that was tried before and never answered. */
export const lastTryMs = 500;
