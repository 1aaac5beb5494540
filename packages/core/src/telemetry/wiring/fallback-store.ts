import { builtin } from "../../model/builtin.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import type { Resource } from "../../model/resource.ts";
import type { Settings } from "../../options/settle/settings.ts";
import type { BodyStore, StoreLoss } from "../../pipeline/fallback/body-store.ts";
import { FileSpool } from "../../pipeline/fallback/file-spool.ts";
import { RingStore } from "../../pipeline/fallback/ring-store.ts";
import type { SpoolFolderSettings } from "../../pipeline/fallback/spool-folder.ts";
import { thisOwner } from "../../pipeline/fallback/spool-owner.ts";

export interface FallbackStoreParts {
  readonly settings: Settings;
  readonly resource: Resource;
  readonly diagnostics: Diagnostics;
}

type Unit = "spans" | "log records";

/** Makes the store that takes over while no exporter of the signal does; undefined where none does. Each signal has one of its own. */
export function fallbackStore(
  unit: Unit,
  { settings, resource, diagnostics }: FallbackStoreParts,
): ((lost: StoreLoss) => BodyStore) | undefined {
  const { fallback, maxRingBytes, spool, clock } = settings;
  if (fallback === "ring") return (lost) => new RingStore({ maxBytes: maxRingBytes, lost });
  if (fallback !== "file") return undefined;
  return (lost) =>
    new FileSpool({
      ...spoolFolder(unit, spool.directory, resource),
      maxBytes: spool.maxBytes,
      maxAgeMs: spool.maxAgeMs,
      owner: thisOwner(),
      epochMs: () => clock.epochMs(clock.now()),
      lost,
      diagnostics,
    });
}

/** What becomes of a signal while its exporter is not asked. */
export function fallbackWords(unit: Unit, fallback: Settings["fallback"]): string {
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

/**
 * Where a service's spool is. When nobody says: a folder of its own in one of this user's, where the system keeps what is temporary. That of log
 * records is beside it, in a given folder below it: what is in one is sent as one signal.
 */
function spoolFolder(unit: Unit, given: string | undefined, { attributes }: Resource): SpoolFolderSettings {
  const { join } = builtin("node:path");
  const isSpans = unit === "spans";
  if (given !== undefined) return { directory: isSpans ? given : join(given, "logs") };
  const user = process.getuid?.();
  const parent = join(builtin("node:os").tmpdir(), user === undefined ? "gossamer-spool" : `gossamer-spool-${user}`);
  const name = attributes["service.name"];
  const plain = typeof name === "string" ? name.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 64) : "";
  const service = plain === "" ? "unknown" : plain;
  return { parent, directory: join(parent, isSpans ? service : `${service}.logs`) };
}
