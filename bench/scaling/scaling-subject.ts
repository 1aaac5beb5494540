import type { Server } from "node:http";
import type { Attributes } from "@opentelemetry/api";
import type { TelemetryEngine } from "@gossamer/core";
import type { Contestant } from "../contestants/contestant.ts";
import { answersOf, drive, type InProcessRequest } from "../harness/in-process-client.ts";
import type { Surroundings } from "../harness/subject.ts";
import { nameOf, pointOf, type ScalingPoint } from "./scaling-point.ts";
import { createScalingServer, scalingRequests } from "./scaling-service.ts";

const point = pointOf(import.meta.url);
const flushDeadlineMs = 30_000;
/** Of a queue that has room for twice as many. */
const spansAFlush = 50_000;
/** What the client has under way where the axis does not say. */
const usuallyConcurrent = 16;

/** The subject that the query of this module's address describes. */
const subject: Contestant = {
  name: nameOf(point),
  workload: "answers",
  packages: point.telemetry === "Gossamer" ? ["express", "@gossamer/core", "@gossamer/express"] : ["express"],
  delivers: point.telemetry === "Gossamer" ? { metrics: true, ratio: point.failing ? "some" : point.ratio } : undefined,
  async setup(surroundings) {
    const { server, engine } = await serve(surroundings);
    const requests = scalingRequests(point.routes);
    const atOnce = point.concurrent === 0 ? usuallyConcurrent : point.concurrent;
    const perFlush = Math.max(1, Math.trunc(spansAFlush / (1 + point.children)));
    let visited = 0;
    const flush = async (): Promise<void> => {
      if (engine !== undefined && !(await engine.flush(flushDeadlineMs)))
        throw new Error("flush did not deliver within its deadline");
    };
    return {
      async run(times) {
        for (let left = times; left > 0; left -= perFlush) {
          const now = Math.min(left, perFlush);
          await drive(server, fromThere(requests, visited, now), now, atOnce);
          visited += now;
          // A flush sends metrics too, which grow with the series: in a service that is once a minute, not once a slice.
          if (point.ratio === 1) await flush();
        }
      },
      answers: () => answersOf(server, requests.slice(0, 20)),
      drain: flush,
    };
  },
};

export default subject;

/** So many of them, going on where the last ones ended. */
function fromThere(requests: readonly InProcessRequest[], from: number, count: number): readonly InProcessRequest[] {
  const at = from % requests.length;
  return at === 0 || count > requests.length
    ? requests
    : [...requests.slice(at, at + count), ...requests.slice(0, Math.max(0, at + count - requests.length))];
}

async function serve(surroundings: Surroundings): Promise<{ server: Server; engine?: TelemetryEngine }> {
  if (point.telemetry !== "Gossamer") return { server: createScalingServer(point) };
  const { telemetry } = await import("@gossamer/express");
  const engine = await createEngine(surroundings, point);
  const server = createScalingServer(point, (app) => app.use(telemetry(engine)), workOf(engine, point));
  return { server, engine };
}

/** As `contestants/gossamer.ts` has it, with limits that no point reaches: what is cut off would cost nothing. */
async function createEngine(
  { serviceName, sinkUrl }: Surroundings,
  { rules, ratio }: ScalingPoint,
): Promise<TelemetryEngine> {
  const { createTelemetry } = await import("@gossamer/core");
  return createTelemetry({
    serviceName,
    ...(rules === 0 ? { sampleRatio: ratio } : { rules: manyRules(rules, ratio) }),
    maxSpansPerRequest: 10_000,
    limits: { attributes: 128 },
    // So that all points leave in one request, which the sink needs to count them; 100 below the default.
    maxSeries: 1900,
    metricIntervalMs: 60_000,
    queue: { maxSpans: 2 * spansAFlush, maxBytes: 128 * 1024 * 1024 },
    otlp: { endpoint: sinkUrl, compression: "none" },
    shutdown: { signals: false },
    overhead: { floor: "full" },
    diagnostics: "warn",
  });
}

/** So many, of which the last is for everything: what comes before it has to be stepped over, or found. */
function manyRules(count: number, ratio: number): { match: string; ratio: number }[] {
  const others = Array.from({ length: count - 1 }, (_, i) => ({
    match: i % 2 === 0 ? `GET /other/${i}` : `/other/${i}/*`,
    ratio: 0.5,
  }));
  return [...others, { match: "*", ratio }];
}

/** What a handler tells of its request. The attributes are made once: making them is the service's own cost. */
function workOf(
  engine: TelemetryEngine,
  { attributes, children, childAttributes }: ScalingPoint,
): (() => void) | undefined {
  if (attributes === 0 && children === 0) return undefined;
  const own = someAttributes(attributes);
  const options = { attributes: someAttributes(childAttributes) };
  return () => {
    if (attributes > 0) engine.annotate(own);
    for (let i = 0; i < children; i++) engine.tracer.startSpan("step", options).end();
  };
}

function someAttributes(count: number): Attributes {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`order.fact.${i}`, i % 2 === 0 ? `value ${i}` : i]),
  );
}
