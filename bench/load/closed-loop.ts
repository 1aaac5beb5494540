import type { Connections } from "./connections.ts";

export interface Saturation {
  readonly answered: number;
  /** From the first request to the last answer. */
  readonly elapsedMs: number;
  /** What the load itself took of one core. Near 1 it was the load that could not do more. */
  readonly loadShare: number;
}

/** As many requests as the server can answer: every connection sends its next one when it is answered, until the time is over or all were sent. */
export async function saturate(
  connections: Connections,
  requests: readonly string[],
  durationMs: number,
  times: number = Number.POSITIVE_INFINITY,
): Promise<Saturation> {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const until = startedAt + durationMs;
  let sent = 0;
  let answered = 0;
  const over = new Promise<void>((resolve) => {
    const next = (): void => connections.send(requests[sent++ % requests.length]!, onAnswer);
    const onAnswer = (): void => {
      answered++;
      if (sent < times && performance.now() < until) next();
      else if (answered === sent) resolve();
    };
    for (let i = 0; i < Math.min(connections.size, times); i++) next();
  });
  await Promise.race([over, connections.failed]);
  const elapsedMs = performance.now() - startedAt;
  const cpu = process.cpuUsage(cpuBefore);
  return { answered, elapsedMs, loadShare: (cpu.user + cpu.system) / 1000 / elapsedMs };
}
