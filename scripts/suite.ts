import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { type Count, reports, root, run } from "./step.ts";

export interface SuiteOptions {
  /** The binary it runs on. @default the workspace's own */
  readonly node?: string;
  /** After how long it is ended, as failed. @default never */
  readonly timeoutMs?: number;
}

const maxWhy = 600;

const vitest = join(root, "node_modules/vitest/vitest.mjs");

/** Runs the tests of some projects of vitest, beside each other, and counts them. */
export function runSuites(suites: readonly string[], { node = "node", timeoutMs }: SuiteOptions = {}): Count {
  const report = join(reports, `vitest-${suites.join("-")}.json`);
  mkdirSync(reports, { recursive: true });
  rmSync(report, { force: true });
  const output = ["--reporter", "default", "--reporter", "json", "--outputFile.json", report];
  const projects = suites.flatMap((suite) => ["--project", suite]);
  // Tests start hundreds of processes, most of them from the same modules: each is compiled, and stripped of its types, once.
  const compiled = mkdtempSync(join(tmpdir(), "gossamer-compiled-"));
  const ended = run(node, [vitest, "run", ...projects, ...output], {
    timeoutMs,
    env: { NODE_COMPILE_CACHE: compiled },
  });
  rmSync(compiled, { recursive: true, force: true });
  const count = readReport(report);
  // A file that could not be loaded and an error outside of any test fail the run without a failed test.
  if (count.failed === 0 && (!ended || count.passed === 0))
    return { ...count, failed: 1, failures: [ended ? "nothing ran" : "an error outside of any test"] };
  return count;
}

/** What vitest's JSON report says; one failure when there is none. */
function readReport(path: string): Count {
  try {
    const report = JSON.parse(readFileSync(path, "utf8")) as VitestReport;
    const emptyFiles = report.testResults.filter(
      (file) => file.status === "failed" && !file.assertionResults.some(isFailed),
    );
    const failures = report.testResults.flatMap((file) =>
      file.assertionResults
        .filter(isFailed)
        .map((test) => `${relative(root, file.name)} › ${test.fullName}${whyOf(test.failureMessages)}`),
    );
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + emptyFiles.length,
      failures: [...failures, ...emptyFiles.map((file) => relative(root, file.name))],
    };
  } catch (error) {
    console.error(`No report of the run: ${String(error)}`);
    return { passed: 0, failed: 1 };
  }
}

/** What a test said as it failed, on one line: of a long run the end is what is kept. */
function whyOf([message = ""]: readonly string[]): string {
  const [words = ""] = stripVTControlCharacters(message).split(/\n\s+at /, 1);
  const line = words.replaceAll(/\s+/g, " ").trim();
  return line === "" ? "" : `: ${line.slice(0, maxWhy)}`;
}

function isFailed(test: { status: string }): boolean {
  return test.status === "failed";
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}
