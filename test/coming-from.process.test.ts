import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createTelemetry, resetTelemetry, type TelemetryEngine } from "@gossamer/core";
import * as expressPackage from "@gossamer/express";
import * as nestPackage from "@gossamer/nestjs";
import * as pinoPackage from "@gossamer/pino";
import express, { type Express } from "express";
import promBundle from "express-prom-bundle";
import * as nestOtel from "nestjs-otel";
import * as nestPino from "nestjs-pino";
import { pinoHttp } from "pino-http";
import { Counter, Gauge, Histogram, register, Summary } from "prom-client";
import { afterEach, describe, expect, it } from "vitest";

const docs = join(import.meta.dirname, "..", "docs");
const page = readFileSync(join(docs, "coming-from.md"), "utf8");
const read = (name: string): string => readFileSync(join(docs, name), "utf8");

interface Row {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** The names in code of each row of a section's table. */
function rowsOf(section: string): readonly Row[] {
  const text = page.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? "";
  const codes = (cell = ""): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
  const rows = [...text.matchAll(/^\| (.+) \| (.+) \|$/gm)]
    .map(([, before, after]) => ({ before: codes(before), after: codes(after) }))
    .filter(({ before }) => before.length > 0);
  expect(rows.length, section).toBeGreaterThan(4);
  return rows;
}

const sections = [...page.matchAll(/^## (.+)$/gm)].map(([, section = ""]) => section);
const befores = (section: string): string[] => rowsOf(section).flatMap(({ before }) => before);
const afters = (section: string): string[] => rowsOf(section).flatMap(({ after }) => after);

let engine: TelemetryEngine | undefined;

afterEach(async () => {
  register.clear();
  await engine?.shutdown();
  engine = undefined;
  await resetTelemetry();
});

/** What an app answers, once it has answered a request before. */
async function ask(app: Express, ...paths: readonly string[]): Promise<string> {
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    let text = "";
    for (const path of paths)
      text = await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)).text();
    return text;
  } finally {
    server.close();
  }
}

describe("coming from prom-client and express-prom-bundle", () => {
  const section = "prom-client and express-prom-bundle";

  it("the names on both sides are in what a service with both answers, and count the same requests (R-D6)", async () => {
    const processMetrics = { loopDelayResolutionMs: 50 };
    engine = createTelemetry({ serviceName: "shop", exporter: "none", processMetrics, diagnostics: "none" });
    const app = express();
    app.use(expressPackage.telemetry(engine));
    app.use(promBundle({ includeMethod: true, includePath: true, promClient: { collectDefaultMetrics: {} } }));
    app.get("/ours", engine.prometheus());
    app.get("/orders/:id", (_request, response) => void response.send("done"));
    await ask(app, "/orders/1", "/orders/2");
    const theirs = await ask(app, "/metrics");
    let ours = "";
    // The delay of the loop is there once it has been measured.
    const asked = async (): Promise<string> => (ours = await ask(app, "/ours"));
    await expect.poll(asked, { interval: 200 }).toContain("nodejs_eventloop_delay_mean_seconds");

    const names = (text: string): RegExpMatchArray | null => /^[a-z]\w*$/.exec(text);
    const metrics = befores(section).filter((name) => names(name) && name.includes("_"));
    expect(metrics.length).toBeGreaterThan(4);
    for (const name of metrics) expect(theirs, name).toContain(name);
    const counterparts = afters(section).filter((name) => names(name) && name.includes("_"));
    expect(counterparts.length).toBeGreaterThan(4);
    for (const name of counterparts) expect(ours, name).toContain(name);

    expect(theirs).toMatch(
      /http_request_duration_seconds_count\{status_code="200",method="GET",path="\/orders\/#val"\} 2/,
    );
    expect(ours).toMatch(/http_server_request_duration_seconds_count\{[^}]*http_route="\/orders\/:id"[^}]*\} 2/);
  });

  it("what makes instruments there and here is there (R-D6)", () => {
    engine = createTelemetry({ exporter: "none", diagnostics: "none" });
    const meter = engine.meterProvider.getMeter("shop");
    const help = "Orders.";
    const theirs = {
      "new Counter": new Counter({ name: "orders_counted", help }),
      "new Gauge": new Gauge({ name: "orders_open", help }),
      "new Histogram": new Histogram({ name: "orders_took", help }),
    };
    for (const { before, after } of rowsOf(section)) {
      const [kind, method] = before;
      const instrumentThere = Object.entries(theirs).find(([name]) => name === kind)?.[1];
      if (instrumentThere === undefined) continue;
      expect(Reflect.get(instrumentThere, method ?? ""), method).toBeTypeOf("function");
      const [make = "", write = ""] = after;
      const instrument = (Reflect.get(meter, make) as (name: string) => object).call(meter, "orders");
      expect(Reflect.get(instrument, write), write).toBeTypeOf("function");
    }
    expect(Summary).toBeTypeOf("function");
    // An observable one comes in the place of `collect`.
    expect(meter.createObservableGauge("depth")).toHaveProperty("addCallback");
  });
});

describe("coming from pino-http, nestjs-pino and nestjs-otel", () => {
  it("a request's line has the fields of both tables (R-D6)", async () => {
    const theirs: string[] = [];
    const ours: string[] = [];
    engine = createTelemetry({
      serviceName: "shop",
      sampleRatio: 1,
      exporter: "none",
      requestLine: "all",
      diagnostics: "none",
    });
    const app = express();
    app.use(expressPackage.telemetry(engine));
    app.use(pinoHttp({}, { write: (line: string) => void theirs.push(line) }));
    const logger = pinoPackage.createLogger(engine, {
      level: "info",
      requestLine: { path: true },
      destination: { write: (line: string) => void ours.push(line) },
    });
    expect(logger).toBeDefined();
    app.get("/orders/:id", (_request, response) => void response.send("done"));
    await ask(app, "/orders/1", "/nowhere");
    await expect.poll(() => [theirs.length, ours.length]).toEqual([2, 2]);
    const at = (line: object, path: string): unknown =>
      path in line
        ? Reflect.get(line, path)
        : path.split(".").reduce<unknown>((each, name) => Reflect.get(Object(each) as object, name), line);
    const says = (lines: readonly string[], name: string): boolean =>
      lines.some((line) => at(JSON.parse(line) as object, name) !== undefined);
    for (const { before, after } of rowsOf("nestjs-pino and pino-http").slice(0, 5)) {
      for (const name of before) expect(says(theirs, name), name).toBe(true);
      for (const name of after.filter((text) => !text.includes("("))) expect(says(ours, name), name).toBe(true);
    }
    expect(JSON.parse(theirs[1] ?? "")).toMatchObject({ req: { url: "/nowhere" } });
    expect(JSON.parse(ours[1] ?? "")).toMatchObject({ "url.path": "/nowhere" });
  });

  it("what a table names is exported by its package, and what takes its place by ours (R-D6)", () => {
    const theirs: object = { ...nestOtel, ...nestPino };
    const named = [...befores("nestjs-otel"), ...befores("nestjs-pino and pino-http")]
      .map((name) => name.replace("@", ""))
      .filter((name) => /^[A-Z]\w+$/.test(name));
    expect(named.length).toBeGreaterThan(8);
    for (const name of named) expect(theirs, name).toHaveProperty(name);
    for (const name of afters("nestjs-otel")
      .map((text) => text.replace("@", ""))
      .filter((text) => /^[A-Z]\w+$/.test(text)))
      expect(nestPackage, name).toHaveProperty(name);
  });
});

describe("what is to come", () => {
  it.each(sections)(
    "from %s: variables, options, functions and exports of ours are as they are called (R-D6)",
    (section) => {
      const variables = read("configuration.md");
      const options = read("options.md");
      engine = createTelemetry({ exporter: "none", diagnostics: "none" });
      const ours: object = { ...expressPackage, ...nestPackage, ...pinoPackage };
      let checked = 0;
      for (const name of afters(section)) {
        const member = /^telemetry\.(\w+)$/.exec(name)?.[1];
        const option = /^([a-z]\w+)(?:: .+)?$/.exec(name)?.[1];
        if (/^OTEL_[A-Z_]+$/.test(name)) expect(variables, name).toContain(name);
        else if (member !== undefined) expect(expressPackage.telemetry, name).toHaveProperty(member);
        else if (/^@?[A-Z]\w+$/.test(name)) expect(ours, name).toHaveProperty(name.replace("@", ""));
        else if (option !== undefined && options.includes(`\`${option}`)) expect(options).toContain(`\`${option}`);
        else if (option === undefined || !(option in ours)) continue;
        checked++;
      }
      expect(checked).toBeGreaterThan(2);
    },
  );
});
