import type { Settings } from "../../options/settle/settings.ts";
import type { BodyStore, StoreLoss } from "../../pipeline/fallback/body-store.ts";
import { ringStore } from "../../pipeline/fallback/fallback.part.ts";
import { fileSpool, type FileSpoolParts, type SpooledUnit } from "../optional/file-spool.part.ts";

/** Makes the store that takes over while no exporter of the signal does; undefined where none does. Each signal has one of its own. */
export function fallbackStore(unit: SpooledUnit, parts: FileSpoolParts): ((lost: StoreLoss) => BodyStore) | undefined {
  const { fallback, maxRingBytes } = parts.settings;
  if (fallback === "ring") return (lost) => ringStore({ maxBytes: maxRingBytes, lost });
  return fallback === "file" ? fileSpool(unit, parts) : undefined;
}

/** What becomes of a signal while its exporter is not asked. */
export function fallbackWords(unit: SpooledUnit, fallback: Settings["fallback"]): string {
  const waits = `${unit} wait in their queue, and what does not fit is dropped`;
  const places = {
    drop: waits,
    // A line was written where the logger writes, in any case.
    console: unit === "spans" ? "spans are printed" : waits,
    file: `${unit} go to the spool`,
    ring: `${unit} are kept in memory, the newest`,
  };
  return places[fallback];
}
