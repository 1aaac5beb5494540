import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";

const packages = join(import.meta.dirname, "../packages");
const requireHere = createRequire(import.meta.url);
const published = [
  "core",
  "express",
  "fastify",
  "nestjs",
  "pino",
  "config",
  "testing",
  "measure",
  "operations",
  "profile",
  "devpage",
];

type Files = Readonly<Record<string, string>>;

interface Manifest {
  readonly exports: Readonly<Record<string, { readonly import: Files; readonly require: Files } | string>>;
}

/** What each package publishes: the name of an entry and the files behind it, by condition. */
const entries = published.flatMap((name) => {
  const { exports } = JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8")) as Manifest;
  return Object.entries(exports).flatMap(([path, target]) =>
    typeof target === "string"
      ? []
      : [{ name: `@gossamer/${name}${path.slice(1)}`, folder: join(packages, name), target }],
  );
});

function load(folder: string, file: string | undefined): Promise<Record<string, unknown>> {
  return import(/* @vite-ignore */ pathToFileURL(join(folder, String(file))).href) as Promise<Record<string, unknown>>;
}

test.each(entries)(
  "$name exports what it exported before, or the change is meant (R-A5)",
  async ({ folder, target }) => {
    expect(Object.keys(await load(folder, target.import["default"])).toSorted()).toMatchSnapshot();
  },
);

test.each(entries)("$name has for `require` what it has for `import` (R-A8)", async ({ folder, target }) => {
  const imported = await load(folder, target.import["default"]);
  const required = requireHere(join(folder, String(target.require["default"]))) as Record<string, unknown>;
  expect(Object.keys(required).toSorted()).toEqual(Object.keys(imported).toSorted());
});

test.each(entries)("$name names files that are there, types among them (R-A5)", ({ folder, target }) => {
  for (const files of [target.import, target.require]) {
    expect(Object.keys(files)[0]).toBe("types");
    expect(Object.values(files).filter((file) => !existsSync(join(folder, file)))).toEqual([]);
  }
});

describe("core's entries", () => {
  const core = entries.filter(({ name }) => name.startsWith("@gossamer/core"));

  test.each(["default", "module"])("are one code, whichever of them a process loads: %s (R-A8)", async (condition) => {
    const [whole, ...parts] = await Promise.all(
      core
        .toSorted((a, b) => Number(b.name.endsWith("/adapter")) - Number(a.name.endsWith("/adapter")))
        .map(({ folder, target }) => load(folder, target.import[condition])),
    );
    expect(parts).toHaveLength(core.length - 1);
    for (const part of parts) {
      expect(Object.keys(part).length).toBeGreaterThan(0);
      for (const [name, value] of Object.entries(part)) expect(value, name).toBe(whole?.[name]);
    }
  });
});

/** In KiB, a little above what they have. Whoever raises one says why in the commit. */
const maxKib: Readonly<Record<string, number>> = {
  "core/dist/bundle/adapter.cjs": 504,
  "core/dist/bundle/parts/before-production.cjs": 11,
  "core/dist/bundle/parts/central.cjs": 18,
  "core/dist/bundle/parts/cluster-prometheus.cjs": 9,
  "core/dist/bundle/parts/compile-rules.cjs": 14,
  "core/dist/bundle/parts/config-file.cjs": 27,
  "core/dist/bundle/parts/explain.cjs": 6,
  "core/dist/bundle/parts/exporter-sender.cjs": 11,
  "core/dist/bundle/parts/fallback.cjs": 6,
  "core/dist/bundle/parts/file-spool.cjs": 18,
  "core/dist/bundle/parts/give-up-at-exit.cjs": 2,
  "core/dist/bundle/parts/grpc-sender.cjs": 12,
  "core/dist/bundle/parts/holding-back.cjs": 6,
  "core/dist/bundle/parts/instrumentation-options.cjs": 2,
  "core/dist/bundle/parts/log-records.cjs": 16,
  "core/dist/bundle/parts/meters.cjs": 30,
  "core/dist/bundle/parts/operations.cjs": 4,
  "core/dist/bundle/parts/process-metrics.cjs": 9,
  "core/dist/bundle/parts/prometheus-handler.cjs": 13,
  "core/dist/bundle/parts/rare-samplers.cjs": 6,
  "core/dist/bundle/parts/sampling-file.cjs": 4,
  "core/dist/bundle/parts/self-tuning.cjs": 20,
  "core/dist/bundle/parts/settings-report.cjs": 4,
  "core/dist/bundle/parts/span-plugins.cjs": 10,
  "core/dist/bundle/parts/statsd-export.cjs": 13,
  "core/dist/bundle/parts/tickets.cjs": 8,
  "core/dist/bundle/parts/variables.cjs": 18,
  "core/dist/bundle/parts/watching.cjs": 4,
  // All of it: a bundler takes what is used, and whoever runs it reads that at once.
  "core/dist/for-bundlers/adapter.js": 722,
  "express/dist/bundle.cjs": 22,
  "fastify/dist/bundle.cjs": 11,
  "nestjs/dist/bundle.cjs": 17,
  "pino/dist/bundle.cjs": 48,
  "config/dist/bundle.cjs": 3,
  // What a browser loads once.
  "devpage/dist/page/app.js": 150,
  "devpage/dist/page/app.css": 20,
};

test.each(Object.entries(maxKib))("%s is at most %d KiB (R-A8)", (file, limit) => {
  expect(statSync(join(packages, file)).size / 1_024).toBeLessThanOrEqual(limit);
});

test("every part of core has a limit, and none is left of one that is gone (R-A8)", () => {
  const limited = Object.keys(maxKib).filter((file) => file.includes("/parts/"));
  const parts = readdirSync(join(packages, "core/dist/bundle/parts")).map((file) => `core/dist/bundle/parts/${file}`);
  expect(limited).toEqual(parts);
});

test.each(["express", "fastify", "nestjs"])(
  "who installed @gossamer/%s alone has the samplers, the errors and the engine from it (R-A7)",
  async (name) => {
    const adapter = await load(join(packages, name), "dist/bundle.js");
    const samplers = await load(join(packages, "core"), "dist/bundle/samplers.js");
    const root = await load(join(packages, "core"), "dist/bundle/index.js");
    for (const [word, value] of Object.entries(samplers)) expect(adapter[word], word).toBe(value);
    for (const word of ["createTelemetry", "OptionError", "resetTelemetry"])
      expect(adapter[word], word).toBe(root[word]);
    expect(typeof (adapter["telemetry"] as Record<string, unknown>)["status"]).toBe("function");
  },
);
