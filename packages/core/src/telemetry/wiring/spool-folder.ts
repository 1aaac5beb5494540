import { builtin } from "../../model/builtin.ts";
import type { Resource } from "../../model/resource.ts";

/** Where a service's spool is when nobody says: a folder of its own where the system keeps what is temporary. */
export function spoolDirectory({ attributes }: Resource): string {
  const name = attributes["service.name"];
  const plain = typeof name === "string" ? name.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 64) : "";
  return builtin("node:path").join(builtin("node:os").tmpdir(), "gossamer-spool", plain === "" ? "unknown" : plain);
}
