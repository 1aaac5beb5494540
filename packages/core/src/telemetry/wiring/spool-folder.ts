import { builtin } from "../../model/builtin.ts";
import type { Resource } from "../../model/resource.ts";
import type { SpoolFolderSettings } from "../../pipeline/fallback/spool-folder.ts";

/** Where a service's spool is when nobody says: a folder of its own in one of this user's, where the system keeps what is temporary. */
export function spoolFolder({ attributes }: Resource): SpoolFolderSettings {
  const { join } = builtin("node:path");
  const user = process.getuid?.();
  const parent = join(builtin("node:os").tmpdir(), user === undefined ? "gossamer-spool" : `gossamer-spool-${user}`);
  const name = attributes["service.name"];
  const plain = typeof name === "string" ? name.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 64) : "";
  return { parent, directory: join(parent, plain === "" ? "unknown" : plain) };
}
