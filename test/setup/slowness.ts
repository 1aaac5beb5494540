/** What {@link slowness} works takes about so long where nobody else works. */
const usualMs = 100;

/** How many times longer than usual work takes on this machine just now, 1 at the least: by as much a bound on what other processes do at once grows. */
export function slowness(): number {
  const beganMs = performance.now();
  let state = 1;
  for (let i = 0; i < 40_000_000; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
  // Used, or nobody would have to work it out.
  return state === 0 ? 1 : Math.max(1, (performance.now() - beganMs) / usualMs);
}
