import { type HeapProfiler, Session } from "node:inspector/promises";
import { expect, test } from "vitest";
import { ratio } from "../sampling/samplers/ratio.ts";
import { ruleSet } from "../sampling/testing/rule-set.ts";
import { testHost, type TestHost } from "../testing/test-exchange.ts";

const requests = 5_000;
/** What makes spans, id texts and attributes. */
const spans = ["RecordedSpan", "serverSpanData"];
const texts = ["traceIdText", "spanIdText", "lazySpanContext", "decidedSpanContext", "writeThreshold"];
const attributes = ["putRequestAttributes", "putOwnAttributes", "putLimited", "setAttribute"];
/** The span that a handler sees: made when somebody looks, and to start a child is to look. */
const lightSpan = ["ServerSpan", "NotedSpan"];

/** Less than any object in every second request. V8 itself allocates once in a while, for notes and code, in the name of the function it is at. */
const oncePerFunction = requests * 8;

/** The functions that allocated again and again while `work` ran, by name, also what was collected meanwhile. */
async function allocatorsOf(work: () => void): Promise<Set<string>> {
  const session = new Session();
  session.connect();
  await session.post("HeapProfiler.startSampling", {
    samplingInterval: 1,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  work();
  const { profile } = await session.post("HeapProfiler.stopSampling");
  session.disconnect();
  const names = new Set<string>();
  const walk = ({ callFrame, selfSize, children }: HeapProfiler.SamplingHeapProfileNode): void => {
    if (selfSize > oncePerFunction) names.add(callFrame.functionName);
    for (const child of children) walk(child);
  };
  walk(profile.head);
  return names;
}

function serve({ begin, tracer, routes }: TestHost, children: number): void {
  const route = routes.get("/orders/999/:id");
  let flags = 0;
  for (let i = 0; i < requests; i++) {
    const exchange = begin({ route });
    flags |= exchange.flags;
    exchange.run(() => {
      for (let child = 0; child < children; child++) tracer.startSpan("child").setAttribute("a", 1).end();
    });
    exchange.end({ statusCode: 200, completed: true });
  }
  expect(flags).toBeGreaterThan(0);
}

const rules = ruleSet(
  ...Array.from({ length: 1_000 }, (_, i) => ({ match: `GET /orders/${i}/*`, keep: { errors: 1 } })),
);

test.each([
  ["no span, no id text and no attributes", 0, [...spans, ...texts, ...attributes, ...lightSpan]],
  ["none of them for its child spans either", 3, [...spans, ...texts, ...attributes]],
])("an unsampled request with a thousand rules allocates %s (R-S12, R-I3)", async (_, children, costly) => {
  const host = testHost({ sampler: ratio(0), change: { rules, decisionWaitsForRoute: rules.usesRoute } });
  serve(host, children);
  const allocators = await allocatorsOf(() => serve(host, children));
  expect(host.written).toEqual([]);
  expect(costly.filter((name) => allocators.has(name))).toEqual([]);
});

test("a sampled one does, so that the tests above would see them (R-S12)", async () => {
  const host = testHost({ sampler: ratio(1), change: { rules } });
  const allocators = await allocatorsOf(() => serve(host, 3));
  expect([...spans, ...attributes, ...lightSpan].filter((name) => allocators.has(name))).toEqual(
    expect.arrayContaining(["serverSpanData", "NotedSpan"]),
  );
});
