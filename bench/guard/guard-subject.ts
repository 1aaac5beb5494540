import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { TelemetryEngine, TelemetryOptions } from "@gossamer/core";
import type { Contestant } from "../contestants/contestant.ts";
import { answersOf, drive } from "../harness/in-process-client.ts";
import { listenOn } from "../harness/listen-on.ts";
import type { RunningSubject, Surroundings } from "../harness/subject.ts";
import { busyWork } from "./busy-work.ts";
import { createGuardService, guardRequests, type Middleware } from "./guard-service.ts";
import { floorsARequest, type GuardName, sampleRatios } from "./guard-names.ts";

/**
 * A contestant of the guard: the one that the query of this file's own URL names, so that each can be loaded by itself.
 *
 * `?name=gossamer-1&plantMicros=1` adds one microsecond of work to each of its requests.
 */
const asked = new URL(import.meta.url).searchParams;
const name = (asked.get("name") ?? "bare") as GuardName;
const plantMicros = Number(asked.get("plantMicros") ?? 0);

interface Setup {
  readonly middleware: readonly Middleware[];
  readonly running?: Pick<RunningSubject, "drain" | "counted">;
  flush?(): Promise<void>;
}

/** Where processes are simulated or share their core, requests that nobody meant to be slow take seconds, and would be kept. */
const noneIsSlowMs = 600_000;
/** What leaves does so when a batch is full or at a flush: by the clock it would be the more turns a request, the longer one takes. */
const neverByClockMs = 3_600_000;
/** How long a simulated process may take on a busy machine. */
const patienceMs = 60_000;
const flushDeadlineMs = 240_000;

async function setUpGossamer(ratio: number, { serviceName, sinkUrl }: Surroundings): Promise<Setup> {
  // From the workspace, whose packages see each other: the guard must run where nothing of the bench is installed.
  const { resolve } = createRequire(new URL("../../packages/express/package.json", import.meta.url));
  const load = (specifier: string): Promise<unknown> => import(pathToFileURL(resolve(specifier)).href);
  const { createTelemetry } = (await load("@gossamer/core")) as {
    createTelemetry(options: TelemetryOptions): TelemetryEngine;
  };
  const { telemetry } = (await load("@gossamer/express")) as { telemetry(engine: TelemetryEngine): unknown };
  const engine = createTelemetry({
    serviceName,
    sampleRatio: ratio,
    keep: { slowerThanMs: noneIsSlowMs },
    metricIntervalMs: neverByClockMs,
    batch: { delayMs: neverByClockMs },
    errorsLane: { delayMs: neverByClockMs },
    jobsLane: { delayMs: neverByClockMs },
    logsLane: { delayMs: neverByClockMs },
    queue: { maxSpans: 100_000, maxBytes: 64 * 1024 * 1024 },
    otlp: { endpoint: sinkUrl, compression: "none", timeoutMs: patienceMs },
    shutdown: { signals: false },
    // Its requests do next to nothing, so that telemetry is a large share of them: it measures that and changes nothing.
    overhead: { floor: "full" },
    diagnostics: "warn",
  });
  const send = async (): Promise<void> => {
    if (!(await engine.flush(flushDeadlineMs))) throw new Error("flush did not deliver within its deadline");
  };
  const observe = telemetry(engine) as Middleware;
  return {
    middleware: plantMicros === 0 ? [observe] : [planted(plantMicros), observe],
    running: { drain: send },
    // Only where every request has a span: a flush for one of a hundred would be most of what that row costs.
    ...(ratio === 1 ? { flush: send } : {}),
  };
}

/** The regression that shows that the guard can fail. */
function planted(micros: number): Middleware {
  const work = busyWork(micros);
  return (_request, _response, next) => {
    work();
    next();
  };
}

const storage = new AsyncLocalStorage<object>();
const counts: number[] = Array.from({ length: 16 }, () => 0);

/** The cheapest middleware that can do the job at all, as in `contestants/floor.ts`. */
const floor: Middleware = (_request, response, next) => {
  const start = performance.now();
  response.on("close", () => {
    counts[Math.min(15, performance.now() - start) | 0]!++;
  });
  storage.run({ start }, next);
};

function setUpFloors(): Setup {
  return {
    middleware: Array.from({ length: floorsARequest }, () => floor),
    running: { counted: () => counts.reduce((sum, count) => sum + count, 0) / floorsARequest },
  };
}

const ratio = sampleRatios.get(name);

const subject: Contestant = {
  name,
  workload: "answers",
  packages: [],
  delivers: ratio === undefined ? undefined : { metrics: true, ratio },
  async setup(surroundings) {
    const setup = await (ratio !== undefined
      ? setUpGossamer(ratio, surroundings)
      : name === "floors"
        ? setUpFloors()
        : { middleware: [] });
    const server = createGuardService(setup.middleware);
    return {
      async run(times) {
        await drive(server, guardRequests, times);
        await setup.flush?.();
      },
      answers: () => answersOf(server, guardRequests.slice(0, 20)),
      listen: () => listenOn(server, guardRequests),
      flush: async () => setup.flush?.(),
      ...setup.running,
    };
  },
};

export default subject;
