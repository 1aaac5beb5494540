import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface CollectorProcess {
  readonly url: string;
  stop(): void;
}

/** Starts a collector with one of the behaviours of behaving-collector.mjs; `absent` is a port where nothing listens. */
export async function startCollectorProcess(behaviour: string): Promise<CollectorProcess> {
  const absent = behaviour === "absent";
  const child = fork(join(import.meta.dirname, "behaving-collector.mjs"), [absent ? "accepts" : behaviour]);
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  const stop = (): void => void child.kill("SIGKILL");
  if (absent) {
    stop();
    await once(child, "close");
  }
  return { url: `http://127.0.0.1:${port}`, stop };
}
