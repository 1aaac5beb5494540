// Runs every test, or the parts that are named: `pnpm test unit contract`.
import { buildStep, commandStep, finish, step, type Count } from "./step.ts";
import { runSuite } from "./suite.ts";

const suites = ["unit", "contract", "nest-11", "faults", "package", "interop"] as const;
const parts = ["build", "types", ...suites] as const;

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !parts.some((part) => part === name));
if (unknown !== undefined) {
  console.error(`Unknown part "${unknown}". Parts: ${parts.join(", ")}.`);
  process.exit(2);
}
const wanted = (part: string): boolean => asked.length === 0 || asked.includes(part);

const counts: Count[] = [];
// Every other part needs the build, so it always runs, and what it made before must not be tested in its place.
counts.push(buildStep());
if (counts[0]?.failed === 1) finish("test", counts);
if (wanted("types")) counts.push(commandStep("types", "tsc", "-p", "tsconfig.test.json"));
for (const suite of suites) if (wanted(suite)) counts.push(step(suite, () => runSuite(suite)));
finish("test", counts);
