import { join } from "node:path";
import { goProgram } from "../../../scripts/go-program.ts";

const version = "v1.76.0";
const program = "github.com/jaegertracing/jaeger/cmd/jaeger";

/**
 * The path of Jaeger's own program, built from its published module by Go where this user has none yet: some minutes, once.
 *
 * Rejects where Go is missing or cannot build it, and says what to do.
 */
export async function jaegerProgram(): Promise<string> {
  return goProgram(join("jaeger", `jaeger-${version}`), async (go) => {
    await go("mod", "init", "jaeger-build");
    await go("get", "-tool", `${program}@${version}`);
    await go("build", "-o", "program", program);
  });
}
