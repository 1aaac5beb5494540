import { Agent, createServer, type IncomingMessage, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { OptionError, type GovernorStep, type ReadableSpan, type TelemetryOptions } from "@gossamer/core";
import { telemetry as express } from "@gossamer/express";
import { createTestTelemetry, type TestTelemetry } from "@gossamer/testing";
import expressApp from "express";
import { afterEach, describe, expect, it } from "vitest";

let test: TestTelemetry | undefined;
let server: Server | undefined;
const agent = new Agent({ keepAlive: true });

afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await test?.stop();
  test = undefined;
});

/** Every bit as likely as the other, and the same in each run. */
function seeded(): (target: Int32Array) => void {
  let state = 7;
  return (target) => {
    for (let i = 0; i < target.length; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
      target[i] = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) ^ (state >>> 13);
    }
  };
}

interface Service {
  readonly telemetry: TestTelemetry;
  readonly ended: readonly ReadableSpan[];
  get(path?: string, headers?: Record<string, string>): Promise<{ status: number | undefined; body: string }>;
}

/** A service on Express whose handler makes so many child spans. */
async function serve(options: TelemetryOptions = {}, children = 0): Promise<Service> {
  const ended: ReadableSpan[] = [];
  const made = createTestTelemetry({
    random: seeded(),
    spanProcessors: [
      {
        onStart() {},
        onEnd: (span) => void ended.push(span),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
    ...options,
  });
  test = made;
  const app = expressApp();
  app.use(express(made.telemetry));
  app.use((_request, _response, next) => next());
  app.get("/hello", (_request, response) => {
    for (let i = 0; i < children; i++) made.telemetry.span("child", () => {});
    response.send("hello");
  });
  app.get("/broken", (_request, response) => void response.status(500).send("broken"));
  const listening = createServer(app);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const { port } = listening.address() as AddressInfo;
  return {
    telemetry: made,
    ended,
    get: (path = "/hello", headers = {}) =>
      new Promise((resolve, reject) => {
        httpRequest({ port, path, agent, headers }, (response: IncomingMessage) => {
          let body = "";
          response.setEncoding("utf8");
          response.on("data", (part: string) => (body += part));
          response.on("end", () => resolve({ status: response.statusCode, body }));
        })
          .on("error", reject)
          .end();
      }),
  };
}

async function repeat(count: number, run: () => Promise<unknown>): Promise<void> {
  const lanes = 8;
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let i = lane; i < count; i += lanes) await run();
    }),
  );
}

async function countedRequests({ telemetry }: Service): Promise<number> {
  const points = await telemetry.points("http.server.request.duration");
  return points.reduce((sum, { count = 0 }) => sum + count, 0);
}

/** How many requests a span stands for, by the threshold in its tracestate. */
function weightOf(span: ReadableSpan): number {
  const [, digits = "0"] = /(?:^|;)th:([0-9a-f]+)/.exec(span.spanContext().traceState?.get("ot") ?? "") ?? [];
  return 1 / (1 - Number.parseInt(digits.padEnd(14, "0"), 16) / 2 ** 56);
}

function serverSpans({ ended }: Service): readonly ReadableSpan[] {
  return ended.filter(({ kind }) => kind === 1);
}

describe("each step takes more", () => {
  it("children: no spans of the framework's steps, and at most 20 a request, the others counted as drops (R-O2)", async () => {
    const service = await serve({ internalSpans: true }, 30);
    await service.get();
    expect(service.ended.length).toBeGreaterThan(31);
    service.telemetry.telemetry.governor.set("children");
    service.telemetry.clear();
    const before = service.ended.length;
    expect(await service.get()).toEqual({ status: 200, body: "hello" });
    const names = service.ended.slice(before).map(({ name }) => name);
    expect(names).toEqual([...Array.from({ length: 20 }, () => "child"), "GET /hello"]);
    expect(service.telemetry.telemetry.status().spans.drops).toEqual({ restrained: 10 });
  });

  it("roots: one span a request, and few are kept (R-O2)", async () => {
    const service = await serve({ keep: { trace: true }, sampleRatio: 0 }, 3);
    service.telemetry.telemetry.governor.set("roots");
    const beganMs = performance.now();
    await repeat(40, () => service.get("/broken"));
    // Ten a second, of which as many may come at once.
    const most = 10 * (2 + Math.floor((performance.now() - beganMs) / 1_000));
    const { kept, keepDrops } = service.telemetry.telemetry.status().sampling;
    expect(kept["error"]).toBeGreaterThanOrEqual(10);
    expect(kept["error"]).toBeLessThanOrEqual(most);
    expect((kept["error"] ?? 0) + (keepDrops["error"] ?? 0)).toBe(40);
    expect(service.ended.every(({ kind }) => kind === 1)).toBe(true);
  });

  it("metrics: no traces whoever calls, lines of failures alone, and each request is counted (R-O2)", async () => {
    const service = await serve();
    const lines: (number | undefined)[] = [];
    service.telemetry.telemetry.logging.logRequests({ write: ({ statusCode }) => void lines.push(statusCode) });
    service.telemetry.telemetry.governor.set("metrics");
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await repeat(300, () => service.get("/hello", { traceparent }));
    await service.get("/broken");
    expect(service.ended).toEqual([]);
    expect(lines).toEqual([500]);
    expect(await countedRequests(service)).toBe(301);
    expect(service.telemetry.telemetry.status().sampling.decisions).toEqual({ "restrained:unsampled": 301 });
  });

  it("off: the adapter steps aside, and requests are counted as one number (R-O2)", async () => {
    const service = await serve({ overhead: { floor: "off" } });
    const { telemetry } = service.telemetry;
    await service.get();
    telemetry.governor.set("off");
    await repeat(200, async () => expect(await service.get()).toEqual({ status: 200, body: "hello" }));
    expect(await countedRequests(service)).toBe(1);
    expect(await service.telemetry.points("gossamer.requests.unobserved")).toMatchObject([{ value: 200 }]);
    expect(telemetry.current()).toBeUndefined();
    telemetry.governor.set(undefined);
    await repeat(200, () => service.get());
    expect(await countedRequests(service)).toBe(201);
    expect(await service.telemetry.points("gossamer.requests.unobserved")).toMatchObject([{ value: 200 }]);
  });
});

describe("a ratio that is cut", () => {
  it("stays told by the threshold, so that counts estimated from traces are those of the requests, through every step (R-O2)", async () => {
    const service = await serve({ sampleRatio: 0.5 });
    const { governor } = service.telemetry.telemetry;
    const steps: (GovernorStep | undefined)[] = [undefined, "ratio", "roots"];
    for (const step of steps) {
      governor.set(step);
      await repeat(2_000, () => service.get());
    }
    const spans = serverSpans(service);
    expect(new Set(spans.map((span) => Math.round(weightOf(span))))).toEqual(new Set([2, 4]));
    const estimated = spans.reduce((sum, span) => sum + weightOf(span), 0);
    // Six standard deviations of what 2,000 at a half and 4,000 at a quarter estimate; the seed is one.
    expect(Math.abs(estimated - 6_000)).toBeLessThan(6 * Math.sqrt(2_000 * 1 + 4_000 * 3));
    expect(await countedRequests(service)).toBe(6_000);
  });

  it("says so on the span, in the counts and to explain, and follows a trusted caller all the same (R-O2)", async () => {
    const service = await serve();
    const { telemetry } = service.telemetry;
    expect(telemetry.explain({ route: "/hello" }).ratio).toBe(1);
    telemetry.governor.set("ratio");
    const { ratio, steps } = telemetry.explain({ route: "/hello" });
    expect([ratio, steps.at(-1)]).toEqual([0.5, "restrained, as overhead() says: 50 % are sampled"]);
    await repeat(50, () => service.get());
    const [span] = serverSpans(service);
    expect(span?.attributes).toMatchObject({ "sampling.reason": "restrained", "sampling.ratio": 0.5 });
    const { "restrained:sampled": yes = 0, "restrained:unsampled": no = 0 } = telemetry.status().sampling.decisions;
    expect([yes + no, yes > 5, no > 5]).toEqual([50, true, true]);
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    expect(telemetry.explain({ headers: { traceparent } }).ratio).toBe(1);
    const before = service.ended.length;
    await repeat(20, () => service.get("/hello", { traceparent }));
    expect(service.ended.length - before).toBe(20);
  });

  it("explain() says so of a sampler's own function too, and that nothing is counted where requests are not observed (R-O2)", async () => {
    const service = await serve({ sampler: () => true, overhead: { floor: "off" } });
    const { telemetry } = service.telemetry;
    telemetry.governor.set("ratio");
    expect(telemetry.explain({ route: "/hello" })).toMatchObject({ ratio: undefined, metrics: true });
    expect(telemetry.explain({ route: "/hello" }).steps.at(-1)).toContain("50 % of those that it samples");
    telemetry.governor.set("metrics");
    expect(telemetry.explain({ route: "/hello" })).toMatchObject({ ratio: 0, metrics: true });
    expect(telemetry.explain({ route: "/hello" }).steps.at(-1)).toBe("restrained, as overhead() says: 0 % are sampled");
    telemetry.governor.set("off");
    expect(telemetry.explain({ route: "/hello" })).toMatchObject({ ratio: 0, metrics: false });
  });

  it("goes on from what sampling.update says meanwhile (R-O2, R-S15)", async () => {
    const service = await serve();
    const { telemetry } = service.telemetry;
    telemetry.governor.set("ratio");
    telemetry.sampling.update({ sampleRatio: 0.2 });
    expect(telemetry.explain({ route: "/hello" }).ratio).toBe(0.1);
    telemetry.governor.set(undefined);
    expect(telemetry.explain({ route: "/hello" }).ratio).toBe(0.2);
  });
});

describe("what telemetry costs", () => {
  it("is in overhead(), in status() and in the metrics (R-O1)", async () => {
    const service = await serve({ overhead: { sampleEvery: 4 } });
    const { telemetry } = service.telemetry;
    await repeat(400, () => service.get());
    const report = telemetry.overhead();
    expect(report).toMatchObject({ step: "full", ratioFactor: 1, causes: {}, changes: [] });
    expect(report?.requestUs).toBeGreaterThan(0);
    expect(report?.requestUs).toBeLessThan(5_000);
    expect(report?.share).toBeGreaterThan(0);
    expect(report?.share).toBeLessThanOrEqual(1);
    const { begin = 0, run = 0, end = 0 } = report?.byPart ?? {};
    for (const part of [begin, run, end]) expect(part).toBeGreaterThan(0);
    expect(telemetry.status().overhead?.byPart.begin).toBe(begin);
    const names = ["cpu.utilization", "request.duration", "memory", "block.max"];
    for (const name of names) expect(await service.telemetry.points(`gossamer.overhead.${name}`)).toHaveLength(1);
    expect(await service.telemetry.points("gossamer.overhead.cpu.time")).toHaveLength(8);
    expect(await service.telemetry.points("gossamer.governor.step")).toMatchObject([{ value: 0 }]);
    telemetry.governor.set("roots");
    expect(await service.telemetry.points("gossamer.governor.step")).toMatchObject([{ value: 3 }]);
    expect(await service.telemetry.points("gossamer.governor.changes")).toMatchObject([
      { value: 1, attributes: { "gossamer.cause": "manual", "gossamer.direction": "down" } },
    ]);
  });

  it.each([
    [0, 0, 0.34],
    [1, 0.9, 1],
  ])(
    "with a sampling ratio of %d from %d to %d of it are to be gained without traces (R-O2)",
    async (sampleRatio, least, most) => {
      const service = await serve({ sampleRatio, overhead: { sampleEvery: 4 } });
      await repeat(600, () => service.get());
      const { share = 0, gainable = 0 } = service.telemetry.telemetry.overhead() ?? {};
      expect(share).toBeGreaterThan(0);
      expect(gainable / share).toBeGreaterThanOrEqual(least);
      expect(gainable / share).toBeLessThanOrEqual(most);
    },
  );

  it("is not measured where overhead.enabled is false, and nothing is held back then (R-O1)", async () => {
    const service = await serve({ overhead: { enabled: false } });
    const { telemetry } = service.telemetry;
    telemetry.governor.set("metrics");
    await service.get();
    expect(telemetry.overhead()).toBeUndefined();
    expect(service.ended).toHaveLength(1);
    expect(await service.telemetry.points("gossamer.governor.step")).toEqual([]);
  });
});

describe("a step that cannot be", () => {
  it.each([
    ["nothing", {}, 'Option "step" must be "full", "children", "ratio", "roots", "metrics" or "off", got \'nothing\'.'],
    ["roots", { forMs: 0 }, 'Option "options.forMs" must be a number of milliseconds from 1 to 2147483647, got 0.'],
    ["roots", { forms: 5 }, 'Unknown option "options.forms". Did you mean "options.forMs"?'],
    ["roots", null, 'Option "options" must be an object with forMs, got null.'],
    ["off", {}, 'Option "step" must be another one, or the option "overhead.floor" "off", got \'off\'.'],
  ])("%s %o is an error that says what, expected and got (R-O2)", async (step, options, message) => {
    const { telemetry } = await serve();
    const set = (): void => telemetry.telemetry.governor.set(step as GovernorStep, options as object);
    expect(set).toThrow(OptionError);
    expect(set).toThrow(message);
  });
});
