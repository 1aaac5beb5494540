/**
 * Flags of Node for a process that waits for its turn, a few seconds each time. V8 takes a pause like that for idleness and has all garbage collected:
 * 30 to 75 ms, which then fall into the next slice of whoever they hit. A busy service has no such pauses.
 */
export const takesTurns: readonly string[] = ["--no-memory-reducer"];
