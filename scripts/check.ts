// Everything that can be said of the code without running it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pack, publishedPackages } from "./pack.ts";
import { buildStep, commandStep, finish, run, step, type Count } from "./step.ts";

// Of the bench's own tests those that need none of its peers: these are installed only where it runs.
const benchTests = [
  "bench/budgets/judge-budget.test.ts",
  "bench/cache/*.test.ts",
  "bench/guard/**/*.test.ts",
  "bench/harness/installed-size.test.ts",
  "bench/harness/subject-handle.test.ts",
  "bench/load/*.test.ts",
  "bench/parts/*.test.ts",
  "bench/report/*.test.ts",
  "bench/sink/{count-datadog,count-elastic,msgpack-reader,sink}.test.ts",
  "bench/statistics/*.test.ts",
];

// What is published is judged as it was built. `test` counts the build; here it only must not fail.
const build = buildStep();
const counts: Count[] = build.failed > 0 ? [build] : [];
counts.push(
  commandStep("format", "oxfmt", "--check"),
  commandStep("lint and import cycles", "oxlint"),
  commandStep("unused files, exports and dependencies", "knip"),
  commandStep("the bench's own tests", "node", "--test", "--test-timeout=60000", ...benchTests),
  commandStep("manifests", "sherif", "--fail-on-warnings"),
  commandStep("the docs' site", "pnpm", "-C", "docs", "run", "site"),
);

const tarballs = mkdtempSync(join(tmpdir(), "gossamer-pack-"));
try {
  for (const { name, folder } of publishedPackages()) {
    counts.push(
      step(`${name} as published`, () => {
        const tarball = pack(folder, tarballs);
        const manifest = run("publint", ["--strict", tarball]);
        const types = run("attw", [tarball]);
        return manifest && types ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
      }),
    );
  }
} finally {
  rmSync(tarballs, { recursive: true, force: true });
}
finish("check", counts);
