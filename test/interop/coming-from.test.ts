import { execFile } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync, inflateSync } from "node:zlib";
import { createTelemetry, resetTelemetry, type TelemetryEngine, type TelemetryOptions } from "@gossamer/core";
import { telemetry } from "@gossamer/express";
import { createLogger } from "@gossamer/pino";
import { startOtlpReceiver, type OtlpReceiver } from "@gossamer/testing";
import { trace } from "@opentelemetry/api";
import express from "express";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { pnpmCommand } from "../../scripts/pack.ts";
import { lastLine, runNode } from "../package/consumers.ts";

// Each row of docs/coming-from.md that is about dd-trace or elastic-apm-node, on a small app with that tool and on the same app with Gossamer.

const page = readFileSync(join(import.meta.dirname, "../../docs/coming-from.md"), "utf8");

/** What a section's table names in its left column. */
function befores(section: string): string[] {
  const text = page.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? "";
  return [...text.matchAll(/^\| (`.+?) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );
}

interface Sent {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let folder: string;
let server: Server;
let udp: Socket;
let receiver: OtlpReceiver;
/** What the app with the other tool has sent. */
let sent: Sent[];
let datagrams: string[];
let engine: TelemetryEngine | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gossamer-coming-from-"));
  cpSync(join(import.meta.dirname, "coming-from"), folder, { recursive: true });
  writeFileSync(join(folder, "pnpm-workspace.yaml"), "packages: []\nallowBuilds:\n  protobufjs: false\n");
  const [command, args] = pnpmCommand;
  await promisify(execFile)(command, [...args, "install", "--prefer-offline", "--reporter=silent"], {
    cwd: folder,
    env: { ...process.env, CI: "true" },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(async () => {
  [sent, datagrams] = [[], []];
  server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    sent.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(parts) });
    // An agent without the proxy for StatsD: what is for it comes as datagrams then.
    if (request.url?.startsWith("/dogstatsd") === true) response.statusCode = 404;
    // As the agent of Datadog answers, and as the APM server of Elastic does.
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ rate_by_service: {}, version: "8.0.0" }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  udp = createSocket("udp4", (message) => void datagrams.push(message.toString()));
  udp.bind(0, "127.0.0.1");
  await once(udp, "listening");
  receiver = await startOtlpReceiver();
});
afterEach(async () => {
  await engine?.shutdown();
  engine = undefined;
  await resetTelemetry();
  vi.unstubAllEnvs();
  await receiver.close();
  udp.close();
  server.closeAllConnections();
  server.close();
});

const port = (of: Server | Socket): string => String((of.address() as AddressInfo).port);

/** Runs the app with the other tool. */
async function theirs(program: string, env: Record<string, string>): Promise<Record<string, unknown>> {
  return lastLine(await runNode([program], { cwd: folder, env })) as Record<string, unknown>;
}

/** Runs the same app with Gossamer, and answers its log lines. */
async function ours(
  options: TelemetryOptions,
  handler: (telemetry: TelemetryEngine) => void,
  fields: "datadog" | "ecs" = "ecs",
): Promise<Record<string, unknown>[]> {
  const lines: string[] = [];
  const made = createTelemetry({
    exporter: "otlp",
    diagnostics: "none",
    shutdown: { signals: false },
    ...options,
  } as TelemetryOptions);
  engine = made;
  const logger = createLogger(made, { fields, destination: { write: (line: string) => void lines.push(line) } });
  const app = express();
  app.use(telemetry(made));
  app.get("/health", (_request, response) => void response.send("ok"));
  app.get("/orders/:id", (_request, response) => {
    handler(made);
    logger.info("loading");
    response.send("done");
  });
  const listening = app.listen(0, "127.0.0.1");
  await once(listening, "listening");
  const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  for (const path of ["/orders/0", "/orders/1", "/orders/2", "/orders/3", "/health"])
    await (await fetch(url + path)).text();
  listening.close();
  await made.flush();
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe("coming from dd-trace", () => {
  interface DatadogSpan {
    readonly name: string;
    readonly service: string;
    readonly resource: string;
    readonly meta: Readonly<Record<string, string>>;
    readonly metrics: Readonly<Record<string, number>>;
  }

  const common = (): Record<string, string> => ({
    DD_SERVICE: "shop",
    DD_ENV: "staging",
    DD_VERSION: "1.2.3",
    DD_AGENT_HOST: "127.0.0.1",
    DD_TRACE_AGENT_PORT: port(server),
    DD_DOGSTATSD_PORT: port(udp),
    DD_INSTRUMENTATION_TELEMETRY_ENABLED: "false",
    DD_REMOTE_CONFIGURATION_ENABLED: "false",
    DD_CRASHTRACKING_ENABLED: "false",
    DD_TRACE_STARTUP_LOGS: "false",
  });
  /** The traces that the agent got, without those that it would throw away. */
  function kept(): DatadogSpan[][] {
    const { decode } = createRequire(join(folder, "package.json"))("@msgpack/msgpack") as {
      decode(bytes: Buffer, options: object): DatadogSpan[][];
    };
    return sent
      .filter(({ path }) => path === "/v0.4/traces")
      .flatMap(({ body }) => decode(body, { useBigInt64: true }))
      .filter(([first]) => Number(first?.metrics["_sampling_priority_v1"] ?? 1) > 0);
  }
  const requests = (): number =>
    kept().filter((spans) => spans.some(({ meta }) => meta["span.kind"] === "server")).length;
  const traces = (): number => new Set(receiver.spans.map(({ traceId }) => traceId)).size;

  test("service, environment, version, agent, spans, tags, log lines and StatsD are there on both sides (R-D6)", async () => {
    const { lines, isActive } = await theirs("dd-trace.cjs", {
      ...common(),
      DD_TRACE_SAMPLE_RATE: "1",
      DD_LOGS_INJECTION: "true",
    });
    const spans = kept().flat();
    expect(spans.find(({ name }) => name === "load")).toMatchObject({
      service: "shop",
      meta: { env: "staging", version: "1.2.3", "order.id": "0" },
    });
    expect(spans.map(({ name }) => name)).toContain("wrapped");
    expect(isActive).toBe(true);
    expect(lines).toMatchObject([
      { dd: { trace_id: expect.any(String), service: "shop", env: "staging" } },
      {},
      {},
      {},
    ]);
    await expect.poll(() => datagrams.join()).toContain("orders:1|c");

    vi.stubEnv("OTEL_SERVICE_NAME", "shop");
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url);
    const statsd = { url: `udp://127.0.0.1:${port(udp)}` };
    const isActiveHere: boolean[] = [];
    const own = await ours(
      { environment: "staging", serviceVersion: "1.2.3", sampleRatio: 1, statsd },
      (made) => {
        isActiveHere.push(trace.getActiveSpan()?.isRecording() === true);
        made.span("load", (span) => {
          span.setAttribute("order.id", "0");
          // What `wrap` did stands in the function.
          made.span("wrapped", () => made.annotate({ "order.late": true }));
        });
        made.meterProvider.getMeter("shop").createCounter("orders").add(1);
      },
      "datadog",
    );
    const load = receiver.spans.find(({ name }) => name === "load");
    expect(load?.attributes).toMatchObject({ "order.id": "0" });
    expect(load?.resource).toMatchObject({
      "service.name": "shop",
      "deployment.environment.name": "staging",
      "service.version": "1.2.3",
    });
    expect(receiver.spans.map(({ name }) => name)).toContain("wrapped");
    expect(receiver.spans.find(({ name }) => name === "GET /orders/:id")?.attributes).toMatchObject({
      "order.late": true,
    });
    expect(isActiveHere).toEqual([true, true, true, true]);
    expect(own[0]).toMatchObject({ dd: { trace_id: expect.any(String), service: "shop", env: "staging" } });
    await engine?.shutdown();
    await expect.poll(() => datagrams.join()).toMatch(/orders[^|]*\|c\|#/);
  });

  test("a rate, rules and a limit have the effect on both sides (R-D6)", async () => {
    const endpoint = { otlp: { endpoint: receiver.url } };
    const rules = JSON.stringify([{ resource: "GET /health*", sample_rate: 0 }, { sample_rate: 1 }]);
    for (const [env, options, count] of [
      [{ DD_TRACE_SAMPLE_RATE: "0" }, { sampleRatio: 0 }, 0],
      [{ DD_TRACE_SAMPLING_RULES: rules }, { sampleRatio: 1, rules: [{ match: "GET /health", ratio: 0 }] }, 4],
      [{ DD_TRACE_SAMPLE_RATE: "1", DD_TRACE_RATE_LIMIT: "1" }, { sampleRatio: 1, maxTracesPerSecond: 1 }, 1],
    ] as const) {
      sent.splice(0);
      receiver.clear();
      await theirs("dd-trace.cjs", { ...common(), ...env });
      await ours({ ...endpoint, ...options } as TelemetryOptions, () => {});
      const isLimit = "maxTracesPerSecond" in options;
      // A limit is by the second, and the visits may take longer than one.
      const found = { theirs: requests(), ours: traces() };
      if (isLimit) for (const each of Object.values(found)) expect(each).toBeLessThan(5);
      else expect(found, JSON.stringify(env)).toEqual({ theirs: count, ours: count });
      await engine?.shutdown();
      await resetTelemetry();
    }
  });

  test("no row is left untried (R-D6)", () => {
    const tried =
      readFileSync(join(import.meta.dirname, "coming-from/dd-trace.cjs"), "utf8") +
      readFileSync(import.meta.filename, "utf8");
    const names = befores("dd-trace");
    expect(names.length).toBeGreaterThan(11);
    for (const name of names) expect(tried, name).toContain(name);
  });
});

describe("coming from elastic-apm-node", () => {
  type ElasticEvent = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

  /** What the APM server got. */
  function events(kind: string): Readonly<Record<string, unknown>>[] {
    return sent
      .filter(({ path }) => path.startsWith("/intake/v2/events"))
      .flatMap(({ body, headers }) => plain(body, headers).split("\n"))
      .filter((line) => line !== "")
      .map((line) => (JSON.parse(line) as ElasticEvent)[kind])
      .filter((event) => event !== undefined);
  }
  const common = (): Record<string, string> => ({
    ELASTIC_APM_SERVICE_NAME: "shop",
    ELASTIC_APM_ENVIRONMENT: "staging",
    ELASTIC_APM_SERVER_URL: `http://127.0.0.1:${port(server)}`,
  });

  test("service, server, token, headers, spans, errors, ids and log lines are there on both sides (R-D6)", async () => {
    const { lines, ids } = await theirs("elastic.cjs", {
      ...common(),
      ELASTIC_APM_SECRET_TOKEN: "secret",
      ELASTIC_APM_CAPTURE_HEADERS: "true",
    });
    expect(events("metadata")[0]).toMatchObject({ service: { name: "shop", environment: "staging" } });
    expect(sent.at(-1)?.headers.authorization).toBe("Bearer secret");
    const transactions = events("transaction");
    expect(transactions.map(({ name }) => name)).toEqual(expect.arrayContaining(["GET /orders/:id", "job"]));
    expect(transactions.find(({ name }) => name === "GET /orders/:id")).toMatchObject({
      context: { request: { headers: { host: expect.any(String) } } },
    });
    expect(events("span").map(({ name }) => name)).toContain("load");
    expect(events("error")[0]).toMatchObject({ exception: { message: "no stock" } });
    expect(ids).toMatchObject({ "trace.id": expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(lines).toMatchObject([
      { message: "loading", "log.level": "info", "ecs.version": expect.any(String) },
      {},
      {},
      {},
    ]);

    vi.stubEnv("OTEL_SERVICE_NAME", "shop");
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url);
    vi.stubEnv("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer secret");
    const own: (string | undefined)[] = [];
    const said = await ours(
      {
        environment: "staging",
        sampleRatio: 1,
        captureRequestHeaders: ["host"],
        captureResponseHeaders: ["x-powered-by"],
      },
      (made) => {
        own.push(made.traceId());
        for (const name of ["load", "price", "stock"]) made.span(name, () => {});
        trace.getActiveSpan()?.recordException(new Error("no stock"));
        made.annotate({ "order.stock": 0 });
      },
    );
    engine?.span("job", () => {});
    await engine?.flush();
    const request = receiver.spans.find(({ name }) => name === "GET /orders/:id");
    expect(request?.resource).toMatchObject({ "service.name": "shop", "deployment.environment.name": "staging" });
    expect(receiver.requests.at(-1)?.headers["authorization"]).toBe("Bearer secret");
    expect(request?.attributes).toMatchObject({
      "http.request.header.host": [expect.any(String)],
      "http.response.header.x-powered-by": ["Express"],
      "order.stock": 0,
    });
    expect(request?.events).toMatchObject([{ attributes: { "exception.message": "no stock" } }]);
    expect(receiver.spans.map(({ name }) => name)).toEqual(expect.arrayContaining(["load", "job"]));
    expect(own[0]).toBe(request?.traceId);
    expect(said[0]).toMatchObject({
      message: "loading",
      "log.level": "info",
      "ecs.version": expect.any(String),
      "trace.id": own[0],
    });
  });

  test("a rate and a limit of spans have the effect on both sides (R-D6)", async () => {
    await theirs("elastic.cjs", { ...common(), ELASTIC_APM_TRANSACTION_SAMPLE_RATE: "0" });
    expect(events("transaction").filter(({ sampled }) => sampled === true)).toEqual([]);
    sent.splice(0);
    await theirs("elastic.cjs", { ...common(), ELASTIC_APM_TRANSACTION_MAX_SPANS: "2" });
    expect(events("transaction").find(({ name }) => name === "GET /orders/:id")).toMatchObject({
      span_count: { dropped: 1 },
    });

    const endpoint = { otlp: { endpoint: receiver.url } };
    const three = (made: TelemetryEngine): void => {
      for (const name of ["load", "price", "stock"]) made.span(name, () => {});
    };
    await ours({ ...endpoint, sampleRatio: 0 }, three);
    expect(receiver.spans).toEqual([]);
    await engine?.shutdown();
    await resetTelemetry();
    await ours({ ...endpoint, sampleRatio: 1, maxSpansPerRequest: 2 }, three);
    expect(engine?.status().spans.drops).toEqual({ "trace-full": 4 });
  });

  test("no row is left untried (R-D6)", () => {
    const tried =
      readFileSync(join(import.meta.dirname, "coming-from/elastic.cjs"), "utf8") +
      readFileSync(import.meta.filename, "utf8");
    const names = befores("elastic-apm-node");
    expect(names.length).toBeGreaterThan(11);
    for (const name of names) expect(tried, name).toContain(name);
  });
});

function plain(body: Buffer, headers: IncomingHttpHeaders): string {
  switch (headers["content-encoding"]) {
    case "gzip":
      return gunzipSync(body).toString();
    case "deflate":
      return inflateSync(body).toString();
    default:
      return body.toString();
  }
}
