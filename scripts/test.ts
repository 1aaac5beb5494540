// Runs every test, or the parts that are named: `pnpm test unit contract`.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildStep, commandStep, finish, reports, run, step, type Count } from "./step.ts";

const suites = ["unit", "contract", "package", "interop"] as const;
type Suite = (typeof suites)[number];
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

function runSuite(suite: Suite): Count {
  const report = join(reports, `vitest-${suite}.json`);
  mkdirSync(reports, { recursive: true });
  rmSync(report, { force: true });
  const ended = run("vitest", [
    "run",
    "--project",
    suite,
    "--reporter",
    "default",
    "--reporter",
    "json",
    "--outputFile.json",
    report,
  ]);
  const count = readReport(report);
  // A file that could not be loaded and an error outside of any test fail the run without a failed test.
  if (!ended && count.failed === 0) count.failed = 1;
  if (count.passed === 0 && count.failed === 0) count.failed = 1;
  return count;
}

/** What vitest's JSON report says; one failure when there is none. */
function readReport(path: string): Count {
  try {
    const report = JSON.parse(readFileSync(path, "utf8")) as VitestReport;
    const emptyFiles = report.testResults.filter(
      (file) => file.status === "failed" && !file.assertionResults.some(isFailed),
    );
    return { passed: report.numPassedTests, failed: report.numFailedTests + emptyFiles.length };
  } catch (error) {
    console.error(`No report of the run: ${String(error)}`);
    return { passed: 0, failed: 1 };
  }
}

function isFailed(test: { status: string }): boolean {
  return test.status === "failed";
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}
