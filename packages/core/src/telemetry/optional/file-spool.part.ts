import { builtin } from "../../model/builtin.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import type { Resource } from "../../model/resource.ts";
import type { Settings } from "../../options/settle/settings.ts";
import type { BodyStore, StoreLoss } from "../../pipeline/fallback/body-store.ts";
import { FileSpool } from "../../pipeline/fallback/file-spool.ts";
import type { SpoolFolderSettings } from "../../pipeline/fallback/spool-folder.ts";
import { thisOwner } from "../../pipeline/fallback/spool-owner.ts";

export interface FileSpoolParts {
  readonly settings: Settings;
  readonly resource: Resource;
  readonly diagnostics: Diagnostics;
}

/** What is in one spool. */
export type SpooledUnit = "spans" | "log records";

/** Makes the spool of a signal. */
export function fileSpool(
  unit: SpooledUnit,
  { settings, resource, diagnostics }: FileSpoolParts,
): (lost: StoreLoss) => BodyStore {
  const { spool, clock } = settings;
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

/**
 * Where a service's spool is. When nobody says: a folder of its own in one of this user's, where the system keeps what is temporary. That of log
 * records is beside it, in a given folder below it: what is in one is sent as one signal.
 */
function spoolFolder(unit: SpooledUnit, given: string | undefined, { attributes }: Resource): SpoolFolderSettings {
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
