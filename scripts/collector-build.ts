// Builds the collector of deploy/collector/build where it is not built yet, and prints where the program is.
import { collectorProgram } from "./collector-program.ts";

try {
  console.log(await collectorProgram());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
