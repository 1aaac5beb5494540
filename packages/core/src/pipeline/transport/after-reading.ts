/**
 * Runs a step when what has arrived on sockets until now has been read.
 *
 * An event loop that stood still runs its timers before it reads: a deadline that passed meanwhile may have its answer waiting.
 */
export function afterReading(step: () => void): void {
  // The first turn may only begin to read: a kept-alive socket, TLS and HTTP/2 hand on what they read a turn later.
  setImmediate(() => setImmediate(step));
}
