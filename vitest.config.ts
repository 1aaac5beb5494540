import { defineConfig } from "vitest/config";

// The packages of this workspace are loaded by Node itself from their built `dist`, as users get them; only what a test imports by a
// relative path is transformed from `src`.
const builtPackages = { deps: { external: [/\/packages\/[^/]+\/dist\//] } };

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
          name: "unit",
          testTimeout: 20_000,
          include: [
            "packages/*/src/**/*.test.ts",
            "examples/*/src/**/*.test.ts",
            "test/*.test.ts",
            "test/otel-sampler/**/*.test.ts",
          ],
          server: builtPackages,
        },
      },
      {
        test: {
          name: "contract",
          include: ["test/contract/**/*.test.ts"],
          server: builtPackages,
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        test: {
          name: "faults",
          include: ["test/faults/**/*.test.ts"],
          server: builtPackages,
          testTimeout: 30_000,
          hookTimeout: 20_000,
        },
      },
      {
        test: {
          name: "interop",
          include: ["test/interop/**/*.test.ts"],
          globalSetup: ["test/interop/global-setup.ts"],
          server: builtPackages,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "nest-11",
          include: ["test/nest-11/**/*.test.ts"],
          globalSetup: ["test/nest-11/global-setup.ts"],
          server: builtPackages,
          testTimeout: 20_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "package",
          include: ["test/package/**/*.test.ts"],
          globalSetup: ["test/package/global-setup.ts"],
          server: builtPackages,
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
