import type { Connections } from "./connections.ts";

export interface Saturation {
  readonly answered: number;
  /** From the first request to the last answer. */
  readonly elapsedMs: number;
  /** The share of that which went into turns of the event loop that took an answer. Near 1 it was the load that could not do more. */
  readonly loadShare: number;
}

/**
 * As many requests as the server can answer, until the time is over.
 *
 * Never sleeps. A load that waits in the kernel has to be woken by the next answer, on another core, and the server pays for that interrupt: the slower
 * it is, the more often the load has nothing to do, so that each microsecond more would be shown as several. The process takes all of its core for
 * it, and so its CPU time does not tell how much it had to do: what its turns took in which an answer came does.
 */
export async function saturate(
  connections: Connections,
  requests: readonly string[],
  durationMs: number,
): Promise<Saturation> {
  const loop = new ClosedLoop(connections, requests);
  const startedAt = performance.now();
  const until = startedAt + durationMs;
  let turnedAt = startedAt;
  let answeredBefore = 0;
  let busyMs = 0;
  function endTurn(): void {
    const at = performance.now();
    if (loop.answered > answeredBefore) busyMs += at - turnedAt;
    answeredBefore = loop.answered;
    turnedAt = at;
  }
  let awake = setImmediate(function turn() {
    endTurn();
    awake = setImmediate(turn);
  });
  try {
    await loop.run(() => performance.now() < until);
  } finally {
    clearImmediate(awake);
  }
  endTurn();
  const elapsedMs = turnedAt - startedAt;
  return { answered: loop.answered, elapsedMs, loadShare: busyMs / elapsedMs };
}

/** That many requests, as fast as the server can answer. It sleeps while it waits, and is for servers whose time nobody measures. Answers how many were answered. */
export async function serve(connections: Connections, requests: readonly string[], times: number): Promise<number> {
  const loop = new ClosedLoop(connections, requests);
  await loop.run((sent) => sent < times);
  return loop.answered;
}

/** Requests of which every connection sends its next one when it is answered. */
class ClosedLoop {
  answered = 0;
  #sent = 0;
  readonly #connections: Connections;
  readonly #requests: readonly string[];

  constructor(connections: Connections, requests: readonly string[]) {
    this.#connections = connections;
    this.#requests = requests;
  }

  /** Sends for as long as `goesOn` says so. Resolves when all that was sent is answered. */
  async run(goesOn: (sent: number) => boolean): Promise<void> {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const next = (): void =>
      this.#connections.send(this.#requests[this.#sent++ % this.#requests.length]!, () => {
        this.answered++;
        if (goesOn(this.#sent)) next();
        else if (this.answered === this.#sent) resolve();
      });
    for (let i = 0; i < this.#connections.size && goesOn(this.#sent); i++) next();
    if (this.#sent === 0) resolve();
    await Promise.race([over, this.#connections.failed]);
  }
}
