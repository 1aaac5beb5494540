import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const processTests = "**/*.process.test.ts";

/** The rooms whose tests open nothing and leave nothing behind. */
const pureRooms = [
  "packages/core/src/{exchange,governor,health,limits,logging,metrics,model,options,otlp,sampling,tally,tracing}/**/*.test.ts",
  "packages/measure/src/{rounds,statistics}/**/*.test.ts",
];

const shared = {
  // More than there are cores: half of what the suites take is waiting for sockets, deadlines and other processes.
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
  // As long as a busy machine needs; it ends as soon as what is expected is there. So do the tests: their time is for those that hang.
  expect: { poll: { timeout: 20_000 } },
  // The packages of this workspace are loaded by Node itself from their built `dist`, as users get them; only what a test imports by a
  // relative path is transformed from `src`.
  server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
};

export default defineConfig({
  test: {
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      exclude: ["**/*.test.ts", "packages/testing/**"],
      reporter: ["text-summary", "html"],
    },
    projects: [
      {
        test: {
          ...shared,
          name: "pure",
          include: pureRooms,
          exclude: [processTests],
          // Files share their workers' modules: loading them anew for each took longer than the tests.
          isolate: false,
          testTimeout: 120_000,
        },
      },
      {
        test: {
          ...shared,
          name: "unit",
          include: [
            "packages/*/src/**/*.test.ts",
            "packages/devpage/page/**/*.test.ts",
            "examples/*/src/**/*.test.ts",
            "test/*.test.ts",
            "test/otel-sampler/**/*.test.ts",
          ],
          exclude: [...pureRooms, processTests, "**/node_modules/**"],
          isolate: false,
          setupFiles: ["test/setup/leave-no-engine.ts"],
          testTimeout: 180_000,
        },
      },
      {
        test: {
          ...shared,
          name: "process",
          include: ["packages/*/src/**/*.process.test.ts", "test/*.process.test.ts"],
          testTimeout: 180_000,
        },
      },
      {
        test: {
          ...shared,
          name: "contract",
          include: ["test/contract/**/*.test.ts"],
          // Whatever waits in a case has a deadline of its own. Ten thousand requests take a busy machine minutes, and are answered all the while.
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...shared,
          name: "faults",
          include: ["test/faults/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...shared,
          // What stands beside a service in production, as it is installed on the machine. A part by itself: `pnpm test services`.
          name: "services",
          include: ["test/services/**/*.test.ts"],
          globalSetup: ["test/services/global-setup.ts", "test/interop/global-setup.ts"],
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...shared,
          // The dev page as a developer has it, in Debian's Chromium. A part by itself: `pnpm test browser`. One browser at a time, in one worker.
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...shared,
          name: "interop",
          include: ["test/interop/**/*.test.ts"],
          globalSetup: ["test/interop/global-setup.ts"],
          // What is tested runs in processes of its own.
          isolate: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          ...shared,
          name: "nest-11",
          include: ["test/nest-11/**/*.test.ts"],
          globalSetup: ["test/nest-11/global-setup.ts"],
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          ...shared,
          name: "package",
          include: ["test/package/**/*.test.ts"],
          globalSetup: ["test/package/global-setup.ts"],
          // What is tested runs in processes of its own.
          isolate: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
