/** The contestants of the guard. */
export type GuardName = "bare" | "bare-again" | "floors" | RowName;

/** Those that are guarded. */
export type RowName = "gossamer-0" | "gossamer-1" | "gossamer-100";

export const sampleRatios: ReadonlyMap<string, number> = new Map<RowName, number>([
  ["gossamer-0", 0],
  ["gossamer-1", 0.01],
  ["gossamer-100", 1],
]);

export const rowNames: readonly RowName[] = ["gossamer-0", "gossamer-1", "gossamer-100"];

export const guardNames: readonly GuardName[] = [
  "bare",
  "floors",
  "gossamer-0",
  "bare-again",
  "gossamer-1",
  "gossamer-100",
];

/** One floor is about what two processes of one service differ by. Four of them in one request are measured as exactly, and then divided. */
export const floorsARequest = 4;

/** The module of that contestant. `plantMicros` of work are added to each of its requests if it is one of those that are guarded. */
export function guardSubjectUrl(name: GuardName, plantMicros: number): URL {
  const url = new URL("guard-subject.ts", import.meta.url);
  url.searchParams.set("name", name);
  if (sampleRatios.has(name)) url.searchParams.set("plantMicros", String(plantMicros));
  return url;
}
