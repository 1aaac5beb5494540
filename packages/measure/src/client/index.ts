export { answersOf, clientOf, drive, type InProcessRequest } from "./in-process-client.ts";
export { type BeginWork, inTurns, timeEach, type TurnsPlan } from "./in-turns.ts";
export { collectAll, settleHeap } from "./settle-heap.ts";
