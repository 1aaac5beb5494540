/**
 * The young generation at one size from the start, for every contestant.
 *
 * Left to itself V8 makes it larger where more objects survive, and whoever keeps more then has fewer collections and looks faster.
 */
export const fixedNursery: readonly string[] = ["--min-semi-space-size=16", "--max-semi-space-size=16"];

/**
 * For a process that waits for its turn, a few seconds each time. V8 takes a pause like that for idleness and has all garbage collected:
 * 30 to 75 ms, which then fall into the next slice of whoever they hit. A busy service has no such pauses.
 */
export const takesTurns: readonly string[] = ["--no-memory-reducer"];
