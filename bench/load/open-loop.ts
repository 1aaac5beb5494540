import type { Connections } from "./connections.ts";

export interface Offer {
  /** When each request is meant to leave, in ms from the start, ascending. */
  readonly dueMs: readonly number[];
  /** Until the last answer, from the start. */
  readonly patienceMs: number;
}

export interface Answers {
  /** One a request, from when it was meant to leave, however late it could. */
  readonly latencyMicros: Float64Array;
  /** How late each left though a connection was free: the error of the load itself. */
  readonly ownDelayMicros: Float64Array;
  /** From the start to the last answer. */
  readonly elapsedMs: number;
}

/** Arrivals that do not know of each other, at so many a second on average. */
export function arrivals(perSecond: number, durationMs: number, random: () => number): number[] {
  const due: number[] = [];
  const meanMs = 1000 / perSecond;
  for (let at = 0; ; due.push(at)) {
    at -= Math.log(1 - random()) * meanMs;
    if (at >= durationMs) return due;
  }
}

/**
 * Sends requests when they are due, whether or not earlier ones are answered.
 *
 * A server that stalls cannot slow the load down: what is due meanwhile is sent on the connections that are free, or waits for one, and its latency
 * counts from when it was due. Never sleeps, because a timer is a millisecond late.
 */
export async function offer(
  connections: Connections,
  requests: readonly string[],
  { dueMs, patienceMs }: Offer,
): Promise<Answers> {
  const latencyMicros = new Float64Array(dueMs.length);
  const ownDelayMicros = new Float64Array(dueMs.length);
  const startedAt = performance.now();
  const now = (): number => performance.now() - startedAt;
  let sent = 0;
  let answered = 0;
  let freeSince = 0;

  function send(): void {
    const i = sent++;
    const due = dueMs[i]!;
    connections.send(requests[i % requests.length]!, () => {
      const at = now();
      latencyMicros[i] = (at - due) * 1000;
      if (connections.free.length === 1) freeSince = at;
      answered++;
    });
    ownDelayMicros[i] = Math.max(0, now() - Math.max(due, freeSince)) * 1000;
  }

  const over = new Promise<void>((resolve, reject) => {
    function turn(): void {
      const at = now();
      while (sent < dueMs.length && dueMs[sent]! <= at && connections.free.length > 0) send();
      if (answered === dueMs.length) resolve();
      else if (at > patienceMs) reject(new Error(`${dueMs.length - answered} requests were not answered in time.`));
      else setImmediate(turn);
    }
    connections.failed.catch(reject);
    turn();
  });
  await over;
  return { latencyMicros, ownDelayMicros, elapsedMs: now() };
}
