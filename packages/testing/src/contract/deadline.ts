import { setTimeout as sleep } from "node:timers/promises";

/** What is waited for, or an error that says what did not come. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  const timer = new AbortController();
  try {
    return await Promise.race([
      promise,
      sleep(ms, undefined, { signal: timer.signal }).then(() => {
        throw new Error(`Waited ${ms} ms in vain for ${what}.`);
      }),
    ]);
  } finally {
    timer.abort();
  }
}
