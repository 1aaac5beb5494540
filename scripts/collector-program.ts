import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { goProgram } from "./go-program.ts";
import { root } from "./step.ts";

/** The sources of the collector. */
const sources = join(root, "deploy/collector/build");

/**
 * The path of the OpenTelemetry Collector of `deploy/collector/build`, built where this user has none of just these sources yet.
 *
 * Rejects where Go is missing or cannot build it, and says what to do.
 */
export async function collectorProgram(): Promise<string> {
  return goProgram(join("collector", `collector-${contentHash()}`), async (go, folder) => {
    cpSync(sources, folder, { recursive: true });
    // As go.mod and go.sum have it: nothing is looked for that is not in them.
    await go("build", "-mod=readonly", "-trimpath", "-ldflags=-s -w", "-o", "program", ".");
  });
}

function contentHash(): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(sources).toSorted()) {
    hash.update(`${name}\n`).update(readFileSync(join(sources, name)));
  }
  return hash.digest("hex").slice(0, 12);
}
