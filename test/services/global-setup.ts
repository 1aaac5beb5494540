import { collectorProgram } from "../../scripts/collector-program.ts";
import { jaegerProgram } from "./jaeger/jaeger-program.ts";

/**
 * Builds what Go builds, one after the other and before any test: a compiler beside them takes the cores that tests with deadlines need. What cannot
 * be built is said by the tests that need it.
 */
export default async function setup(): Promise<void> {
  for (const program of [collectorProgram, jaegerProgram]) {
    try {
      await program();
    } catch {
      // Asked for again there.
    }
  }
}
