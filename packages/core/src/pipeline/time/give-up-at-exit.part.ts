/** What the undocumented list of handles has, as far as it is looked at. */
interface Handle {
  readonly fd?: number;
  readonly connecting?: boolean;
}

const lookEveryMs = 250;
const lastStandardFd = 2;

/**
 * Gives up a connect once nothing but such keeps the process: an unreferenced socket does not, but the system's answer to its connect does, and where
 * packets are dropped that comes after two minutes. Answers what ends the watch.
 */
export function giveUpAtExit(giveUp: (why: string) => void): () => void {
  const timer = setInterval(() => {
    if (nothingElseIsLeft()) giveUp("no connection before the process ended");
  }, lookEveryMs).unref();
  return () => clearInterval(timer);
}

/** The standard streams are listed with what keeps the process, and do not. */
function nothingElseIsLeft(): boolean {
  const others = process.getActiveResourcesInfo().filter((kind) => !kind.endsWith("ConnectWrap"));
  if (others.length === 0) return true;
  if (others.some((kind) => kind !== "PipeWrap" && kind !== "TTYWrap")) return false;
  const { _getActiveHandles: handles } = process as { _getActiveHandles?: () => readonly Handle[] };
  if (handles === undefined) return false;
  return handles
    .call(process)
    .every(({ fd, connecting }) => connecting === true || (fd !== undefined && fd >= 0 && fd <= lastStandardFd));
}
