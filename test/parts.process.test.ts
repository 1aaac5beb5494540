import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";

const bundle = join(import.meta.dirname, "../packages/core/dist/bundle");
const all = readdirSync(join(bundle, "parts")).map((file) => file.replace(/\.cjs$/, ""));
const home = mkdtempSync(join(tmpdir(), "gossamer-parts-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const run = promisify(execFile);
/** Of this process only where programs are, and what Node has compiled before. */
const { PATH, NODE_COMPILE_CACHE } = process.env;
const env = { PATH, NODE_COMPILE_CACHE };

/** Somebody who takes no connection, and what a service sends there for half a second. */
const listener = spawn(process.execPath, [join(import.meta.dirname, "fixtures/silent-listener.mjs")], {
  stdio: ["ignore", "ignore", "pipe"],
});
afterAll(() => listener.kill("SIGKILL"));
const [port] = (await once(createInterface({ input: listener.stderr }), "line")) as [string];
const silent = `
  const engine = core.createTelemetry({ ...quiet, exporter: "otlp", otlp: { endpoint: "http://127.0.0.1:${port.slice("port ".length)}" } });
  engine.tracer.startSpan("a").end();
  void engine.flush();
  await new Promise((resolve) => setTimeout(resolve, 500));
`;

interface Said {
  readonly loaded: readonly string[];
  readonly code?: string;
  readonly message?: string;
  readonly said?: Readonly<Record<string, readonly unknown[]>>;
}

/** What a service says at its start, which ends with the names of the parts that it has loaded, or with the error that it was stopped by. */
async function start(code: string, from = bundle): Promise<Said> {
  const program = `
    import { createRequire } from "node:module";
    import { basename } from "node:path";
    import * as core from ${JSON.stringify(join(from, "adapter.js"))};
    const quiet = { exporter: "none", serviceName: "parts", diagnostics: "none", shutdown: { signals: false } };
    let said = {};
    try {
      await (async () => { ${code} })();
    } catch (error) {
      said = { code: error.code, message: error.message };
    }
    const files = Object.keys(createRequire(import.meta.url).cache).filter((file) => /[/\\\\]parts[/\\\\][^/\\\\]+\\.cjs$/.test(file));
    console.log("\\n" + JSON.stringify({ ...said, loaded: files.map((file) => basename(file, ".cjs")).sort() }));
    await core.resetTelemetry();
    process.exit();
  `;
  const file = join(mkdtempSync(join(home, "run-")), "service.mjs");
  writeFileSync(file, program);
  const { stdout } = await run(process.execPath, [file], { env });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Said;
}

/** What a service asks for, and the part that it gets for it. */
const asked: Readonly<Record<string, string>> = {
  "before-production": "core.createTelemetry(quiet).check();",
  central: 'core.createTelemetry({ ...quiet, remoteSampling: "http://127.0.0.1:9" });',
  "cluster-prometheus": "core.clusterPrometheus();",
  "compile-rules": 'core.createTelemetry({ ...quiet, rules: [{ match: "/a", ratio: 1 }] });',
  "config-file":
    'process.env.OTEL_CONFIG_FILE = "/no/file"; try { core.createTelemetry(quiet); } finally { delete process.env.OTEL_CONFIG_FILE; }',
  explain: 'core.createTelemetry(quiet).explain({ route: "/a" });',
  "exporter-sender": 'core.createTelemetry({ ...quiet, exporter: "console" });',
  fallback: 'core.createTelemetry({ ...quiet, exporter: "otlp", fallback: "ring" });',
  "file-spool": `core.createTelemetry({ ...quiet, exporter: "otlp", fallback: "file", spool: { directory: ${JSON.stringify(home)} + "/spool" } });`,
  "give-up-at-exit": silent,
  "grpc-sender": 'core.createTelemetry({ ...quiet, exporter: "otlp", otlp: { protocol: "grpc" } });',
  "holding-back": 'core.createTelemetry(quiet).governor.set("roots");',
  "instrumentation-options": "core.createTelemetry(quiet).instrumentationOptions();",
  "log-records": 'core.createTelemetry(quiet).loggerProvider.getLogger("a");',
  meters: 'core.createTelemetry(quiet).meterProvider.getMeter("a");',
  operations: `
    const engine = core.createTelemetry(quiet);
    const request = { method: "GET", url: "/", headers: {}, httpVersion: "1.1" };
    engine.begin(request, { ...core.nodeReader, method: () => "GET", target: () => "/" }).run(() => engine.operation({ kind: "graphql", name: "A" }));
  `,
  "process-metrics": "core.createTelemetry({ ...quiet, processMetrics: true });",
  "prometheus-handler": "core.createTelemetry(quiet).prometheus();",
  "rare-samplers": "core.tiered({ root: 1 });",
  "sampling-file": `core.createTelemetry({ ...quiet, samplingFile: ${JSON.stringify(home)} + "/sampling.json" });`,
  "self-tuning": "core.createTelemetry({ ...quiet, overhead: { optimize: { batching: true }, trial: true } });",
  "settings-report": "core.createTelemetry(quiet).status();",
  "span-plugins":
    "core.createTelemetry({ ...quiet, spanProcessors: [{ onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} }] });",
  "statsd-export": 'core.createTelemetry({ ...quiet, statsd: { url: "udp://127.0.0.1:9" } });',
  tickets: 'core.createTelemetry({ ...quiet, tickets: { secret: "a secret of a service with parts" } });',
  variables:
    'process.env.OTEL_SERVICE_NAME = "a"; try { core.createTelemetry(quiet); } finally { delete process.env.OTEL_SERVICE_NAME; }',
  watching: "core.createTelemetry(quiet).watch({ requestEnded() {}, spanEnded() {} });",
};

/** What a service may ask for at any time, so that it must be there at the start. */
const neededByAll: readonly string[] = ["log-records", "meters"];

/** A part may stand on another. */
const besides: Readonly<Record<string, readonly string[]>> = {
  // A check looks at what was chosen.
  "before-production": ["settings-report"],
  "cluster-prometheus": ["prometheus-handler"],
  // What puts batches away, and where.
  "file-spool": ["fallback"],
  // Of variables, those that are none of the specification's.
  "config-file": ["variables"],
  // Spans are handed to who looks on as they are to a processor.
  watching: ["span-plugins"],
};

describe("parts that few services use", () => {
  test("each has a service here that asks for it", () => {
    expect(Object.keys(asked)).toEqual(all);
  });

  test("a service with the defaults reads none of their files (R-A8)", async () => {
    expect(await start('core.createTelemetry({ serviceName: "parts", diagnostics: "none" });')).toEqual({ loaded: [] });
  });

  test.each(Object.entries(asked))("who asks for %s gets its file, and no other (R-A8)", async (name, code) => {
    expect(await start(code)).toEqual({ loaded: [name, ...(besides[name] ?? [])].toSorted() });
  });

  test("a part knows the classes of the main file, not copies of them (R-A8)", async () => {
    const said = await start(`
      try {
        core.createTelemetry({ ...quiet, rules: [{ ratio: 1 }, { ratio: 0.5 }] });
      } catch (error) {
        throw error instanceof core.OptionError ? Object.assign(new Error("same"), { code: error.code }) : error;
      }
    `);
    expect(said).toMatchObject({ code: "GSM_RULE", message: "same", loaded: ["compile-rules"] });
  });

  /** A copy of the build in which the files of some parts are missing, or hold something else. */
  function spoilt(names: readonly string[], text?: string): string {
    const copy = mkdtempSync(join(home, "spoilt-"));
    cpSync(bundle, copy, { recursive: true });
    for (const name of names) {
      const file = join(copy, "parts", `${name}.cjs`);
      if (text === undefined) rmSync(file);
      else writeFileSync(file, text);
    }
    return copy;
  }

  const incomplete = spoilt(all.filter((name) => !neededByAll.includes(name)));

  test.each(
    Object.entries(asked).filter(
      ([name]) => !["before-production", "explain", "give-up-at-exit", "operations", "settings-report"].includes(name),
    ),
  )("where the file of %s is missing, whoever asks for it hears so at the start (R-A8)", async (name, code) => {
    const { code: errorCode, message } = await start(code, spoilt([name]));
    expect(errorCode).toBe("GSM_PART_MISSING");
    expect(message).toContain(`dist/bundle/parts/${name}.cjs`);
  });

  test.each(neededByAll)(
    "where the file of %s is missing, which a service may ask for as it runs, none starts (R-A8)",
    async (name) => {
      expect(await start("core.createTelemetry(quiet);", spoilt([name]))).toMatchObject({
        code: "GSM_PART_MISSING",
        message: expect.stringContaining(`dist/bundle/parts/${name}.cjs`) as unknown,
      });
    },
  );

  test("where the file of meters is damaged, what is recorded counts nothing, that is counted, and nothing is thrown (R-A8)", async () => {
    const { message, said } = await start(
      `
      const engine = core.createTelemetry(quiet);
      engine.meterProvider.getMeter("a").createCounter("b").add(1);
      engine.meterProvider.getMeter("a").createObservableGauge("c").addCallback(() => {});
      said = { said: { drops: Object.entries(engine.status().metrics.drops) } };
    `,
      spoilt(["meters"], "}"),
    );
    expect([message, said]).toEqual([undefined, { drops: [["unloaded", 2]] }]);
  });

  test("where the file of log records is damaged, none leaves, that is counted, and nothing is thrown (R-A8)", async () => {
    const { message, said } = await start(
      `
      const engine = core.createTelemetry({ ...quiet, exporter: "otlp" });
      const logger = engine.loggerProvider.getLogger("a");
      logger.emit({ body: "b" });
      const sink = engine.logging.records({ name: "c", version: "1" });
      said = { said: { can: [logger.enabled(), sink === undefined], faults: Object.entries(engine.status().faults) } };
    `,
      spoilt(["log-records"], "}"),
    );
    expect([message, said]).toEqual([undefined, { can: [false, true], faults: [["log-record", 2]] }]);
  });

  test("a handler that is mounted before there is an engine reads its file when it is mounted, not in a request (R-A8)", async () => {
    expect(await start("core.telemetry.prometheus();", incomplete)).toMatchObject({ code: "GSM_PART_MISSING" });
  });

  test("where the file of the checks is missing, a check finds that, and throws nothing (R-A8)", async () => {
    const { said } = await start(
      "said = { said: { ids: core.createTelemetry(quiet).check().map(({ id, message }) => [id, message]) } };",
      incomplete,
    );
    expect(said?.["ids"]).toEqual([["unchecked", expect.stringContaining("parts/before-production.cjs")]]);
  });

  test("where the file of the settings is missing, a status tells all else, and throws nothing (R-A8)", async () => {
    const { said } = await start(
      "const { settings, state } = core.createTelemetry(quiet).status(); said = { said: { status: [settings, state] } };",
      incomplete,
    );
    expect(said?.["status"]).toEqual([{}, "running"]);
  });

  test("where the file of explanations is missing, nothing is explained, and nothing is thrown (R-A8)", async () => {
    const { said } = await start(
      "said = { said: { steps: core.createTelemetry(quiet).explain({}).steps } };",
      incomplete,
    );
    expect(said?.["steps"]).toEqual([expect.stringContaining("parts/explain.cjs")]);
  });

  test("where the file of names is missing, a request keeps the one of its route, and nothing is thrown (R-A8, R-I13)", async () => {
    const { said, message } = await start(
      `${asked["operations"]} said = { said: { faults: Object.entries(engine.status().faults) } };`,
      incomplete,
    );
    expect([message, said?.["faults"]]).toEqual([
      undefined,
      [
        ["operation", 1],
        ["settings", 1],
      ],
    ]);
  });

  test("where the file that ends connects is missing, a service goes on (R-A8, E2)", async () => {
    expect(await start(`${silent} said = { said: { state: [engine.status().state] } };`, incomplete)).toMatchObject({
      said: { state: ["running"] },
    });
  });

  test("a service starts without the files of what it cannot ask for (R-A8)", async () => {
    expect(await start("core.createTelemetry(quiet);", incomplete)).toEqual({ loaded: [] });
  });
});
