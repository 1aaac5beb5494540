import { fileURLToPath } from "node:url";
import { createTelemetry, existingTelemetry, resetTelemetry, type TelemetryEngine } from "@gossamer/core";
import { nodeOutcome, nodeReader } from "@gossamer/core/adapter";
import { telemetry } from "@gossamer/express";
import express, { type Express } from "express";
import { afterEach, describe, expect, it } from "vitest";
import { benchmarkConfigurations, measureOverhead, type Workload, WorkloadError } from "./index.ts";

/** Not pinned: other tests run on that core too, and nothing here is judged by its cost but the planted one. */
const quick = {
  rounds: 1,
  slices: 1,
  requests: 32,
  warmUpRequests: 0,
  warmUpMs: 0,
  timeoutMs: 20_000,
  pin: false,
} as const;
const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.mjs`, import.meta.url));

afterEach(() => resetTelemetry());

function shop(engine: TelemetryEngine | undefined): Express {
  const app = express();
  if (engine !== undefined) app.use(telemetry(engine));
  app.get("/orders/:id", (request, response) => void response.json({ id: request.params.id }));
  return app;
}

const shopWorkload: Workload = { app: shop, requests: ["/orders/7", "/orders/8"] };

describe("measuring a service", () => {
  it("as a module, in fresh processes, the planted cost of each request is found (R-O6)", async () => {
    const report = await measureOverhead(fixture("burning-workload"), {
      ...quick,
      pin: true,
      rounds: 6,
      requests: 48,
      warmUpRequests: 32,
      telemetry: { sampleRatio: 1 },
      parts: false,
    });
    expect(report.added.cpuMicros.low).toBeGreaterThan(0);
    expect(report.added.cpuMicros.value).toBeGreaterThan(1_000);
    expect(report.verdict).toBe("more");
    expect(report.added.latencyMicros.p50.low).toBeGreaterThan(1_000);
    expect(report.bare.rssBytes?.value).toBeGreaterThan(10_000_000);
    expect(report.circumstances.ownProcesses).toBe(true);
    const [round] = report.rounds["telemetry"] ?? [];
    expect(round?.collected).toBe(true);
    // What every request left was sent to the measurement's own collector.
    expect(round?.seen).toMatchObject({ undelivered: 0, drops: {} });
    expect(round?.seen?.exportedSpans).toBeGreaterThanOrEqual(48 + 32);
    expect(existingTelemetry()).toBeUndefined();
  }, 300_000);

  it("as a function, in this process, with the cost split by part (R-O6)", async () => {
    const lines: string[] = [];
    const report = await measureOverhead(shopWorkload, {
      ...quick,
      telemetry: "balanced",
      onProgress: (line) => lines.push(line),
    });
    expect(report.parts.map(({ name }) => name)).toEqual([
      "context and clock",
      "metrics",
      "spans",
      "encoding and export",
    ]);
    expect(report.bare.rssBytes).toBeUndefined();
    expect(report.bare.cpuMicros.value).toBeGreaterThan(0);
    expect(report.notes.join(" ")).toContain("All configurations shared this process");
    expect(lines).toContain('round 1/1: starting "bare"');
    expect(existingTelemetry()).toBeUndefined();
  }, 180_000);

  it("parts that are switched off are not asked for (R-O6)", async () => {
    const report = await measureOverhead(shopWorkload, { ...quick, telemetry: { traces: false } });
    expect(report.parts.map(({ name }) => name)).toEqual(["context and clock", "metrics"]);
  }, 180_000);

  it("requests with bodies, and Express's parsers, are measured as a module (R-O6)", async () => {
    const report = await measureOverhead(fixture("express-workload"), { ...quick, parts: false });
    expect(report.notes.join()).not.toContain("Not a success");
  }, 180_000);

  it("configurations are compared, presets by their name (R-O6)", async () => {
    const named = { name: "nothing sampled", options: { sampleRatio: 0 } };
    const report = await benchmarkConfigurations(["minimal", named], shopWorkload, quick);
    expect(report.ranked.map(({ name }) => name).toSorted()).toEqual(["minimal", "nothing sampled"]);
    expect(Object.keys(report.rounds)).toEqual(["bare", "bare again (A/A)", "minimal", "nothing sampled"]);
    expect(report.rounds["nothing sampled"]?.[0]?.seen?.exportedSpans).toBe(0);
  }, 180_000);
});

describe("measuring work without requests", () => {
  it("runs the function itself, with a sampler that only its module can make (R-O6)", async () => {
    const report = await measureOverhead(fixture("configured-workload"), { ...quick, parts: false });
    const [round] = report.rounds["telemetry"] ?? [];
    expect(round?.seen?.exportedSpans).toBeGreaterThanOrEqual(32);
  }, 180_000);

  it("what it throws is told with the configuration's name (R-O6)", async () => {
    const task = (engine: TelemetryEngine | undefined) => (): void => {
      engine?.span("piece", () => {
        throw new Error("out of stock");
      });
    };
    await expect(measureOverhead({ task }, quick)).rejects.toThrow('"telemetry" failed: out of stock');
    expect(existingTelemetry()).toBeUndefined();
  });
});

describe("a workload that cannot be measured", () => {
  const listen = (engine: TelemetryEngine | undefined, status: number) => {
    return (request: Parameters<typeof nodeReader.method>[0], response: import("node:http").ServerResponse): void => {
      const exchange = engine?.begin(request, nodeReader);
      response.on("close", () => exchange?.end(nodeOutcome(response)));
      response.writeHead(engine === undefined ? 200 : status).end();
    };
  };

  it.each([
    [
      "answers differently with telemetry",
      { app: (engine: TelemetryEngine | undefined) => listen(engine, 204), requests: ["/"] },
      /^"telemetry" answers differently from the bare workload:\nGET \/\nHTTP\/1\.1 204/,
    ],
    [
      "pays no heed to the telemetry",
      { app: () => listen(undefined, 200), requests: ["/"] },
      /^"telemetry" pays no heed to the telemetry/,
    ],
    [
      "makes an engine of its own for the bare service",
      {
        app: (engine: TelemetryEngine | undefined) => listen(engine ?? createTelemetry({ exporter: "none" }), 200),
        requests: ["/"],
      },
      /^"bare" made an engine although it was given none/,
    ],
    [
      "throws",
      {
        app: (): never => {
          throw new Error("no database");
        },
        requests: ["/"],
      },
      /^"bare" failed: no database$/,
    ],
    [
      "never answers",
      { app: () => () => {}, requests: ["/slow"] },
      /^"bare" did not answer GET \/slow within 1000 ms$/,
    ],
    ["makes no service", { app: () => ({}) as never, requests: ["/"] }, /^"bare" made no service/],
  ] satisfies [string, Workload, RegExp][])("it %s, and that is said (R-O6)", async (_, workload, message) => {
    const measured = measureOverhead(workload as Workload, { ...quick, timeoutMs: 1_000 });
    await expect(measured).rejects.toThrow(message);
    await expect(measured).rejects.toBeInstanceOf(WorkloadError);
    expect(existingTelemetry()).toBeUndefined();
  });

  it("a process that ends is told with what it said last (R-O6)", async () => {
    await expect(measureOverhead(fixture("dying-workload"), quick)).rejects.toThrow(
      /^"telemetry" failed: its process ended \(3\):\n[^]*the database is gone/,
    );
  }, 180_000);

  it("a module without a workload is told (R-O6)", async () => {
    await expect(measureOverhead(fixture("no-workload"), quick)).rejects.toThrow(
      /^"bare" cannot be measured: the default export of file:.*no-workload\.mjs must be a workload/,
    );
  }, 180_000);

  it("an engine that is there already is not taken away (R-O6)", async () => {
    const engine = createTelemetry({ exporter: "none", shutdown: { signals: false }, diagnostics: "none" });
    await expect(measureOverhead(shopWorkload, quick)).rejects.toThrow("which has an engine already");
    expect(existingTelemetry()).toBe(engine);
  });
});

describe("wrong options", () => {
  it.each([
    ["rounds", { rounds: 0 }, 'Option "rounds" must be a whole number from 1 to 1000, got 0.'],
    ["requests", { requests: "10" }, "Option \"requests\" must be a whole number from 1 to 1000000, got '10'."],
    ["round", { round: 3 }, 'Unknown option "round". Options: telemetry, parts, rounds,'],
    ["parts", { parts: 1 }, 'Option "parts" must be true or false, got 1.'],
    ["telemetry", { telemetry: 7 }, 'Option "telemetry" must be an object of telemetry options, got number.'],
    ["env", { env: { A: 1 } }, 'Option "env" must be an object of strings, got an object.'],
    ["sampleRatio", { telemetry: { sampleRatio: 2 } }, 'Option "sampleRatio" must be a number from 0 to 1, got 2.'],
  ])("%s is told before anything is measured (R-O6)", async (option, options, message) => {
    const measured = measureOverhead(shopWorkload, options as object);
    await expect(measured).rejects.toMatchObject({ name: "OptionError", option });
    await expect(measured).rejects.toThrow(message);
  });

  it("of the engine are told by a measured process too (R-O6)", async () => {
    const options = { ...quick, telemetry: { sampleRatio: 2 } };
    await expect(measureOverhead(fixture("express-workload"), options)).rejects.toMatchObject({
      name: "OptionError",
      option: "sampleRatio",
    });
  }, 180_000);

  it("what cannot be sent to another process is told with the way out (R-O6)", async () => {
    const options = { ...quick, telemetry: { sampler: () => true } };
    await expect(measureOverhead(fixture("express-workload"), options)).rejects.toThrow(
      /^The options of "telemetry" hold what cannot be sent to another process .*configure\(\)\.$/,
    );
  });

  it.each([
    [[], "The configurations must be a list"],
    [["minimal", "minimal"], "must be a name of its own, got 'minimal' again"],
    [[{ name: "bare", options: {} }], "must be a name of its own, got 'bare' again"],
    [[{ name: "", options: {} }], "must be a string that is not empty"],
    [
      [{ name: "a", options: null }],
      'Option "configurations[0].options" must be an object of telemetry options, got null.',
    ],
  ])("of a comparison, such as %j, are told (R-O6)", async (configurations, message) => {
    await expect(benchmarkConfigurations(configurations as never, shopWorkload)).rejects.toThrow(message);
  });

  it.each([
    ["./nowhere.js", "got './nowhere.js', which is no file."],
    [7, "got number."],
    [{ app: () => {} }, "got an app without requests."],
    [{ app: () => {}, requests: ["orders"] }, 'got requests[0] without a path that begins with "/".'],
    [{ app: () => {}, task: () => {}, requests: ["/"] }, "got both app and task."],
    [{}, "got an object with neither app nor task."],
  ])("a workload that is none, such as %j, is told (R-O6)", async (workload, message) => {
    await expect(measureOverhead(workload as never)).rejects.toThrow(message);
  });
});
