// Runs every test, or the parts that are named: `pnpm test unit contract`. Those of `services` and `browser` need software beside Node, so they run when they are named.
import { buildStep, commandStep, finish, step, type Count } from "./step.ts";
import { runSuites } from "./suite.ts";

const suites = ["pure", "unit", "process", "contract", "nest-11", "faults", "package", "interop"] as const;
const onRequest = ["services", "browser"] as const;
const parts = ["build", "types", ...suites, ...onRequest] as const;

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
// All in one run, so that no core waits for the last file of a suite.
const wantedSuites = [...suites.filter(wanted), ...onRequest.filter((part) => asked.includes(part))];
if (wantedSuites.length > 0) counts.push(step(wantedSuites.join(", "), () => runSuites(wantedSuites)));
finish("test", counts);
